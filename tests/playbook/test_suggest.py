"""The store cannot be reached: what was to be done becomes a suggestion in the queue, once, whatever happens then."""

import json
import os
import re
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from governed import BEN, DEFINITION, NAME, House
from interlock.adapters.spool.folder import FolderSpool
from interlock.flows.action.act import Acted, act
from interlock.flows.action.replay import Policy, replay
from interlock.flows.action.suggest import Unspooled, keep_text_here, unspool
from interlock.flows.ledger.verify import verify_store
from interlock.flows.review.decide import close_review
from interlock.flows.review.show import show_review
from interlock.terms.decision import Decision, Proposal, Verb
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.intent import IntentState
from interlock.terms.workflow import Limits

KEPT = "it is kept on this host, and goes to the queue when the store is back"


def away(house: House, monkeypatch: pytest.MonkeyPatch, *proposals: Proposal) -> list[Acted]:
    """Deliver cases while nothing can be written."""

    def refuse(tx: Any) -> None:
        raise Unavailable("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(house.store, "_commit", refuse)
        return [house.act(proposal) for proposal in proposals]


def reviews(house: House) -> list[tuple[str, str]]:
    with house.store.reading() as reading:
        return [(review.key, review.kind) for review in reading.reviews(NAME)]


def verb(house: House, key: str) -> tuple[str, tuple[str, ...]]:
    with house.store.reading() as reading:
        row = reading.decision(key)
        assert row is not None
        return row.verb, row.reasons


def test_it_is_kept_and_goes_to_the_queue_with_the_next_case(live: House, monkeypatch: pytest.MonkeyPatch) -> None:
    (acted,) = away(live, monkeypatch, live.proposal(key="k"))
    reasons = ("a person decides, because the disk is full", KEPT)
    assert acted == Acted(Decision(Verb.REVIEW, reasons), None, recorded=False)
    assert (live.desk.calls, reviews(live)) == ([], [])
    assert live.act(live.proposal(key="next")).state is IntentState.DONE
    assert reviews(live) == [("next", "audit"), ("k", "decision")]
    answer, (reason,) = verb(live, "k")
    assert answer == "review"
    assert re.fullmatch(
        r"proposed at 2026-03-02T[\d:.]+Z, when the store could not be reached: a person decides", reason
    )
    with live.store.reading() as reading:
        assert show_review(reading, "k", "decision").proposed == "billing"
        assert verify_store(reading).holds
        assert replay(reading, NAME, Policy()).differing == ()


def test_a_case_that_comes_again_is_one_review(live: House, monkeypatch: pytest.MonkeyPatch) -> None:
    again = live.proposal(key="k")
    away(live, monkeypatch, again, again, again)
    assert unspool(live.rt, files_max=1) == Unspooled(recorded=1)
    away(live, monkeypatch, again)
    assert unspool(live.rt, files_max=1) == Unspooled()
    assert live.act(again).decision.verb is Verb.REVIEW
    assert (reviews(live), live.desk.calls) == ([("k", "decision")], [])


def test_a_case_that_was_applied_meanwhile_stays_applied(live: House, monkeypatch: pytest.MonkeyPatch) -> None:
    again = live.proposal(key="k")
    away(live, monkeypatch, again)
    assert live.act(again).state is IntentState.DONE
    assert (live.kinds().count("decision.made"), reviews(live)[-1]) == (61, ("k", "audit"))
    assert unspool(live.rt, files_max=1) == Unspooled()


def test_everything_that_a_proposal_says_survives(live: House, monkeypatch: pytest.MonkeyPatch) -> None:
    full = replace(
        live.proposal(key="k", confidence=0.97),
        tenant="acme",
        segment="web",
        target="ana@example.org",
        amount_cents=1250,
        items=3,
        facts={"vip": True},
        arguments={"note": "snow ☃\nline", "deep": [1, {"a": None}]},
    )
    away(live, monkeypatch, full)
    assert unspool(live.rt, files_max=1) == Unspooled(recorded=1)
    with live.store.reading() as reading:
        row = reading.decision("k")
        assert row is not None
        assert row.payload is not None
        assert row.inputs["proposal"]["confidence"] == 0.97
        assert {name: row.payload[name] for name in ("target", "facts", "arguments")} == {
            "target": "ana@example.org",
            "facts": {"vip": True},
            "arguments": {"note": "snow ☃\nline", "deep": [1, {"a": None}]},
        }


def test_its_text_waits_with_it(live: House, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "where is my parcel?\nIt was due on Monday ☃"
    content = keep_text_here(live.rt, "k", text)
    away(live, monkeypatch, replace(live.proposal(key="k"), payload_digest=content))
    assert unspool(live.rt, files_max=1) == Unspooled(recorded=1)
    with live.store.reading() as reading:
        assert show_review(reading, "k", "decision").text == text
    with pytest.raises(BadInput, match="at most"):
        keep_text_here(live.rt, "long", "x" * 300_000)
    assert keep_text_here(replace(live.rt, spool=None), "k", text) == content


@pytest.mark.parametrize("label", ["close account", "fraud", "unknown"])
def test_what_is_forbidden_stays_forbidden(live: House, monkeypatch: pytest.MonkeyPatch, label: str) -> None:
    away(live, monkeypatch, live.proposal(key="k", label=label))
    unspool(live.rt, files_max=1)
    assert verb(live, "k")[0] == ("deny" if label == "close account" else "review")


def test_without_a_grant_it_waits_for_a_person_as_was_said(passed: House, monkeypatch: pytest.MonkeyPatch) -> None:
    away(passed, monkeypatch, passed.proposal(key="k"))
    unspool(passed.rt, files_max=1)
    assert verb(passed, "k")[0] == "review"
    close_review(passed.store, NAME, "k", "decision", label="billing", by=BEN, clock=passed.clock)
    assert reviews(passed) == []


def test_what_can_never_be_recorded_is_set_aside_and_holds_nobody_up(
    live: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = live.rt.spool
    assert spool is not None
    away(live, monkeypatch, live.proposal(key="a"), live.proposal(key="b"))
    other = {"workflow": "gone", "at": "2026-03-02", "leaf": "", "proposal": {"key": "c"}}
    foreign = {**other, "proposal": {**_fields(live.proposal(key="c"))}}
    for number, line in enumerate(["no json", "{}", json.dumps(other), json.dumps(foreign)]):
        spool.keep(f"bad {number}", line)
    assert unspool(live.rt, files_max=9) == Unspooled(recorded=2, set_aside=1)
    reasons = [line.partition("\t")[0] for line in spool.aside()]
    assert [reason[:17] for reason in reasons] == ["it cannot be read"] * 3 + ["there is no workf"]
    assert spool.waiting() == 0


def _fields(proposal: Proposal) -> dict[str, Any]:
    return {name: getattr(proposal, name) for name in ("key", "release", "label", "confidence", "payload_digest")}


def test_what_cannot_be_recorded_is_refused_at_once(live: House, monkeypatch: pytest.MonkeyPatch) -> None:
    live.store.close()
    with pytest.raises(BadInput, match="this proposal cannot be recorded"):
        live.act(replace(live.proposal(), arguments={"sum": float("nan")}))


def test_where_nothing_can_be_kept_the_answer_says_so(live: House, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    live.store.close()
    rt = replace(live.rt, spool=FolderSpool([tmp_path / "file"]))
    reasons = act(rt, live.desk, NAME, live.proposal()).decision.reasons
    assert reasons[1] == f"it cannot be kept on this host either ({tmp_path / 'file'}: File exists): tell a person"
    reasons = act(replace(live.rt, spool=None), live.desk, NAME, live.proposal()).decision.reasons
    assert reasons[1] == "it is kept nowhere: tell a person"


def test_the_store_is_lost_again_in_the_middle(live: House, monkeypatch: pytest.MonkeyPatch) -> None:
    away(live, monkeypatch, *(live.proposal(key=f"k{number}") for number in range(5)))
    monkeypatch.setattr("interlock.flows.action.suggest.BATCH", 2)
    commit, left = live.store._commit, [2]  # type: ignore[attr-defined]

    def second_fails(tx: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Unavailable("gone again")
        commit(tx)

    with monkeypatch.context() as patched:
        patched.setattr(live.store, "_commit", second_fails)
        with pytest.raises(Unavailable, match="gone again"):
            unspool(live.rt, files_max=1)
    assert len(reviews(live)) == 2
    assert unspool(live.rt, files_max=1) == Unspooled(recorded=3, known=2)
    assert len(reviews(live)) == 5


@pytest.mark.parametrize("dies_at", range(1, 5))
def test_a_death_while_they_are_recorded_loses_and_doubles_nothing(
    live: House, monkeypatch: pytest.MonkeyPatch, dies_at: int
) -> None:
    away(live, monkeypatch, *(live.proposal(key=f"k{number}") for number in range(6)))
    monkeypatch.setattr("interlock.flows.action.suggest.BATCH", 2)
    child = os.fork()
    if child == 0:
        other = House(live.path.parent)
        other.now, commits = live.now, [0]
        commit = other.store._commit  # type: ignore[attr-defined]

        def dies(tx: Any) -> None:
            commits[0] += 1
            if commits[0] == dies_at:
                os.kill(os.getpid(), signal.SIGKILL)
            commit(tx)

        other.store._commit = dies  # type: ignore[attr-defined]
        unspool(other.rt, files_max=1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == (0 if dies_at == 4 else -signal.SIGKILL)
    unspool(live.rt, files_max=1)
    assert sorted(reviews(live)) == [(f"k{number}", "decision") for number in range(6)]
    assert live.kinds().count("decision.made") == 60 + 6
    assert live.rt.spool is not None
    assert live.rt.spool.waiting() == 0


def lost_answer(house: House, monkeypatch: pytest.MonkeyPatch, proposal: Proposal) -> Acted:
    """The commit gets through, the answer does not."""
    house.rt.standings.refreshed(NAME)
    admit = house.rt.journal.admit

    def admits(wishes: Any) -> Any:
        for admission in admit(wishes):
            admission.release()  # with the session
        raise Unavailable("the connection was lost")

    with monkeypatch.context() as patched:
        patched.setattr(house.rt.journal, "admit", admits)
        return house.act(proposal)


def test_an_intent_whose_answer_was_lost_is_known_not_to_be_begun(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.live(replace(DEFINITION, limits=Limits(applied_per_day=1)))
    acted = lost_answer(house, monkeypatch, house.proposal(key="k"))
    assert (acted.decision.verb, acted.recorded) == (Verb.REVIEW, False)
    with house.store.reading() as reading:
        assert reading.intent_state("k") is IntentState.EXECUTING
    assert unspool(house.rt, files_max=1) == Unspooled(known=1)
    with house.store.reading() as reading:
        assert reading.intent_state("k") is IntentState.FAILED
        assert verify_store(reading).holds
    assert (reviews(house), house.desk.calls) == ([("k", "decision")], [])
    assert house.act().state is IntentState.DONE  # what it had taken from the daily limit was given back


def test_a_later_delivery_that_is_at_work_is_left_alone(live: House, monkeypatch: pytest.MonkeyPatch) -> None:
    again = live.proposal(key="k")
    away(live, monkeypatch, again)  # asked, and not written
    seen: list[Unspooled] = []
    apply = live.desk.apply

    def slow(effect: Any) -> Any:
        seen.append(unspool(live.rt, files_max=1))
        return apply(effect)

    monkeypatch.setattr(live.desk, "apply", slow)
    assert live.act(again).state is IntentState.DONE
    assert seen == [Unspooled(known=1)]
