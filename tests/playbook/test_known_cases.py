"""Known errors planted among the audits: drawn by the salt, blind in the queue, a measure of reviewers only."""

import itertools
import sqlite3
from dataclasses import replace

import pytest

from governed import ANA, BEN, CARLA, NAME, House
from interlock.engine.oversight.audits.seeding import corrected_budget, seed_choice, seed_draw
from interlock.engine.timestamp import stamp
from interlock.flows.action.act import act
from interlock.flows.action.observe import Observed
from interlock.flows.ledger.verify import verify_store
from interlock.flows.oversight.audits.known_cases import KnownCase
from interlock.flows.oversight.audits.missed import Missed, missed
from interlock.flows.oversight.audits.plant import Planted, plant
from interlock.flows.oversight.audits.salts import salt_in_force
from interlock.flows.review.decide import close_review
from interlock.flows.review.show import ReviewView, show_review
from interlock.oversight import rate
from interlock.terms.audits import MissRates
from interlock.terms.errors import BadInput
from interlock.terms.ledger import Fault
from interlock.terms.person import Person

SURE = 1 - 1e-12
NONCES = itertools.count()


def nonce(n: int) -> bytes:
    return next(NONCES).to_bytes(n, "big")


def known(n: int) -> list[KnownCase]:
    return [KnownCase(f"mail-{i}", f"Close my account, please ({i})", "billing", "close account") for i in range(n)]


def planting(house: House, cases: list[KnownCase], *, share: float = SURE, by: Person = CARLA) -> Planted:
    return plant(house.store, NAME, cases, share=share, by=by, clock=house.clock, randomness=nonce)


def answer(house: House, key: str, label: str, by: Person = BEN) -> Observed:
    return close_review(house.store, NAME, key, "audit", label=label, by=by, clock=house.clock)


def view(house: House, key: str) -> ReviewView:
    with house.store.reading() as reading:
        return show_review(reading, key, "audit")


def count(house: House) -> Missed:
    with house.store.reading() as reading:
        return missed(reading, NAME)


def monitor_and_grant(house: House) -> object:
    with house.store.reading() as reading:
        row = reading.workflow(NAME)
        assert row is not None
        return row.monitor, row.grant


def test_a_planted_case_is_an_audit_like_any_other_until_it_is_answered(live: House) -> None:
    with live.store.transaction() as tx:
        tx.keep_payload("sha256:payload", "Where is my bill?", key="real", at=stamp(live.clock()))
    live.act(live.proposal(key="real"))
    assert planting(live, known(1)) == Planted(1, ("real",), ("mail-0",), 0)
    real, planted = view(live, "real"), view(live, "mail-0")
    assert planted == replace(real, key="mail-0", text="Close my account, please (0)", due_at=planted.due_at)
    assert answer(live, "mail-0", " close account ") == Observed(wrong=True, counted=False, demoted=False)
    shown = view(live, "mail-0")
    assert (shown.proposed, shown.reasons) == ("billing", ("planted: the truth is 'close account'",))
    with pytest.raises(BadInput, match="was closed by Ben Okafor"):
        answer(live, "mail-0", "billing")


def test_planted_cases_touch_neither_target_nor_outcomes_nor_monitor(live: House) -> None:
    live.act(live.proposal(key="real"))
    before, calls = monitor_and_grant(live), list(live.desk.calls)
    planting(live, known(1))
    answer(live, "mail-0", "close account")
    assert (monitor_and_grant(live), live.desk.calls) == (before, calls)
    with live.store.reading() as reading:
        assert (reading.decision("mail-0"), reading.intent("mail-0")) == (None, None)
        assert verify_store(reading).holds
    assert live.kinds()[-4:] == ["known_cases.planted", "review.opened", "review.closed", "known_case.opened"]


def test_the_ledger_holds_no_answer_before_the_reviewer_gave_one(live: House) -> None:
    live.act(live.proposal(key="real"))
    planting(live, known(1))
    with live.store.reading() as reading:
        written = b"".join(entry.record for entry in reading.entries() if entry.kind == "known_cases.planted")
    assert b"mail-0" not in written
    assert b"close account" not in written
    assert b"billing" not in written


def test_which_audits_draw_one_is_up_to_the_salt(live: House) -> None:
    proposals = [live.proposal() for _ in range(40)]
    for proposal in proposals:
        live.act(proposal)
    keys = [proposal.key for proposal in proposals]
    with live.store.reading() as reading:
        salt = salt_in_force(reading, NAME, live.release)
    assert salt is not None
    draws = [seed_draw(key, share=0.3, salt=salt) for key in keys]
    due = tuple(draw.key for draw in draws if draw.seeded)
    assert 2 < len(due) < 30
    first = seed_choice(due[0], ["mail-0", "mail-1"], salt=salt)
    second = {"mail-0": "mail-1", "mail-1": "mail-0"}[first]
    assert planting(live, known(2), share=0.3) == Planted(40, due, (first, second), len(due) - 2)
    with live.store.reading() as reading:
        (entry,) = reading.entries_of("known_cases.planted", NAME)
    assert entry.body["probability"] == 0.3
    assert entry.body["draws"] == [{"key": d.key, "draw": d.draw, "drawn": int(d.seeded)} for d in draws]


