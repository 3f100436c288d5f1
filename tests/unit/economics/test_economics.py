"""Money and value: what is known is counted, what is not known is said to be unknown."""

import math
from dataclasses import replace

import pytest

import portfolio_made
from interlock.engine.council.agenda import agenda
from interlock.engine.economics.alarms import Alarms, alarms, cost_regression, overruns, scope_pause
from interlock.engine.economics.glance import glance
from interlock.engine.economics.spending import by_bucket, cost_per_success
from interlock.engine.economics.value import BEFORE_AFTER, IN_DIFFERENCES, gain
from interlock.terms.initiative import Direction, Initiative, Kpi, ServiceLevels, Spending
from interlock.terms.measured import Bucket, Expense, Measurement, PeriodRun

SEPTEMBER, OCTOBER = ("2026-09-01", "2026-09-30"), ("2026-10-01", "2026-10-31")
HOURS = Kpi("first answer", "hours", Direction.DOWN, 4.0, "2026-07-31", 1.0, "2026-12-31", "desk")


def measured(
    value: float, period: tuple[str, str] = OCTOBER, half: float | None = 0.2, *, control: bool = False
) -> Measurement:
    low, high = (None, None) if half is None else (value - half, value + half)
    digest = f"kpi {period[1]}{' control' if control else ''}"
    return Measurement("w", "first answer", value, *period, "desk", digest, 400, low, high, control=control)


def spent(amount: float, bucket: Bucket = Bucket.COMPUTE, period: tuple[str, str] = OCTOBER) -> Expense:
    return Expense("w", bucket, amount, *period, "finance", f"{bucket} {period[1]}")


def ran(successes: int, period: tuple[str, str] = OCTOBER) -> PeriodRun:
    return PeriodRun("w", "sha256:r", *period, 1000, 500, 400, 10, 300, 3, successes, f"period {period[1]}")


# Cost of a success


def test_the_cost_of_a_success_is_the_three_buckets_without_the_learning_tax() -> None:
    money = [
        spent(100.0),
        spent(200.0, Bucket.LAST_MILE),
        spent(50.0, Bucket.BEING_WRONG),
        spent(900.0, Bucket.LEARNING),
    ]
    cost = cost_per_success(money, [ran(700)])
    assert (cost.value_usd, cost.spent_usd, cost.successes) == (0.5, 350.0, 700)
    assert cost.evidence == (
        "compute 2026-10-31", "last mile 2026-10-31", "being wrong 2026-10-31", "period 2026-10-31",
    )  # fmt: skip


def test_without_a_success_there_is_no_cost_of_one() -> None:
    cost = cost_per_success([spent(100.0)], [ran(0)])
    assert (cost.value_usd, cost.missing) == (None, "no case ended in success yet")


def test_money_of_september_is_not_set_against_outcomes_of_october() -> None:
    cost = cost_per_success([spent(100.0, period=SEPTEMBER)], [ran(700)])
    assert (cost.value_usd, cost.missing) == (None, "no period has both its expenses and its counts on record")
    both = cost_per_success([spent(100.0, period=SEPTEMBER), spent(70.0)], [ran(700)])
    assert (both.value_usd, both.spent_usd) == (0.1, 70.0)


def test_three_buckets_and_the_learning_tax_beside_their_budgets() -> None:
    money = [spent(3100.0), spent(900.0, Bucket.LEARNING)]
    buckets = by_bucket(Spending(compute_usd=3000.0, learning_usd=2000.0), money)
    assert [one.bucket for one in buckets] == [Bucket.COMPUTE, Bucket.LAST_MILE, Bucket.BEING_WRONG, Bucket.LEARNING]
    assert [one.is_over for one in buckets] == [True, False, False, False]
    assert (buckets[0].days, round(buckets[0].budget_usd or 0, 2)) == (31, 3055.44)
    assert buckets[1].budget_usd is None


# Value against the baseline


def test_before_and_after_with_the_interval_of_the_measurement() -> None:
    found = gain(HOURS, [measured(3.0, SEPTEMBER), measured(2.5)])
    assert (found.gained, found.reached, found.method) == (1.5, 0.5, BEFORE_AFTER)
    assert found.low is not None
    assert found.high is not None
    assert (round(found.low, 6), round(found.high, 6)) == (1.3, 1.7)
    assert found.evidence == ("kpi 2026-10-31",)


def test_without_an_interval_the_gain_has_none() -> None:
    found = gain(HOURS, [measured(2.5, half=None)])
    assert (found.gained, found.low, found.high) == (1.5, None, None)


def test_a_kpi_without_a_baseline_has_gained_nothing_that_can_be_said() -> None:
    found = gain(replace(HOURS, baseline=None, baseline_at=None), [measured(2.5)])
    assert (found.gained, found.reached) == (None, None)
    assert "no baseline" in found.missing


def test_beside_a_control_segment_the_difference_in_differences_is_taken() -> None:
    rows = [
        measured(4.0, SEPTEMBER), measured(2.5), measured(4.0, SEPTEMBER, control=True), measured(3.5, control=True),
    ]  # fmt: skip
    found = gain(HOURS, rows)
    assert (found.gained, found.method) == (1.0, IN_DIFFERENCES)
    assert found.low is not None
    assert found.high is not None
    assert math.isclose(found.high - found.low, 0.8)  # four intervals of half a width of 0.2: 2 * 0.2 * sqrt(4)
    assert len(found.evidence) == 4


