"""One walk through the operating model, on SQLite and on PostgreSQL: the same entries, the same portfolio."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from governed import ANA, BEN, CARLA, NAME, House
from interlock.adapters.packs.instruments import read_instruments
from interlock.engine.council.agenda import agenda
from interlock.engine.economics.glance import glance
from interlock.flows.council.decide import decide_item, define_organisation
from interlock.flows.evidence.add import add_evidence
from interlock.flows.evidence.attestations import attest_check
from interlock.flows.evidence.people_keys import register_key
from interlock.flows.instruments.answer import answer
from interlock.flows.instruments.scored import scored
from interlock.flows.ledger.verify import verify_store
from interlock.flows.measure.expense import record_expense
from interlock.flows.measure.incident import Report, close_incident, open_incident
from interlock.flows.measure.kpi import KpiValue, record_kpis
from interlock.flows.measure.period import record_period
from interlock.flows.portfolio.read import read_portfolio
from interlock.flows.rollout.waive import waive
from interlock.terms.council import Organisation, Responsibility
from interlock.terms.evidence import EvidenceClass, Verdict
from interlock.terms.imported import Imported
from interlock.terms.initiative import Vendor
from interlock.terms.ledger import LedgerEntry
from interlock.terms.measured import Bucket, Severity
from interlock.terms.portfolio import Portfolio
from interlock.terms.stage import RolloutStage
from staged import PACKS, READY, SIGNING, judged, move

if TYPE_CHECKING:
    from postgres_server import Databases

FEBRUARY = ("2026-02-01", "2026-02-28")
CARD = next(one for one in read_instruments() if one.id == "readiness-scorecard")
NORDLICHT = Organisation("Nordlicht", (Responsibility("vendors", ("Iva Kos",)),), ("Ana Ruiz",))


def _evidence(house: House) -> None:
    """An imported report, two signed statements, a KPI, money, and what the run time did."""
    kept: list[str] = []
    register_key(
        house.store, BEN, clock=house.clock, randomness=lambda n: b"\x05" * n, signing=SIGNING, keep=kept.append
    )
    body = {"n": 120, "wrong": 3, "edge_cases": 12}
    measured = house.now - dt.timedelta(hours=1)
    labels = Imported("labels", EvidenceClass.HUMAN, "people", body, "labels.csv", "ab" * 32, 900, measured)
    add_evidence(house.store, NAME, (labels,), by=ANA, clock=house.clock)
    for gate, check in (("data fitness", "representative"), ("privacy and legal", "impact assessment")):
        attest_check(
            house.store, NAME, gate=gate, check=check, statement="it is so", by=BEN, private_key=kept[0],
            signing=SIGNING, clock=house.clock,
        )  # fmt: skip
    value = KpiValue("minutes", 30.5, *FEBRUARY, n=400, low=29.0, high=32.0)
    record_kpis(house.store, NAME, (value,), source="desk", by=ANA, clock=house.clock)
    record_expense(
        house.store, NAME, Bucket.LAST_MILE, 120.25, period=FEBRUARY, source="finance", by=ANA, clock=house.clock
    )
    record_period(house.store, NAME, start=FEBRUARY[0], end=FEBRUARY[1], by=ANA, clock=house.clock)


def _decisions(house: House) -> None:
    """A stage, an answered scorecard, a waiver, an incident, and what the council decides of them."""
    assert [one.verdict for one in judged(house, "stages")[:1]] == [Verdict.PASSED]
    move(house, RolloutStage.PILOT)
    with house.store.reading() as reading:
        (cited,) = [one.digest for one in reading.evidence(NAME) if one.kind == "labels"]
    answers = {"data-readiness": {"value": 4, "evidence": [cited]}, "security": 2}
    answer(house.store, CARD, NAME, answers, by=ANA, clock=house.clock)
    waive(
        house.store, NAME, PACKS, gate="human in the loop", check="reviewer tools", by=BEN, reason="later",
        until=house.now + dt.timedelta(days=7), clock=house.clock, signing=SIGNING,
    )  # fmt: skip
    for redline in (False, True):
        open_incident(
            house.store, NAME, Report("wrong queue", Severity.LOW, "Ben Okafor", redline=redline), by=BEN,
            clock=house.clock,
        )  # fmt: skip
    with house.store.reading() as reading:
        first, _ = reading.entries_of("incident.opened", NAME)
        asked = [item.id for item in agenda(read_portfolio(reading, house.now))]
    close_incident(house.store, first.index, lesson="alert sooner", by=BEN, clock=house.clock, cost_usd=12.5)
    for kind, choose, by in (("waiver", "end", BEN), ("incident", "stop", ANA), ("vendor", "review", ANA)):
        item = next(one for one in asked if f"/{kind}/" in one)
        decide_item(house.store, item, choose=choose, reason="it is time", by=by, clock=house.clock)


def _walk(house: House) -> tuple[Portfolio, list[LedgerEntry]]:
    vendor = Vendor("Scanwerk", "text recognition", processing_agreement="DPA-1", owner="Pia Lund")
    house.define(replace(READY, initiative=replace(READY.initiative, vendors=(vendor,))), by=CARLA)
    define_organisation(house.store, NORDLICHT, by=CARLA, clock=house.clock)
    _evidence(house)
    _decisions(house)
    with house.store.reading() as reading:
        assert verify_store(reading).holds
        score = scored(reading, CARD, NAME, now=house.now)
        assert (score.may_scale, [one.split(":")[0] for one in score.rules_held]) == (False, ["no scaling"])
        return read_portfolio(reading, house.now), list(reading.entries())


def test_the_same_walk_leaves_the_same_entries_portfolio_agenda_and_figures_on_either_engine(
    postgres: "Databases", tmp_path: Path
) -> None:
    found = []
    for name, address in (("embedded", None), ("shared", postgres.new_database())):
        (tmp_path / name).mkdir()
        house = House(tmp_path / name, address)
        found.append(_walk(house))
        house.opened.close()
    (embedded, in_embedded), (shared, in_shared) = found
    assert [one.kind for one in in_embedded] == [one.kind for one in in_shared]
    assert in_embedded == in_shared
    assert {one.kind for one in in_embedded} >= {
        "release.defined", "organisation.defined", "evidence.recorded", "readiness.judged", "stage.moved",
        "instrument.answered", "waiver.given", "waiver.ended", "incident.opened", "incident.closed", "council.decided",
    }  # fmt: skip
    assert embedded == shared
    assert agenda(embedded) == agenda(shared)
    (standing,) = shared.standings
    assert (standing.stage, standing.halted, len(standing.incidents)) == (RolloutStage.PILOT, True, 2)
    assert (len(standing.measurements), len(standing.expenses), len(standing.runs)) == (1, 1, 1)
    assert glance(standing).gains[0].gained == 9.5