def test_each_audit_is_drawn_over_once_and_planted_ones_never(live: House) -> None:
    live.act(live.proposal(key="real"))
    planting(live, known(1))
    assert planting(live, known(2)[1:]) == Planted(0, (), (), 0)
    live.act(live.proposal(key="another"))
    assert planting(live, known(2)[1:]) == Planted(1, ("another",), ("mail-1",), 0)


def test_misses_are_counted_a_reviewer_at_a_time(live: House) -> None:
    for _ in range(5):
        live.act()
    planting(live, known(5))
    said = [("mail-0", "billing", BEN), ("mail-1", "fraud", BEN), ("mail-2", "close account", Person("ben  OKAFOR"))]
    for key, label, by in [*said, ("mail-3", " billing", ANA)]:
        answer(live, key, label, by)
    by_reviewer = {"Ben Okafor": rate(1, 3), "Ana Ruiz": rate(1, 1)}
    corrected = corrected_budget(0.1, found=2, seeded=4, delta=1 - 0.95)
    assert count(live) == Missed(MissRates(rate(2, 4), by_reviewer), corrected, 5, 1, ())


def test_without_planted_cases_the_miss_rate_is_not_known(live: House) -> None:
    assert count(live) == Missed(MissRates(rate(0, 0), {}), None, 0, 0, ())
    assert count(live).rates.pooled.value is None


def test_a_real_case_that_comes_to_have_the_key_is_never_taken_for_a_planted_one(live: House) -> None:
    live.act(live.proposal(key="real"))
    planting(live, known(1))
    live.act(live.proposal(key="mail-0"))
    assert view(live, "mail-0").text is None  # the real content, which is not kept here
    assert answer(live, "mail-0", "sales") == Observed(wrong=True, counted=True, demoted=False)
    assert count(live).n_waiting == 1


def test_an_answer_key_that_was_changed_afterwards_is_a_fault_and_not_counted(live: House) -> None:
    live.act(live.proposal(key="real"))
    planting(live, known(1))
    live.store.close()
    with sqlite3.connect(live.path) as database:
        text = "replace(CAST(value AS TEXT), 'billing', 'fraud')"
        changed = f"UPDATE secret SET value = CAST({text} AS BLOB) WHERE name LIKE 'known%'"
        assert database.execute(changed).rowcount == 1
    database.close()
    again = House(live.path.parent)
    again.now = live.now
    answer(again, "mail-0", "billing")
    with again.store.reading() as reading:
        opened = reading.newest_of("known_case.opened", NAME)
    assert opened is not None
    reason = "the planted case was not committed to before it was answered"
    assert count(again) == Missed(MissRates(rate(0, 0), {}), None, 1, 1, (Fault(opened.index, reason),))
    again.store.close()


@pytest.mark.parametrize(
    ("cases", "share", "by", "words"),
    [
        (known(1), 0.0, ANA, "share is 0.0: give the share"),
        (known(1), float("nan"), ANA, "share is nan"),
        (known(1), 1.0, ANA, "under 1"),
        (known(1), 0.5, Person(" "), "needs the name of the person"),
        ([KnownCase("k", "text", "billing", " billing ")], 0.5, ANA, r"known case 1 \('k'\) proposes 'billing', which"),
        ([KnownCase("k", " ", "billing", "fraud")], 0.5, ANA, "needs a key, its text"),
        ([*known(1), *known(1)], 0.5, ANA, r"known case 2 \('mail-0'\) has a key that is taken"),
        ([KnownCase("real", "text", "billing", "fraud")], 0.5, ANA, "has a key that is taken"),
    ],
)
def test_what_cannot_be_planted(live: House, cases: list[KnownCase], share: float, by: Person, words: str) -> None:
    live.act(live.proposal(key="real"))
    before = live.kinds()
    with pytest.raises(BadInput, match=words):
        planting(live, cases, share=share, by=by)
    assert live.kinds() == before


def test_planting_needs_a_workflow_that_is_known(live: House) -> None:
    with pytest.raises(BadInput, match="there is no workflow 'other'"):
        plant(live.store, "other", known(1), share=0.5, by=ANA, clock=live.clock, randomness=nonce)


def test_a_planted_answer_cannot_demote(live: House) -> None:
    """Every planted error found is a wrong proposal; none of them may be held against the workflow."""
    for _ in range(30):
        act(live.rt, live.desk, NAME, live.proposal())
    planting(live, known(30))
    for i in range(30):
        answer(live, f"mail-{i}", "close account")
    assert live.grant() is not None


def test_who_planted_a_case_cannot_be_measured_with_it(live: House) -> None:
    live.act(live.proposal(key="real"))
    planting(live, known(1), by=BEN)
    answer(live, "mail-0", "close account", by=Person("ben okafor"))
    (fault,) = count(live).faults
    assert fault.reason == "it was answered by ben okafor, who planted it and knows the truth"
    assert count(live).rates == MissRates(rate(0, 0), {})