def test_one_segment_is_never_set_against_another_in_a_difference_in_differences() -> None:
    rows = [
        measured(4.0, SEPTEMBER), measured(2.5), measured(4.0, SEPTEMBER, control=True), measured(3.5, control=True),
    ]  # fmt: skip
    others = [
        replace(measured(9.0, SEPTEMBER), segment="north"), replace(measured(0.5), segment="south"),
        replace(measured(1.0, SEPTEMBER, control=True), segment="east"),
        replace(measured(9.0, control=True), segment="west"),
    ]  # fmt: skip
    assert gain(HOURS, [*rows, *others]).gained == gain(HOURS, rows).gained == 1.0
    assert gain(HOURS, others).method == BEFORE_AFTER  # no segment has both periods


def test_a_measurement_that_is_no_number_counts_for_nothing() -> None:
    found = gain(HOURS, [measured(math.nan)])
    assert (found.newest, found.gained, found.missing) == (None, None, "nobody measured it yet")


# Alarms


@pytest.mark.parametrize(
    ("after", "money", "paused"),
    [(3.9, 2000.0, True), (3.0, 2000.0, False), (3.9, 900.0, False), (4.4, 2000.0, True)],
    ids=["within the noise", "the KPI moved", "spend fell", "the KPI went the wrong way"],
)
def test_spend_rises_and_the_kpi_does_not(after: float, money: float, *, paused: bool) -> None:
    initiative = Initiative(kpis=(HOURS,))
    expenses = [spent(1000.0, period=SEPTEMBER), spent(money)]
    found = scope_pause(initiative, [measured(4.0, SEPTEMBER), measured(after)], expenses)
    assert (found is not None) is paused
    if found is not None:
        assert found.evidence == ("kpi 2026-09-30", "kpi 2026-10-31", "compute 2026-10-31")


def test_a_longer_month_is_no_rise_in_spend() -> None:
    expenses = [spent(300.0, period=SEPTEMBER), spent(310.0)]
    assert scope_pause(Initiative(kpis=(HOURS,)), [measured(4.0, SEPTEMBER), measured(4.0)], expenses) is None


def test_learning_is_no_spend_that_a_kpi_must_answer_for() -> None:
    expenses = [spent(1000.0, period=SEPTEMBER), spent(1000.0), spent(9000.0, Bucket.LEARNING)]
    assert scope_pause(Initiative(kpis=(HOURS,)), [measured(4.0, SEPTEMBER), measured(4.0)], expenses) is None


@pytest.mark.parametrize(("ceiling", "over"), [(0.5, False), (0.49, True), (None, False)])
def test_a_success_over_its_ceiling_is_a_cost_regression(ceiling: float | None, *, over: bool) -> None:
    initiative = Initiative(service_levels=ServiceLevels(cost_per_success_max_usd=ceiling))
    assert (cost_regression(initiative, cost_per_success([spent(350.0)], [ran(700)])) is not None) is over


# The three buckets


@pytest.mark.parametrize("bucket", [Bucket.COMPUTE, Bucket.LAST_MILE, Bucket.BEING_WRONG])
def test_each_of_the_three_buckets_is_overspent_in_its_newest_month_alone(bucket: Bucket) -> None:
    planned = Initiative(spending=Spending(100.0, 100.0, 100.0, 100.0))
    before, at, over = spent(900.0, bucket, SEPTEMBER), spent(100.0, bucket), spent(0.01, bucket)
    assert overruns(planned, [before, at]) == ()
    (found,) = overruns(planned, [before, at, over])
    assert (found.bucket, found.spent_usd, found.budget_usd, found.period_end) == (bucket, 100.01, 100.0, OCTOBER[1])
    assert found.evidence == (f"{bucket} {OCTOBER[1]}",) * 2


def test_a_week_has_a_week_of_the_budget_and_the_learning_tax_and_an_unplanned_bucket_have_no_overrun() -> None:
    planned, week = Initiative(spending=Spending(compute_usd=3000.0, learning_usd=1.0)), ("2026-10-05", "2026-10-11")
    assert overruns(planned, [spent(689.0, period=week)]) == ()
    assert [round(one.budget_usd, 2) for one in overruns(planned, [spent(691.0, period=week)])] == [689.94]
    assert overruns(planned, [spent(900.0, Bucket.LEARNING), spent(900.0, Bucket.LAST_MILE)]) == ()


def test_alarms_are_looked_at_once_for_the_row_and_for_the_agenda() -> None:
    found = portfolio_made.portfolio()
    looked = {one.definition.name: alarms(one) for one in found.standings}
    items = agenda(found)
    assert any("/spend/" in item.id for item in items)
    assert agenda(found, looked) == items
    assert [glance(one, looked[one.definition.name]) for one in found.standings] == list(map(glance, found.standings))
    quiet = Alarms(None, looked["insight-brief"].cost, None, ())
    unlike = agenda(found, dict.fromkeys(looked, quiet))
    assert unlike == tuple(item for item in items if item.id.split("/")[1] not in {"spend", "cost", "bucket"})
