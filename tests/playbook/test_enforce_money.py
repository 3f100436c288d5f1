"""Money is enforced without a person, on both engines."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from governed import ANA, BEN, DEFINITION, NAME, House
from interlock.engine.council.agenda import agenda
from interlock.flows.council.decide import decide_item, define_organisation
from interlock.flows.council.enforce import COST_TITLE, enforce_money
from interlock.flows.portfolio.read import read_portfolio
from interlock.flows.rollout.attest import attest
from interlock.flows.rollout.facts import stage_of, waivers_of
from interlock.flows.rollout.waive import waive
from interlock.flows.upkeep.money import MoneyRounds
from interlock.terms.council import Organisation
from interlock.terms.errors import Refused, Unavailable
from interlock.terms.evidence import EvidenceClass
from interlock.terms.initiative import Direction, Initiative, Kpi, ServiceLevels
from interlock.terms.stage import RolloutStage
from staged import PACKS, SIGNING, move, ready

if TYPE_CHECKING:
    from postgres_server import Databases

MONTHS = (("2026-01-01", "2026-01-31"), ("2026-02-01", "2026-02-28"))
COUNTS = {"cases": 90, "applied": 0, "reviewed": 90, "overridden": 3, "labelled": 30, "wrong": 1, "successes": 80}
KPI = Kpi("hours", "h", Direction.DOWN, 4.0, "2025-12-31", 1.0, "2026-12-31", "desk")


@pytest.fixture(params=["sqlite", "postgres"])
def on_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """A house on each engine."""
    address = None
    if request.param == "postgres":
        databases: Databases = request.getfixturevalue("postgres")
        address = databases.new_database()
    house = House(tmp_path, address)
    yield house
    house.opened.close()


def _month(house: House, month: int, *, hours: float, usd: float) -> None:
    start, end = MONTHS[month]
    bodies = (
        ("kpi", {"kpi": "hours", "value": hours}),
        ("expense", {"bucket": "compute", "amount_usd": usd}),
        ("period", dict(COUNTS)),
    )
    for kind, body in bodies:
        attest(
            house.store, NAME, release=house.release, kind=kind, evidence_class=EvidenceClass.SOURCE, source="desk",
            body={"period_start": start, "period_end": end, **body}, clock=house.clock,
        )  # fmt: skip


def test_spend_that_rises_without_its_kpi_demotes_and_a_cost_over_its_ceiling_is_an_incident(
    on_engine: House,
) -> None:
    house = on_engine
    initiative = Initiative(kpis=(KPI,), service_levels=ServiceLevels(cost_per_success_max_usd=1.0))
    house.live(replace(DEFINITION, initiative=initiative))
    _month(house, 0, hours=4.0, usd=70.0)
    assert enforce_money(house.store, clock=house.clock) == ()
    _month(house, 1, hours=4.0, usd=700.0)
    assert [one.done.split()[-1] for one in enforce_money(house.store, clock=house.clock)] == ["ended", "opened"]
    assert house.grant() is None
    assert house.kinds()[-2:] == ["grant.ended", "incident.opened"]
    with house.store.reading() as reading:
        ended = reading.newest_of("grant.ended", NAME)
        standing = read_portfolio(reading, house.now).standings[0]
    assert ended is not None
    assert (ended.body["by"], ended.body["rule"], len(ended.body["evidence"])) == ("run time", "scope pause", 3)
    assert [(one.title, one.owner) for one in standing.incidents] == [(COST_TITLE, "Ana Ruiz")]
    rounds = MoneyRounds(house.store, house.clock)
    assert rounds.last is None
    assert rounds.go().done == ()


def test_a_round_that_fails_says_so_changes_nothing_and_the_next_one_goes(house: House) -> None:
    initiative = Initiative(kpis=(KPI,), service_levels=ServiceLevels(cost_per_success_max_usd=1.0))
    house.live(replace(DEFINITION, initiative=initiative))
    _month(house, 0, hours=4.0, usd=70.0)
    _month(house, 1, hours=4.0, usd=700.0)
    rounds, reads = MoneyRounds(house.store, house.clock), [0]

    def late() -> dt.datetime:
        reads[0] += 1
        if reads[0] == 3:  # after the reading, within the transaction
            raise Unavailable("the clock is gone")
        return house.clock()

    before = house.kinds()
    broken = MoneyRounds(house.store, late)
    with pytest.raises(Unavailable):
        broken.go()
    assert broken.last is not None
    assert (broken.last.done, broken.last.failed, house.kinds()) == ((), "the clock is gone", before)
    assert len(rounds.go().done) == 2
    assert house.kinds().count("grant.given") == 1  # nothing is promoted by it


def test_stages_waivers_and_a_council_on_either_engine(on_engine: House) -> None:
    house = on_engine
    ready(house)
    move(house, RolloutStage.PILOT)
    given = waive(
        house.store, NAME, PACKS, gate="data fitness", check="representative", by=BEN, reason="later",
        until=house.now.replace(day=12), clock=house.clock, signing=SIGNING,
    )  # fmt: skip
    define_organisation(house.store, Organisation("Nordlicht", council=("Ana Ruiz",)), by=ANA, clock=house.clock)
    with house.store.reading() as reading:
        (item,) = [one.id for one in agenda(read_portfolio(reading, house.now)) if "/waiver/" in one.id]
    with pytest.raises(Refused):
        decide_item(house.store, item, choose="end", reason="why", by=ANA, clock=house.clock)
    decide_item(house.store, item, choose="end", reason="it is done", by=BEN, clock=house.clock)
    with house.store.reading() as reading:
        assert (stage_of(reading, NAME), waivers_of(reading, NAME)) == (RolloutStage.PILOT, ())
    assert given.entry > 0
    assert house.kinds()[-3:] == ["council.refused", "council.decided", "waiver.ended"]
