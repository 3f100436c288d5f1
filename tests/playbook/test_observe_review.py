"""Outcomes and reviews: blind audits, nothing overwritten, only audits feed the monitor."""

import sqlite3
from typing import Any

import pytest

from governed import ANA, BEN, NAME, House
from interlock.engine.timestamp import stamp
from interlock.flows.action.observe import Observed, observe, observe_many
from interlock.flows.action.undo import undo
from interlock.flows.ledger.verify import verify_store
from interlock.flows.review.decide import close_review
from interlock.flows.review.show import ReviewView, show_review
from interlock.terms.errors import BadInput, Refused
from interlock.terms.person import Person


def close(house: House, key: str, kind: str, label: str, by: Person = BEN) -> Observed:
    return close_review(house.store, NAME, key, kind, label=label, by=by, clock=house.clock)


def view(house: House, key: str, kind: str) -> ReviewView:
    with house.store.reading() as reading:
        return show_review(reading, key, kind)


def outcome(house: House, key: str) -> tuple[str | None, bool | None]:
    with house.store.reading() as reading:
        row = reading.decision(key)
        assert row is not None
        return row.outcome, row.wrong


def audits(house: House) -> tuple[int, int]:
    with house.store.reading() as reading:
        row = reading.workflow(NAME)
        assert row is not None
        assert row.monitor is not None
        return row.monitor["n"], row.monitor["n_wrong"]


def test_an_audit_is_blind_until_it_is_closed(live: House) -> None:
    with live.store.transaction() as tx:
        tx.keep_payload("sha256:payload", "Where is my bill?", key="k", at=stamp(live.clock()))
    live.act(live.proposal(key="k"))
    due = view(live, "k", "audit").due_at
    assert view(live, "k", "audit") == ReviewView("k", "audit", "Where is my bill?", due, None, ())
    assert close(live, "k", "audit", "billing") == Observed(wrong=False, counted=True, demoted=False)
    shown = view(live, "k", "audit")
    assert (shown.proposed, shown.reasons) == ("billing", ("confidence 0.9500 >= certified threshold 0.9000",))


def test_a_review_shows_what_was_proposed_and_why(live: House) -> None:
    live.act(live.proposal(key="k", label="fraud"))
    shown = view(live, "k", "decision")
    assert (shown.text, shown.proposed, shown.reasons) == (None, "fraud", ("'fraud' always goes to a person",))
    assert close(live, "k", "decision", "fraud") == Observed(wrong=False, counted=False, demoted=False)
    assert audits(live) == (0, 0)


def test_only_audited_outcomes_feed_the_monitor(live: House) -> None:
    for number, label in enumerate(["billing", "sales", " billing "]):
        live.act(live.proposal(key=f"k{number}"))
        close(live, f"k{number}", "audit", label)
    assert audits(live) == (3, 1)
    assert outcome(live, "k2") == ("billing", False)


def test_an_audit_cannot_be_evaded_by_an_outcome_from_elsewhere(live: House) -> None:
    live.act(live.proposal(key="k"))
    with pytest.raises(BadInput, match="is in the audit sample"):
        observe(live.store, NAME, "k", label="billing", by="a feed", clock=live.clock)
    assert close(live, "k", "audit", "sales").counted


def test_an_audit_nobody_drew_counts_for_nothing(live: House) -> None:
    """Only the keyed draw puts a case into the sample: a review of another kind does not become an audit."""
    live.act(live.proposal(key="k", label="fraud"))
    with pytest.raises(BadInput, match="there is no audit review of case 'k'"):
        close(live, "k", "audit", "sales")


def test_an_outcome_is_never_overwritten(live: House) -> None:
    live.act(live.proposal(key="k", label="fraud"))
    observe(live.store, NAME, "k", label="fraud", by="people", clock=live.clock)
    before = live.kinds()
    with pytest.raises(BadInput, match="already has the outcome 'fraud'"):
        observe(live.store, NAME, "k", label="sales", by="people", clock=live.clock)
    with pytest.raises(BadInput, match="already has the outcome 'fraud'"):
        close_review(
            live.store, NAME, "k", "decision", label="sales", by=BEN, clock=live.clock, note="no", randomness=bytes
        )
    assert (outcome(live, "k"), live.kinds()) == (("fraud", False), before)
    assert close(live, "k", "decision", "fraud") == Observed(wrong=False, counted=False, demoted=False)


def test_a_review_is_closed_once(live: House) -> None:
    live.act(live.proposal(key="k"))
    close(live, "k", "audit", "billing")
    before = live.kinds()
    with pytest.raises(BadInput, match="was closed by Ben Okafor"):
        close(live, "k", "audit", "sales", by=ANA)
    assert live.kinds() == before


@pytest.mark.parametrize(("name", "label"), [("", "billing"), ("  ", "billing"), ("\u200b", "billing"), ("Ben", " ")])
def test_a_review_needs_a_name_and_a_label(live: House, name: str, label: str) -> None:
    live.act(live.proposal(key="k"))
    with pytest.raises(BadInput, match="needs a label and the name"):
        close(live, "k", "audit", label, by=Person(name))


