"""What is measured goes on record as evidence, or is refused with a mend; nothing is lost, nothing counted twice."""

import datetime as dt
import math
from dataclasses import replace

import pytest

from governed import ANA, BEN, CARLA, DEFINITION, NAME, House
from interlock.engine.evidence.outcome import outcome_of
from interlock.flows.action.observe import observe_in
from interlock.flows.measure.expense import record_expense
from interlock.flows.measure.incident import Report, close_incident, incidents_of, open_incident
from interlock.flows.measure.kpi import KpiValue, record_kpis
from interlock.flows.measure.period import record_period
from interlock.flows.portfolio.read import read_portfolio
from interlock.terms.errors import BadInput, Refused
from interlock.terms.evidence import Verdict
from interlock.terms.initiative import Direction, Initiative, Kpi
from interlock.terms.measured import Bucket, Severity
from interlock.terms.person import Person
from interlock.terms.portfolio import Standing

KPIS = (Kpi("first answer", "hours", Direction.DOWN, 4.0), Kpi("deflected", "share", Direction.UP))
FEBRUARY = ("2026-02-01", "2026-02-28")
GOOD = KpiValue("first answer", 3.5, *FEBRUARY, n=400, low=3.3, high=3.7)


@pytest.fixture
def desk(house: House) -> House:
    house.define(replace(DEFINITION, initiative=Initiative(kpis=KPIS)))
    return house


def _standing(house: House) -> Standing:
    with house.store.reading() as reading:
        return read_portfolio(reading, house.now).standings[0]


def _kpis(house: House, *values: KpiValue) -> None:
    record_kpis(house.store, NAME, values, source="desk", by=ANA, clock=house.clock)


