"""Answers to instruments: kept, merged, bound to evidence, and never half recorded."""

import datetime as dt

import pytest

from governed import ANA, NAME, House
from interlock.adapters.packs.instruments import read_instruments
from interlock.engine.instruments.comparing import Change, compare
from interlock.flows.instruments.answer import answer
from interlock.flows.instruments.scored import scored
from interlock.flows.portfolio.read import read_portfolio
from interlock.flows.rollout.attest import attest
from interlock.terms.errors import BadInput
from interlock.terms.evidence import EvidenceClass

CARD = next(one for one in read_instruments() if one.id == "readiness-scorecard")


def _answered(house: House, **values: object) -> None:
    named = {item.replace("_", "-"): value for item, value in values.items()}
    answer(house.store, CARD, NAME, named, by=ANA, clock=house.clock)


def test_partial_answers_are_merged_and_the_past_stays(house: House) -> None:
    house.define()
    _answered(house, security=2, ownership=4)
    first = house.now
    house.now += dt.timedelta(days=3)
    _answered(house, security=4)
    with house.store.reading() as reading:
        now = scored(reading, CARD, NAME, now=house.now)
        then = scored(reading, CARD, NAME, now=house.now, until=first)
    said = {one.item: (one.given.answer.value, one.given.at[:10]) for one in now.items if one.given}
    assert said == {"ownership": (4, "2026-03-02"), "security": (4, "2026-03-05")}
    assert compare(then, now) == (Change("security", "Security", "2", "4"),)


def test_the_portfolio_holds_the_merged_sheet(house: House) -> None:
    house.define()
    _answered(house, security=2, ownership=4)
    _answered(house, security=4)
    with house.store.reading() as reading:
        (standing,) = read_portfolio(reading, house.now).standings
    (sheet,) = (standing.sheets or {}).values()
    assert {one.item: one.value for one in sheet.answers} == {"security": 4, "ownership": 4}


def test_evidence_that_an_answer_cites_must_be_there(house: House) -> None:
    house.define()
    found = attest(house.store, NAME, release=house.release, kind="scan", evidence_class=EvidenceClass.EXECUTED,
                   source="ci", body={"rules": 3, "errors": 0}, clock=house.clock)  # fmt: skip
    _answered(house, security={"value": 5, "evidence": [found.digest]})
    with house.store.reading() as reading:
        before = reading.last_entry()
    with pytest.raises(BadInput, match="security: the store holds no evidence sha256:none"):
        _answered(house, ownership=4, security={"value": 5, "evidence": ["sha256:none"]})
    with house.store.reading() as reading:
        assert reading.last_entry() == before
        result = scored(reading, CARD, NAME, now=house.now)
    (security,) = (one for one in result.items if one.item == "security")
    assert (security.backed, security.contradicted, security.low, security.high) == (True, False, 5, 5)


def test_answers_for_a_workflow_that_is_not_there_are_refused(house: House) -> None:
    with pytest.raises(BadInput, match="there is no workflow"):
        _answered(house, security=4)
