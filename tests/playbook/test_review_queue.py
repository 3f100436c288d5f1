"""The queue: who takes which case, what time does to those that nobody takes. On both engines."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from governed import ANA, BEN, CARLA, DEFINITION, NAME, House, NotApplied
from interlock.flows.action.act import Acted
from interlock.flows.action.observe import Observed
from interlock.flows.ledger.verify import verify_store
from interlock.flows.review.claim import Claimed, claim, claim_next, release
from interlock.flows.review.decide import close_review
from interlock.flows.review.escalate import Escalation, Swept, escalate, is_missing
from interlock.flows.review.open import open_review
from interlock.flows.review.settle import ask_second
from interlock.ports.queue import ReviewRow
from interlock.ports.store import Store
from interlock.terms.decision import Decision, Verb
from interlock.terms.errors import BadInput
from interlock.terms.person import Person
from interlock.terms.review import ReviewPlan
from interlock.wiring.run_time import open_address

PLAN = ReviewPlan(decision_due_h=4.0, audit_due_h=48.0, undo_due_h=8.0, refuse_after_h=12.0, claim_minutes=20.0)
QUEUED = replace(DEFINITION, review=PLAN)
NOTHING = Swept((), (), ())


@pytest.fixture(params=["postgres", "sqlite"])
def queue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """A live workflow whose reviews have service levels of their own."""
    address = request.getfixturevalue("postgres").new_database() if request.param == "postgres" else None
    house = House(tmp_path, address)
    house.live(QUEUED)
    yield house
    with house.store.reading() as reading:
        assert (verify_store(reading).faults, reading.state_faults()) == ((), ())
    house.opened.close()


def to_review(house: House, *keys: str) -> None:
    for key in keys:
        assert house.act(house.proposal(key=key, label="fraud")).decision.verb == "review"


def later(house: House, **delta: float) -> None:
    house.now += dt.timedelta(**delta)


def review(house: House, key: str, kind: str = "decision") -> ReviewRow:
    with house.store.reading() as reading:
        found = reading.review(key, kind)
    assert found is not None
    return found


def take(house: House, by: Person) -> str | None:
    claimed = claim_next(house.store, by=by, clock=house.clock)
    return None if claimed is None else claimed.key


def hours(row: ReviewRow) -> float:
    due, opened = dt.datetime.fromisoformat(row.due_at), dt.datetime.fromisoformat(row.opened_at)
    return round((due - opened).total_seconds() / 3600, 3)


# Service levels


def test_each_kind_of_review_is_due_as_the_definition_says(queue: House) -> None:
    to_review(queue, "asked")
    queue.act(queue.proposal(key="applied"))
    assert (hours(review(queue, "asked")), hours(review(queue, "applied", "audit"))) == (4.0, 48.0)


def test_a_late_decision_is_escalated_once_and_refused_in_the_end(queue: House) -> None:
    to_review(queue, "late")
    later(queue, hours=3.9)
    assert escalate(queue.store, clock=queue.clock) == NOTHING
    later(queue, hours=0.2)
    (moved,) = escalate(queue.store, clock=queue.clock).escalated
    assert moved == Escalation(NAME, "late", "decision", ("Ben Okafor", "Ana Ruiz"), review(queue, "late").due_at)
    assert (review(queue, "late").escalations, review(queue, "late").asked) == (1, ("Ben Okafor", "Ana Ruiz"))
    assert escalate(queue.store, clock=queue.clock) == NOTHING
    later(queue, hours=12.1)
    assert escalate(queue.store, clock=queue.clock) == Swept((), ((NAME, "late"),), ())
    assert (review(queue, "late").refused, escalate(queue.store, clock=queue.clock)) == (True, NOTHING)


def test_a_refused_case_is_denied_and_nothing_is_applied(queue: House) -> None:
    to_review(queue, "late")
    for wait in (5, 13):
        later(queue, hours=wait)
        escalate(queue.store, clock=queue.clock)
    closed_at = review(queue, "late").closed_at
    with queue.store.reading() as reading:
        row, state = reading.decision("late"), reading.intent_state("late")
    assert row is not None
    assert (row.outcome, state, queue.desk.calls) == (None, None, [])
    again = queue.act(queue.proposal(key="late", label="fraud"))
    refused = f"nobody decided in time: it was refused at {closed_at}"
    assert again == Acted(Decision(Verb.DENY, (refused,)), None)
    with pytest.raises(BadInput, match=r"was refused at .*: nobody had decided in time"):
        close(queue, "late", "fraud")


def test_an_audit_is_never_refused_and_counts_as_missing(queue: House) -> None:
    queue.act(queue.proposal(key="audited"))
    later(queue, hours=49)
    assert [one.key for one in escalate(queue.store, clock=queue.clock).escalated] == ["audited"]
    later(queue, hours=13)
    for _ in range(2):
        assert escalate(queue.store, clock=queue.clock) == Swept((), (), ((NAME, "audited", "audit"),))
    row = review(queue, "audited", "audit")
    assert (row.closed_at, is_missing(row, "2027")) == (None, True)
    assert close(queue, "audited", "billing", "audit").counted


def test_an_effect_in_doubt_is_never_refused(queue: House) -> None:
    queue.desk.broken = RuntimeError("no answer")
    queue.act(queue.proposal(key="doubt"))
    for wait in (5, 13):
        later(queue, hours=wait)
        swept = escalate(queue.store, clock=queue.clock)
    assert swept == Swept((), (), ((NAME, "doubt", "decision"),))


def test_a_case_that_somebody_has_in_hand_is_not_refused(queue: House) -> None:
    to_review(queue, "held")
    later(queue, hours=5)
    escalate(queue.store, clock=queue.clock)
    later(queue, hours=13)
    claim(queue.store, NAME, "held", "decision", by=ANA, clock=queue.clock)
    assert escalate(queue.store, clock=queue.clock) == NOTHING
    later(queue, minutes=21)
    assert escalate(queue.store, clock=queue.clock).refused == ((NAME, "held"),)


def test_a_failed_effect_may_be_refused_for_nothing_was_applied(queue: House) -> None:
    queue.desk.broken = NotApplied("closed today")
    queue.act(queue.proposal(key="failed"))
    for wait in (5, 13):
        later(queue, hours=wait)
        swept = escalate(queue.store, clock=queue.clock)
    assert swept.refused == ((NAME, "failed"),)


def test_a_sweep_of_one_workflow_leaves_the_others(queue: House) -> None:
    to_review(queue, "late")
    later(queue, hours=5)
    assert escalate(queue.store, clock=queue.clock, workflow="other") == NOTHING
    assert len(escalate(queue.store, clock=queue.clock, workflow=NAME).escalated) == 1


# Claims


def close(house: House, key: str, label: str, kind: str = "decision", by: Person = ANA) -> Observed:
    return close_review(house.store, NAME, key, kind, label=label, by=by, clock=house.clock)


def test_the_most_urgent_case_comes_first_and_to_one_person_only(queue: House) -> None:
    to_review(queue, "second")
    later(queue, hours=5)
    escalate(queue.store, clock=queue.clock)  # due later now, and yet the most urgent
    to_review(queue, "first", "third")
    assert [take(queue, who) for who in (ANA, BEN, CARLA, Person("Dev"))] == ["second", "first", "third", None]


def test_who_has_a_case_in_hand_gets_it_back(queue: House) -> None:
    to_review(queue, "one", "two")
    first = claim_next(queue.store, by=ANA, clock=queue.clock)
    before = queue.kinds()
    again = claim_next(queue.store, by=Person("ana  RUIZ"), clock=queue.clock)
    assert (again, queue.kinds()) == (first, before)


def test_a_claim_ends_by_itself(queue: House) -> None:
    to_review(queue, "one")
    claimed = claim_next(queue.store, by=ANA, clock=queue.clock)
    assert claimed == Claimed(
        NAME, "one", "decision", "Ana Ruiz", str(review(queue, "one").claimed_until), review(queue, "one").due_at
    )
    assert take(queue, BEN) is None
    later(queue, minutes=21)
    assert take(queue, BEN) == "one"
    with pytest.raises(BadInput, match="is claimed by Ben Okafor until"):
        claim(queue.store, NAME, "one", "decision", by=ANA, clock=queue.clock)


def test_a_claimed_case_is_not_decided_by_somebody_else(queue: House) -> None:
    to_review(queue, "one")
    claim(queue.store, NAME, "one", "decision", by=ANA, clock=queue.clock, minutes=5)
    before = queue.kinds()
    with pytest.raises(BadInput, match="is claimed by Ana Ruiz until"):
        close(queue, "one", "fraud", by=BEN)
    assert queue.kinds() == before
    close(queue, "one", "fraud", by=ANA)
    row = review(queue, "one")
    assert (row.reviewer, row.claimed_by, row.claimed_until) == ("Ana Ruiz", None, None)


def test_a_claim_can_be_made_longer_and_given_back(queue: House) -> None:
    to_review(queue, "one")
    for minutes in (5, 60):
        claim(queue.store, NAME, "one", "decision", by=ANA, clock=queue.clock, minutes=minutes)
    later(queue, minutes=30)
    with pytest.raises(
        BadInput, match=r"Ben Okafor does not hold the decision review of case 'one'.*Ana Ruiz holds it"
    ):
        release(queue.store, NAME, "one", "decision", by=BEN, clock=queue.clock)
    release(queue.store, NAME, "one", "decision", by=ANA, clock=queue.clock)
    with pytest.raises(BadInput, match="nobody holds it"):
        release(queue.store, NAME, "one", "decision", by=ANA, clock=queue.clock)
    assert take(queue, BEN) == "one"


def test_who_decided_a_case_before_is_not_given_its_audit(queue: House) -> None:
    to_review(queue, "k")
    close(queue, "k", "fraud", by=ANA)
    with queue.store.transaction() as tx:  # an audit of the same case, however it came about
        open_review(tx, NAME, "k", "audit", queue.clock())
    assert (take(queue, ANA), take(queue, BEN)) == (None, "k")
    with pytest.raises(BadInput, match="Ana Ruiz has answered for this case already"):
        later(queue, minutes=21)
        claim(queue.store, NAME, "k", "audit", by=ANA, clock=queue.clock)


def test_a_claim_has_a_sensible_length(live: House) -> None:
    to_review(live, "one")
    for minutes in (0, -1, 24 * 60 + 1, float("nan")):
        with pytest.raises(BadInput, match="a claim lasts over 0 and at most 1440 minutes"):
            claim_next(live.store, by=ANA, clock=live.clock, minutes=minutes)


@pytest.mark.parametrize("name", ["", "  ", "\u200b"])
def test_nobody_claims_nothing(live: House, name: str) -> None:
    to_review(live, "one")
    acts: tuple[Callable[[], object], ...] = (
        lambda: claim_next(live.store, by=Person(name), clock=live.clock),
        lambda: claim(live.store, NAME, "one", "decision", by=Person(name), clock=live.clock),
        lambda: release(live.store, NAME, "one", "decision", by=Person(name), clock=live.clock),
    )
    for act in acts:
        with pytest.raises(BadInput, match="say who you are"):
            act()


def test_what_is_not_there_cannot_be_claimed(queue: House) -> None:
    to_review(queue, "one")
    for workflow, key, kind in (("other", "one", "decision"), (NAME, "none", "decision"), (NAME, "one", "audit")):
        with pytest.raises(BadInput, match=f"there is no {kind} review of case '{key}' in '{workflow}'"):
            claim(queue.store, workflow, key, kind, by=ANA, clock=queue.clock)
    assert claim_next(queue.store, by=ANA, clock=queue.clock, workflow="other") is None


# Several at once


def at_once(house: House, count: int, work: Callable[[int, Store], None]) -> None:
    """`work` in as many threads, each with a store of its own, all from the same moment on."""
    start = threading.Barrier(count)

    def one(number: int) -> None:
        opened = open_address(house.address)
        try:
            start.wait()
            work(number, opened.store)
        finally:
            opened.close()

    with ThreadPoolExecutor(count) as threads:
        assert list(threads.map(one, range(count))) == [None] * count


def test_several_reviewers_never_get_the_same_case(queue: House) -> None:
    keys = [f"k{i}" for i in range(12)]
    to_review(queue, *keys)
    taken: list[str] = []

    def work(number: int, store: Store) -> None:
        for turn in range(3):
            claimed = claim_next(store, by=Person(f"Person {number}-{turn}"), clock=lambda: queue.now)
            assert claimed is not None
            taken.append(claimed.key)

    at_once(queue, 4, work)
    assert sorted(taken) == sorted(keys)
    assert queue.kinds().count("review.claimed") == 12


def test_several_sweeps_move_each_case_once(queue: House) -> None:
    to_review(queue, *(f"k{i}" for i in range(70)))  # more than one transaction takes
    later(queue, hours=5)
    moved: list[str] = []

    def work(number: int, store: Store) -> None:
        moved.extend(one.key for one in escalate(store, clock=lambda: queue.now).escalated)

    at_once(queue, 4, work)
    assert (len(moved), len(set(moved)), queue.kinds().count("review.escalated")) == (70, 70, 70)


def test_a_case_is_decided_once_however_many_try(queue: House) -> None:
    to_review(queue, "k")
    won: list[str] = []
    told: list[str] = []

    def work(number: int, store: Store) -> None:
        by = Person(f"Person {number}")
        try:
            close_review(store, NAME, "k", "decision", label="fraud", by=by, clock=lambda: queue.now)
            won.append(by.name)
        except BadInput as exc:
            told.append(str(exc))

    at_once(queue, 6, work)
    assert (won, queue.kinds().count("review.closed")) == ([review(queue, "k").reviewer], 1)
    assert set(told) == {f"the decision review of case 'k' was closed by {won[0]}"}


def test_two_looks_that_end_at_the_same_moment_are_settled_once(queue: House) -> None:
    """Each of the two must see the other's answer, or nobody would ever take the outcome."""
    for i in range(5):
        queue.act(queue.proposal(key=f"k{i}"))
        ask_second(queue.store, NAME, f"k{i}", by=CARLA, clock=queue.clock)

    def work(number: int, store: Store) -> None:
        kind, by = (("audit", ANA), ("second", BEN))[number]
        for i in range(5):
            close_review(store, NAME, f"k{i}", kind, label="billing", by=by, clock=lambda: queue.now)

    at_once(queue, 2, work)
    with queue.store.reading() as reading:
        assert [row.outcome for row in reading.decisions(NAME) if row.key.startswith("k")] == ["billing"] * 5
