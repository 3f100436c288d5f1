"""Who decides otherwise than was proposed says why: with a canned reason, or in words that can be erased."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from governed import BEN, DEFINITION, NAME, House
from interlock.flows.action.observe import Observed
from interlock.flows.review.decide import close_review
from interlock.flows.review.show import show_review
from interlock.terms.errors import BadInput
from interlock.terms.ledger import LedgerEntry
from interlock.terms.review import ReviewPlan, ReviewReason

REASONS = (ReviewReason("too-vague", "the case says too little"), ReviewReason("harm", "it may harm somebody"))


@pytest.fixture
def canned(tmp_path: Path) -> Iterator[House]:
    """A live workflow whose definition lists two reasons; case k waits for a decision on 'fraud'."""
    house = House(tmp_path)
    house.live(replace(DEFINITION, review=ReviewPlan(reasons=REASONS)))
    house.act(house.proposal(key="k", label="fraud"))
    yield house
    house.opened.close()


def decide(house: House, label: str, kind: str = "decision", **why: Any) -> Observed:
    return close_review(
        house.store, NAME, "k", kind, label=label, by=BEN, clock=house.clock, randomness=lambda n: b"\x09" * n, **why
    )


def closed(house: House) -> LedgerEntry:
    with house.store.reading() as reading:
        (entry,) = reading.entries_of("review.closed")
    return entry


def test_an_override_without_a_reason_is_refused_and_writes_nothing(canned: House) -> None:
    before = canned.kinds()
    with pytest.raises(BadInput, match="'fraud' was proposed and you decide 'sales': say why") as refused:
        decide(canned, "sales", note="  ")
    assert "too-vague (the case says too little); harm (it may harm somebody)" in str(refused.value)
    assert canned.kinds() == before


def test_a_canned_reason_is_recorded_by_its_id(canned: House) -> None:
    assert decide(canned, "sales", reason="too-vague").wrong
    entry = closed(canned)
    assert (entry.body["reason"], entry.payload) == ("too-vague", None)


def test_words_of_ones_own_can_be_erased(canned: House) -> None:
    """They are beside the record, which holds only a digest that cannot be guessed."""
    decide(canned, "sales", note=" Ana says they want to buy ")
    entry = closed(canned)
    assert entry.payload == {"note": "Ana says they want to buy", "nonce": "09" * 16}
    assert b"want to buy" not in entry.record
    assert json.loads(entry.record)["payload"].startswith("sha256:")


def test_a_reason_that_nobody_listed_is_refused(canned: House, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no reason 'vague'; there are: too-vague"):
        decide(canned, "sales", reason="vague")
    (tmp_path / "other").mkdir()
    other = House(tmp_path / "other")
    other.live()
    other.act(other.proposal(key="k", label="fraud"))
    with pytest.raises(BadInput, match=r"the definition lists none\. Your own words go into the note"):
        decide(other, "sales", reason="harm")
    other.opened.close()


def test_a_note_has_a_length(canned: House) -> None:
    with pytest.raises(BadInput, match="the note has 2,001 characters, at most 2,000 are kept"):
        decide(canned, "sales", note="x" * 2001)


def test_who_agrees_needs_no_reason(canned: House) -> None:
    assert decide(canned, " fraud ") == Observed(wrong=False, counted=False, demoted=False)


def test_who_looks_blind_cannot_know_that_it_is_an_override(canned: House) -> None:
    canned.act(canned.proposal(key="k2"))
    assert close_review(canned.store, NAME, "k2", "audit", label="sales", by=BEN, clock=canned.clock).counted


def test_the_reviewer_is_shown_the_reasons(canned: House) -> None:
    with canned.store.reading() as reading:
        assert show_review(reading, "k", "decision").canned == REASONS
