"""A reviewer takes a decision back: in time, their own, and only while nothing was built on it."""

import datetime as dt
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from governed import ANA, BEN, NAME, House
from interlock.flows.ledger.export import export
from interlock.flows.ledger.seal import sealed
from interlock.flows.ledger.verify import verify_store
from interlock.flows.oversight.audits.recheck import recheck_export
from interlock.flows.review.claim import claim_next
from interlock.flows.review.decide import close_review
from interlock.flows.review.open import open_review
from interlock.flows.review.reopen import FINAL, Reopened, closing_of, reopen_review
from interlock.flows.trace.case_trace import case_trace
from interlock.ports.queue import ReviewRow
from interlock.ports.store import DecisionRow
from interlock.terms.errors import BadInput
from interlock.terms.person import Person
from made_ledger import entries_of, exported


@pytest.fixture(params=["postgres", "sqlite"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """A live workflow on either engine, whose ledger and state agree in the end."""
    address = request.getfixturevalue("postgres").new_database() if request.param == "postgres" else None
    house = House(tmp_path, address)
    house.live()
    yield house
    with house.store.reading() as reading:
        assert (verify_store(reading).faults, reading.state_faults()) == ((), ())
    house.opened.close()


def ask(house: House, key: str = "k") -> None:
    assert house.act(house.proposal(key=key, label="fraud")).decision.verb == "review"


def decide(
    house: House, label: str = "fraud", *, kind: str = "decision", key: str = "k", approve: bool = False
) -> None:
    close_review(house.store, NAME, key, kind, label=label, by=ANA, clock=house.clock, approve=approve)


def undo(house: House, by: Person = ANA, *, kind: str = "decision", key: str = "k") -> Reopened:
    return reopen_review(house.store, NAME, key, kind, by=by, clock=house.clock)


def refused(house: House, by: Person = ANA, *, kind: str = "decision", key: str = "k") -> str:
    before = house.kinds()
    with pytest.raises(BadInput) as caught:
        undo(house, by, kind=kind, key=key)
    assert house.kinds() == before
    return str(caught.value).removeprefix(f"the {kind} review of case '{key}' stays as it is: ")


def rows(house: House, kind: str = "decision") -> tuple[ReviewRow, DecisionRow]:
    with house.store.reading() as reading:
        review, case = reading.review("k", kind), reading.decision("k")
    assert review is not None
    assert case is not None
    return review, case


def test_a_decision_is_taken_back_and_waits_in_the_same_hands(either: House) -> None:
    ask(either)
    claim_next(either.store, by=ANA, clock=either.clock)
    decide(either, approve=True)
    decided, known = rows(either)
    assert (known.outcome, known.wrong, decided.approved_until is None) == ("fraud", False, False)
    back = undo(either)
    until = (either.now + dt.timedelta(minutes=30)).isoformat(timespec="microseconds").replace("+00:00", "Z")
    assert back == Reopened(NAME, "k", "decision", until, withdrawn=True)
    review, case = rows(either)
    assert review == replace(
        decided,
        closed_at=None,
        reviewer=None,
        label=None,
        approved_until=None,
        claimed_by="Ana Ruiz",
        claimed_until=until,
    )
    assert (case.outcome, case.wrong, case.observed_entry) == (None, None, None)
    again = claim_next(either.store, by=ANA, clock=either.clock)
    assert again is not None
    assert again.key == "k"
    with either.store.reading() as reading:
        words = [link.words for link in case_trace(reading, NAME, "k").links]
        (entry,) = reading.entries_of("review.reopened")
        (closing,) = reading.entries_of("review.closed")
    assert (entry.body["closing"], entry.body["reviewer"]) == (closing.index, "Ana Ruiz")
    took = f"Ana Ruiz took back the decision of the decision review (entry {closing.index}), and what it made known"
    assert any(said.startswith(took) for said in words)


def test_another_decision_counts_in_its_place(live: House) -> None:
    ask(live)
    decide(live)
    undo(live)
    close_review(
        live.store, NAME, "k", "decision", label="sales", by=ANA, clock=live.clock, note="no", randomness=bytes
    )
    review, case = rows(live)
    assert (review.label, case.outcome, case.wrong) == ("sales", "sales", True)
    undo(live)
    decide(live)
    assert rows(live)[1].outcome == "fraud"
    with live.store.reading() as reading:
        assert closing_of(reading, rows(live)[0]) == list(reading.entries_of("review.closed"))[-1]


def test_an_approval_that_was_taken_back_is_none_any_more(live: House) -> None:
    ask(live)
    decide(live, approve=True)
    undo(live)
    assert live.act(live.proposal(key="k", label="fraud")).state is None
    assert live.desk.calls == []


def test_what_was_carried_out_cannot_be_taken_back(live: House) -> None:
    ask(live)
    decide(live, approve=True)
    live.act(live.proposal(key="k", label="fraud"))
    assert refused(live) == "the effect that it approved was begun"


def test_an_undo_and_the_effect_at_one_moment_never_both_happen(either: House) -> None:
    for number in range(8):
        key = f"race-{number}"
        ask(either, key)
        decide(either, key=key, approve=True)
        begin, done = threading.Barrier(2), list[str]()

        def taking_back(key: str = key, begin: threading.Barrier = begin, done: list[str] = done) -> None:
            begin.wait()
            try:
                undo(either, key=key)
            except BadInput:
                return
            done.append("taken back")

        thread = threading.Thread(target=taking_back)
        thread.start()
        begin.wait()
        if either.act(either.proposal(key=key, label="fraud")).state is not None:
            done.append("carried out")
        thread.join()
        assert len(done) == 1


@pytest.mark.parametrize("kind", ["evidence.recorded", "gate.judged", "grant.given"])
def test_what_may_count_it_stands_against_it(live: House, kind: str) -> None:
    ask(live)
    decide(live)
    if kind == "evidence.recorded":
        live.certificate()
    elif kind == "gate.judged":
        live.judge()
    else:
        live.promote()
    assert refused(live).endswith("of 'triage' was recorded since, and may count it")


def test_only_who_decided_may_and_only_for_ten_minutes(live: House) -> None:
    ask(live)
    assert refused(live) == "it waits for a decision"
    decide(live)
    assert refused(live, BEN) == "Ana Ruiz decided it, and only they may take that back"
    asserted = replace(ANA, authenticated=False)
    known = refused(live, asserted) if ANA.authenticated else "whoever decided it was known to be who they are"
    assert known.startswith("whoever decided it was known to be who they are")
    live.now += dt.timedelta(minutes=9, seconds=59)
    undo(live)
    decide(live)
    live.now += dt.timedelta(minutes=10)
    assert refused(live) == "a decision can be taken back for 10 minutes, and these are over"


def test_a_blind_answer_is_final(live: House) -> None:
    live.act(live.proposal(key="k"))
    decide(live, "billing", kind="audit")
    assert refused(live, kind="audit") == FINAL


def test_the_look_at_an_undo_is_taken_back_and_the_outcome_known_before_stays(either: House) -> None:
    ask(either)
    decide(either)
    with either.store.transaction() as tx:
        open_review(tx, NAME, "k", "undo", either.now)
    decide(either, "done by hand", kind="undo")
    assert undo(either, kind="undo").withdrawn is False
    review, case = rows(either, "undo")
    assert (review.closed_at, case.outcome) == (None, "fraud")


def test_an_effect_on_an_approval_that_was_taken_back_is_named(live: House) -> None:
    """Rechecking an exported ledger in which somebody cut out the second approval."""
    ask(live)
    decide(live, approve=True)
    undo(live)
    decide(live, approve=True)
    live.act(live.proposal(key="k", label="fraud"))
    with sealed(live.store) as reading:
        entries = entries_of(list(export(reading)))
    assert recheck_export(exported(entries)).workflows[0].faults == ()
    closed = [entry for entry in entries if entry["kind"] == "review.closed"][-1]
    del closed["body"]["approved_until"]
    (fault,) = recheck_export(exported(entries)).workflows[0].faults
    assert fault.reason == "an effect was begun for it as approved, but no approval is on record"
