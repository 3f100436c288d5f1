"""Several cases decided at once: where the definition allows it, with one proposal, and each on record by itself."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from governed import ANA, BEN, DEFINITION, NAME, House
from interlock.flows.action.observe import Observed
from interlock.flows.ledger.verify import verify_store
from interlock.flows.review.claim import claim
from interlock.flows.review.together import close_together
from interlock.terms.errors import BadInput
from interlock.terms.review import ReviewPlan, ReviewReason
from interlock.terms.workflow import Limits
from made_once import Made

PLAN = ReviewPlan(together_max=3, reasons=(ReviewReason("harm", "it hurts"),))
DEFINED = replace(DEFINITION, review=PLAN, limits=Limits(always_review=("fraud", "sales")))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A live workflow with five cases that wait."""
    house = House(tmp_path_factory.mktemp("made"))
    house.live(DEFINED)
    for key, label in (("a", "fraud"), ("b", "fraud"), ("c", "fraud"), ("d", "fraud"), ("other", "sales")):
        assert house.act(house.proposal(key=key, label=label)).decision.verb == "review"
    house.store.close()
    return Made(house.path, house.now, house.release)


@pytest.fixture
def queue(made: Made, tmp_path: Path) -> Iterator[House]:
    house = made.copied_to(tmp_path)
    yield house
    with house.store.reading() as reading:
        assert (verify_store(reading).faults, reading.state_faults()) == ((), ())
    house.opened.close()


def together(house: House, *keys: str, label: str = "fraud", **more: bool | str) -> tuple[Observed, ...]:
    return close_together(house.store, NAME, keys, label=label, by=ANA, clock=house.clock, **more)  # type: ignore[arg-type]


def refused(house: House, *keys: str, label: str = "fraud", **more: str) -> str:
    before = house.kinds()
    with pytest.raises(BadInput) as caught:
        together(house, *keys, label=label, **more)
    assert house.kinds() == before
    return str(caught.value)


def test_each_has_an_entry_of_its_own_which_says_how_many(queue: House) -> None:
    right = Observed(wrong=False, counted=False, demoted=False)
    assert together(queue, "a", "b", "a", approve=True) == (right, right)
    with queue.store.reading() as reading:
        said = [(entry.body["key"], entry.body["together"]) for entry in reading.entries_of("review.closed")]
        approved = [row.key for row in reading.approved("2026")]
    assert (said, approved) == ([("a", 2), ("b", 2)], ["a", "b"])


def test_another_label_takes_a_reason_as_it_does_for_one(queue: House) -> None:
    assert refused(queue, "a", "b", label="sales").startswith("'fraud' was proposed and you decide 'sales': say why")
    assert [one.wrong for one in together(queue, "a", "b", label="sales", reason="harm")] == [True, True]


def test_nothing_is_decided_where_one_cannot_be(queue: House) -> None:
    claim(queue.store, NAME, "b", "decision", by=BEN, clock=queue.clock)
    assert "is claimed by Ben Okafor" in refused(queue, "a", "b")
    queue.act(queue.proposal(key="audited"))
    assert refused(queue, "a", "other") == (
        "the chosen cases have different proposals ('fraud', 'sales'): decide those with one proposal at once"
    )
    assert refused(queue, "a", "none") == "'triage' never decided a case 'none'"
    assert refused(queue) == "no case is chosen: choose those that you want to decide"
    assert refused(queue, "a", "b", "c", "d") == "4 cases are chosen, at most 3 of 'triage' are decided at once"


def test_an_audit_is_never_among_them(queue: House) -> None:
    queue.act(queue.proposal(key="audited"))
    assert refused(queue, "audited", label="billing") == "there is no decision review of case 'audited' in 'triage'"


def test_a_definition_that_says_nothing_does_not_allow_it(queue: House) -> None:
    queue.live(replace(DEFINED, review=ReviewPlan()))
    words = "each case of 'triage' is decided by itself: its definition has no `review.together_max`"
    assert refused(queue, "a", "b") == words