@pytest.mark.parametrize(("label", "by"), [("", "people"), (" \n", "people"), ("billing", ""), ("billing", " ")])
def test_an_outcome_needs_a_label_and_a_source(live: House, label: str, by: str) -> None:
    live.act(live.proposal(key="k", label="fraud"))
    with pytest.raises(BadInput, match="needs a label and the name"):
        observe(live.store, NAME, "k", label=label, by=by, clock=live.clock)


@pytest.mark.parametrize(("label", "wrong"), [("fraud", False), (" fraud\n", False), ("Fraud", True), ("fraud!", True)])
def test_blanks_around_a_label_make_no_difference(live: House, label: str, wrong: bool) -> None:
    live.act(live.proposal(key="k", label="fraud"))
    assert observe(live.store, NAME, "k", label=label, by="people", clock=live.clock).wrong is wrong
    assert outcome(live, "k") == (label.strip(), wrong)


def test_unknown_cases_and_other_workflows_are_refused(live: House) -> None:
    live.act(live.proposal(key="k"))
    for workflow, key in ((NAME, "none"), ("other", "k")):
        with pytest.raises(BadInput, match="was never decided by"):
            observe(live.store, workflow, key, label="billing", by="people", clock=live.clock)
    with pytest.raises(BadInput, match="there is no audit review of case 'k' in 'other'"):
        close_review(live.store, "other", "k", "audit", label="billing", by=BEN, clock=live.clock)
    with pytest.raises(BadInput, match="there is no audit review of case 'none'"):
        view(live, "none", "audit")


def test_many_outcomes_are_recorded_all_or_none(live: House) -> None:
    for key in ("a", "b"):
        live.act(live.proposal(key=key, label="fraud"))
    before = live.kinds()
    with pytest.raises(BadInput, match="'none' was never decided"):
        observe_many(live.store, NAME, [("a", "fraud"), ("none", "x")], by="people", clock=live.clock)
    assert live.kinds() == before
    both = observe_many(live.store, NAME, [("a", "fraud"), ("b", "sales")], by="people", clock=live.clock)
    assert [one.wrong for one in both] == [False, True]


def break_budget(house: House) -> str:
    """Wrong audits until the next one demotes; the key of that one, whose review is still open."""
    for number in range(40):
        key = f"bad-{number}"
        house.act(house.proposal(key=key))
        if number == LAST_BEFORE:
            return key
        assert not close(house, key, "audit", "sales").demoted
    raise AssertionError


LAST_BEFORE = 5  # at a budget of 10 % the monitor decides on the sixth wrong audit in a row


def test_the_outcome_that_breaks_the_budget_demotes_in_its_own_transaction(live: House) -> None:
    key = break_budget(live)
    before = live.kinds()
    assert close(live, key, "audit", "sales") == Observed(wrong=True, counted=True, demoted=True)
    written = ["review.closed", "outcome.observed", "monitor.updated", "grant.ended"]
    assert (live.kinds()[len(before) :], live.grant()) == (written, None)
    with live.store.reading() as reading:
        (ended,) = reading.entries_of("grant.ended")
        assert (ended.body["by"], ended.body["cause"], ended.body["case"]) == ("run time", "demoted", key)
        assert verify_store(reading).holds
    assert live.act().decision.verb == "shadow"
    live.act(live.proposal(key="later"))
    assert not observe(live.store, NAME, "later", label="sales", by="people", clock=live.clock).counted


def test_where_the_demotion_cannot_be_committed_there_is_no_outcome_either(
    live: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = break_budget(live)
    before = live.kinds()

    def fail(*_: Any, **__: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("interlock.flows.action.observe.demote_in", fail)
    with pytest.raises(Exception, match="disk is full"):
        close(live, key, "audit", "sales")
    monkeypatch.undo()
    assert live.kinds() == before
    assert (outcome(live, key), audits(live)[0]) == ((None, None), LAST_BEFORE)
    assert live.grant() is not None
    assert close(live, key, "audit", "sales").demoted


def test_the_review_of_an_undo_can_be_closed_where_the_outcome_is_known(live: House) -> None:
    live.act(live.proposal(key="k"))
    close(live, "k", "audit", "sales")
    live.desk.queues["k"] = "elsewhere"
    with pytest.raises(Refused, match="somebody changed it since"):
        undo(live.rt, live.desk, "k", by=BEN)
    assert close(live, "k", "undo", "elsewhere") == Observed(wrong=True, counted=False, demoted=False)
    assert outcome(live, "k") == ("sales", True)
    with pytest.raises(Refused, match="somebody changed it since"):
        undo(live.rt, live.desk, "k", by=BEN)
    with live.store.reading() as reading:  # it waits again
        assert [(review.key, review.kind) for review in reading.reviews(NAME)] == [("k", "undo")]
