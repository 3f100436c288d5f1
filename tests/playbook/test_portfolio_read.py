"""The portfolio as it is read from a store: each figure with the evidence that it came from."""

import datetime as dt
import gc
from dataclasses import replace

import pytest

from governed import ANA, DEFINITION, NAME, House
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.flows.portfolio.drifting import entry_at
from interlock.flows.portfolio.read import read_portfolio
from interlock.flows.rollout.attest import attest
from interlock.flows.rollout.demote import demote
from interlock.terms.evidence import Evidence, EvidenceClass, Verdict
from interlock.terms.grant import AutonomyLevel
from interlock.terms.measured import Bucket, Expense, Measurement, PeriodRun
from interlock.terms.portfolio import Portfolio
from interlock.terms.stage import RolloutStage
from staged import drift

SPAN = {"period_start": "2026-02-01", "period_end": "2026-02-28"}


def _read(house: House) -> Portfolio:
    with house.store.reading() as reading:
        return read_portfolio(reading, house.now)


def _measured(house: House, kind: str, body: dict[str, object]) -> Evidence:
    return attest(
        house.store, NAME, release=house.release, kind=kind, evidence_class=EvidenceClass.SOURCE, source="desk",
        body={**SPAN, **body}, clock=house.clock,
    )  # fmt: skip


def test_an_empty_store_is_a_portfolio_of_nothing(house: House) -> None:
    assert _read(house) == Portfolio(as_of="2026-03-02T09:00:00.000000Z", organisation=None, standings=())


def test_a_live_workflow_with_its_gate_and_grant(live: House) -> None:
    (standing,) = _read(live).standings
    assert (standing.definition, standing.release, standing.proposed_by) == (DEFINITION, live.release, "Carla Nunes")
    assert (standing.stage, standing.level) == (RolloutStage.EXPLORATION, AutonomyLevel.AGENT)
    assert standing.grant is not None
    assert standing.grant.labels == ("billing", "fraud", "close account", "sales")
    assert {name: verdict.verdict for name, verdict in (standing.gates or {}).items()} == {
        "limited live": Verdict.PASSED
    }
    assert not standing.live_by_drift


def test_what_was_measured_stays_with_its_release_when_another_is_defined(live: House) -> None:
    kpi = _measured(live, "kpi", {"kpi": "hours", "value": 3.5, "n": 40, "low": 3.1, "high": 3.9})
    spent = _measured(live, "expense", {"bucket": "compute", "amount_usd": 120})
    counts = {"cases": 90, "applied": 40, "reviewed": 50, "overridden": 3, "labelled": 30, "wrong": 1, "successes": 80}
    done = _measured(live, "period", dict(counts))
    before = live.release
    live.define(code="2")
    (standing,) = _read(live).standings
    assert standing.measurements == (
        Measurement(NAME, "hours", 3.5, "2026-02-01", "2026-02-28", "desk", kpi.digest, 40, 3.1, 3.9),
    )
    assert standing.expenses == (
        Expense(NAME, Bucket.COMPUTE, 120.0, "2026-02-01", "2026-02-28", "desk", spent.digest),
    )
    assert standing.runs == (PeriodRun(NAME, before, "2026-02-01", "2026-02-28", **counts, evidence=done.digest),)
    assert (standing.grant, standing.level) == (None, AutonomyLevel.SHADOW)


def test_a_grant_past_its_end_allows_nothing(live: House) -> None:
    live.now += dt.timedelta(days=31)
    (standing,) = _read(live).standings
    assert (standing.level, standing.grant is not None) == (AutonomyLevel.SHADOW, True)


@pytest.mark.parametrize(("cases", "drifts"), [(289, False), (290, True)])
def test_350_cases_in_7_days_without_a_grant_are_live_by_drift(live: House, cases: int, *, drifts: bool) -> None:
    demote(live.store, NAME, by=ANA, reason="too many complaints", clock=live.clock)
    live.shadow(cases)  # 60 shadow cases came before
    (standing,) = _read(live).standings
    assert standing.live_by_drift is drifts
    assert standing.drifts == drift(live)
    live.now += dt.timedelta(days=8)
    assert not _read(live).standings[0].live_by_drift


def test_the_portfolio_and_unauthorised_say_the_same(live: House) -> None:
    assert _read(live).standings[0].drifts == drift(live) == ()
    with live.store.transaction() as tx:  # planted: a stage below its level
        body = {
            "workflow": NAME,
            "release": live.release,
            "left": "scale",
            "entered": "pilot",
            "by": "x",
            "reason": "y",
        }
        record(tx, "stage.moved", body, at=stamp(live.clock()))
    counts = {"cases": 90, "applied": 40, "reviewed": 50, "overridden": 3, "labelled": 30, "wrong": 1, "successes": 80}
    _measured(live, "period", dict(counts))  # planted: effects before any grant was held
    foreign = replace(live.proposal(), release="sha256:another")  # planted: a release that is not in force
    live.act(foreign)
    live.now += dt.timedelta(days=29, hours=23, minutes=59)
    live.shadow(20)
    live.now += dt.timedelta(minutes=2)
    live.shadow(60)  # planted: cases after the grant expired
    found = drift(live)
    assert _read(live).standings[0].drifts == found
    assert [words.split()[1] for words in found] == ["cases", "effects", "holds"]


def test_the_entry_at_a_time_is_found_by_halving(live: House) -> None:
    with live.store.reading() as reading:
        entries = list(reading.entries())
        assert [entry_at(reading, entry.at) for entry in entries] == [
            next(other.index for other in entries if other.at >= entry.at) for entry in entries
        ]
        assert entry_at(reading, "2000-01-01") == 0
        assert entry_at(reading, "2100-01-01") == entries[-1].index + 1


def test_what_an_application_froze_stays_frozen_and_the_collector_goes_on(house: House) -> None:
    with house.store.reading() as reading:
        read_portfolio(reading, house.now)
        assert (gc.isenabled(), gc.get_freeze_count()) == (True, 0)
        gc.freeze()
        frozen = gc.get_freeze_count()
        try:
            read_portfolio(reading, house.now)
            assert (gc.isenabled(), gc.get_freeze_count() > frozen // 2) == (True, True)
        finally:
            gc.unfreeze()