def test_a_kpi_is_evidence_of_the_release_in_force_with_its_interval(desk: House) -> None:
    _kpis(desk, GOOD)
    (one,) = _standing(desk).measurements
    assert (one.value, one.n, one.low, one.high, one.source) == (3.5, 400, 3.3, 3.7, "desk")
    assert one.evidence.startswith("sha256:")


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (replace(GOOD, value=math.nan), "the value of 'first answer' is no number"),
        (replace(GOOD, value=math.inf), "the value of 'first answer' is no number"),
        (replace(GOOD, high=math.nan), "the high of 'first answer' is no number"),
        (replace(GOOD, kpi="first answr"), "no KPI 'first answr' (did you mean 'first answer'?)"),
        (replace(GOOD, unit="minutes"), "is measured in hours, not in minutes; convert the value"),
        (KpiValue("deflected", 34.0, *FEBRUARY), "34 is not from 0 to 1; divide percents by 100"),
        (replace(GOOD, period_end="2026-03-31"), "is in the future"),
        (replace(GOOD, period_end="2026-01-31"), "is before --from"),
        (replace(GOOD, period_start="2024-02-01"), "is longer than 366 days"),
        (replace(GOOD, period_start="1 February"), "is no date; write one such as"),
        (replace(GOOD, n=0), "needs at least one case"),
        (replace(GOOD, high=None), "has one end only"),
        (replace(GOOD, low=3.6), "is not within its interval"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_a_measurement_is_refused_and_nothing_is_recorded(desk: House, bad: KpiValue, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        _kpis(desk, replace(GOOD, segment="Nordics"), bad)
    assert said in str(refused.value)
    assert _standing(desk).measurements == ()


def test_a_period_that_overlaps_is_refused_in_the_same_series_only(desk: House) -> None:
    _kpis(desk, GOOD)
    with pytest.raises(BadInput, match="on record from 2026-02-01 to 2026-02-28 already"):
        _kpis(desk, replace(GOOD, period_start="2026-02-28", period_end="2026-03-01"))
    with pytest.raises(BadInput, match="overlaps it"):
        _kpis(desk, replace(GOOD, segment="North"), replace(GOOD, segment="North"))
    _kpis(desk, replace(GOOD, control=True), replace(GOOD, segment="Nordics"))
    assert len(_standing(desk).measurements) == 3


def test_expenses_count_a_day_of_a_bucket_once_for_each_source(desk: House) -> None:
    def spend(bucket: Bucket, amount: float, source: str = "finance") -> None:
        record_expense(desk.store, NAME, bucket, amount, period=FEBRUARY, source=source, by=ANA, clock=desk.clock)

    spend(Bucket.COMPUTE, 120.5)
    spend(Bucket.LEARNING, 10.0)
    spend(Bucket.COMPUTE, 7.0, "vendor's bill")
    with pytest.raises(BadInput, match="is on record"):
        spend(Bucket.COMPUTE, 5.0, " Finance")
    for amount in (120.5, 3.0):
        with pytest.raises(BadInput, match="'compute' from finance is on record"):
            spend(Bucket.COMPUTE, amount)
    for amount in (-1.0, math.nan, math.inf, 1e13):
        with pytest.raises(BadInput, match="cannot be spent; give 0 to 1e\\+12"):
            spend(Bucket.LAST_MILE, amount)
    assert [one.amount_usd for one in _standing(desk).expenses] == [120.5, 10.0, 7.0]


def test_a_period_is_counted_from_the_decisions_on_record(live: House) -> None:
    """60 shadow cases came before; then two applied (one wrong by its audit), one to review."""
    day = live.now.date().isoformat()
    kept, wrong = live.proposal(), live.proposal()
    for proposal in (kept, wrong, live.proposal(confidence=0.1)):
        live.act(proposal)
    for key, label in ((kept.key, "billing"), (wrong.key, "sales")):
        with live.store.transaction() as tx:
            observe_in(tx, NAME, key, label=label, by="people", audit=True, now=live.clock())
    with pytest.raises(BadInput, match="say who has it counted"):
        record_period(live.store, NAME, start=day, end=day, by=Person(" "), clock=live.clock)
    with pytest.raises(BadInput, match="is in the future"):
        record_period(live.store, NAME, start=day, end=day, by=ANA, clock=live.clock)
    live.now += dt.timedelta(days=1)
    record_period(live.store, NAME, start=day, end=day, by=ANA, clock=live.clock)
    with live.store.reading() as reading:
        assert [one.body["by"] for one in reading.evidence(NAME) if one.kind == "period"] == ["Ana Ruiz"]
    (run,) = _standing(live).runs
    assert (run.cases, run.applied, run.reviewed, run.overridden) == (63, 2, 1, 0)
    assert (run.labelled, run.wrong, run.successes) == (62, 1, 1)
    with pytest.raises(BadInput, match="on record from"):
        record_period(live.store, NAME, start=day, end=day, by=ANA, clock=live.clock)


def test_a_new_release_does_not_inherit_the_period_of_the_one_before(live: House) -> None:
    day = live.now.date().isoformat()
    live.act(live.proposal())
    live.now += dt.timedelta(days=1)
    live.define(replace(DEFINITION, budget=replace(DEFINITION.budget, error=0.05)))
    counted = record_period(live.store, NAME, start=day, end=day, by=ANA, clock=live.clock)
    assert counted.body["of_other_releases"] == counted.body["cases"] > 0
    assert outcome_of(counted).verdict is Verdict.INCONCLUSIVE


def test_an_incident_is_open_until_it_is_closed_with_a_lesson(desk: House) -> None:
    report = Report("refunds to the wrong account", Severity.HIGH, "Ben Okafor", redline=True)
    opened = open_incident(desk.store, NAME, report, by=ANA, clock=desk.clock)
    assert [(one.entry, one.closed_at) for one in _standing(desk).incidents] == [(opened.entry, None)]
    with pytest.raises(Refused, match="Carla Nunes proposed this release and cannot close"):
        close_incident(desk.store, opened.entry, lesson="check the account", by=CARLA, clock=desk.clock)
    closed = close_incident(desk.store, opened.entry, lesson="check the account", by=BEN, clock=desk.clock, cost_usd=90)
    with desk.store.reading() as reading:
        assert incidents_of(reading) == incidents_of(reading, NAME) == (closed,)
    assert (closed.redline, closed.cost_usd, closed.closed_by, closed.lesson) == (
        True, 90, "Ben Okafor", "check the account",
    )  # fmt: skip
    with pytest.raises(BadInput, match="is closed already"):
        close_incident(desk.store, opened.entry, lesson="again", by=BEN, clock=desk.clock)
    with pytest.raises(BadInput, match="there is no incident 0"):
        close_incident(desk.store, 0, lesson="none", by=BEN, clock=desk.clock)
    with pytest.raises(BadInput, match="say what was learned"):
        close_incident(desk.store, opened.entry, lesson=" ", by=BEN, clock=desk.clock)


def test_what_goes_on_record_is_rebuilt_from_the_ledger_alone(desk: House) -> None:
    _kpis(desk, GOOD)
    open_incident(desk.store, NAME, Report("late", Severity.LOW, "Ben Okafor"), by=ANA, clock=desk.clock)
    with desk.store.reading() as reading:
        assert reading.state_faults() == ()
