"""When money says stop: spend rises and the KPI does not, or a success costs more than it may."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from interlock.engine.economics.spending import MONTH_DAYS, UnitCost, cost_per_success, month_budgets
from interlock.engine.economics.value import series
from interlock.terms.initiative import Direction, Initiative, Kpi
from interlock.terms.measured import Bucket, Expense, Measurement
from interlock.terms.portfolio import Standing

BUCKETS = (Bucket.COMPUTE, Bucket.LAST_MILE, Bucket.BEING_WRONG)
PERIODS_COMPARED = 2  # the newest against the one before


@dataclass(frozen=True, slots=True)
class ScopePause:
    """Spend rose while no KPI moved: no new scope until that is explained. `evidence` holds both sides."""

    spent_before_usd: float
    spent_usd: float
    kpi: str
    before: float
    after: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CostRegression:
    """A success costs more than its ceiling: that is an incident."""

    cost_usd: float
    ceiling_usd: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overrun:
    """More was spent in one of the three buckets than was planned for the newest period that is on record."""

    bucket: Bucket
    spent_usd: float
    budget_usd: float
    period_end: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alarms:
    """All that money says of a workflow, and what a success costs: looked at once, for its row and for the agenda."""

    pause: ScopePause | None
    cost: UnitCost
    regression: CostRegression | None
    overruns: tuple[Overrun, ...]


def alarms(standing: Standing) -> Alarms:
    """From what is on record of it."""
    initiative = standing.definition.initiative
    cost = cost_per_success(standing.expenses, standing.runs)
    return Alarms(
        pause=scope_pause(initiative, standing.measurements, standing.expenses),
        cost=cost,
        regression=cost_regression(initiative, cost),
        overruns=overruns(initiative, standing.expenses),
    )


def overruns(initiative: Initiative, expenses: Sequence[Expense]) -> tuple[Overrun, ...]:
    """Of each bucket its newest period beside the budget of as many days.

    A bucket without a budget has no overrun. The learning tax has none either: it is paid to find out.
    """
    budgets = month_budgets(initiative.spending)
    planned = {bucket: budgets[bucket] for bucket in BUCKETS if budgets[bucket] is not None}
    if not planned:
        return ()
    newest: dict[Bucket, list[Expense]] = {}
    for one in expenses:
        own = newest.get(one.bucket)
        if one.bucket not in planned:
            continue
        if own is None or (one.period_end, one.period_start) > (own[0].period_end, own[0].period_start):
            newest[one.bucket] = [one]
        elif (one.period_end, one.period_start) == (own[0].period_end, own[0].period_start):
            own.append(one)
    return tuple(over for own in newest.values() if (over := _over(own, planned)) is not None)


def _over(own: Sequence[Expense], planned: Mapping[Bucket, float | None]) -> Overrun | None:
    bucket, start, end = own[0].bucket, own[0].period_start, own[0].period_end
    month_usd = planned[bucket] or 0.0
    budget = month_usd if _is_month(start, end) else month_usd * _days((start, end)) / MONTH_DAYS
    spent = sum(one.amount_usd for one in own)
    return Overrun(bucket, spent, budget, end, tuple(one.evidence for one in own)) if spent > budget else None


def _is_month(start: str, end: str) -> bool:
    """A calendar month has its whole budget, however many days it has."""
    after = dt.date.fromisoformat(end) + dt.timedelta(days=1)
    return start[:7] == end[:7] and start[8:] == "01" and after.day == 1


def scope_pause(
    initiative: Initiative, measurements: Sequence[Measurement], expenses: Sequence[Expense]
) -> ScopePause | None:
    """Compares the newest two periods that have both expenses and the KPI; None where any KPI moved as wanted.

    A KPI whose interval still holds the value before has not moved: a change within the noise is none.
    """
    spent_in = {(one.period_start, one.period_end) for one in expenses if one.bucket is not Bucket.LEARNING}
    stalled: ScopePause | None = None
    for kpi in initiative.kpis:
        values = {(one.period_start, one.period_end): one for one in series(kpi, measurements)}
        periods = sorted(values.keys() & spent_in)[-PERIODS_COMPARED:]
        if len(periods) < PERIODS_COMPARED:
            continue
        before, after = (values[period] for period in periods)
        if _moved(kpi, before, after):
            return None
        (money_before, _), (money, why) = (_spent(expenses, period) for period in periods)
        # By the day: a longer month is no rise.
        if money / _days(periods[1]) > money_before / _days(periods[0]) and stalled is None:
            evidence = (before.evidence, after.evidence, *why)
            stalled = ScopePause(money_before, money, kpi.name, before.value, after.value, evidence)
    return stalled


def cost_regression(initiative: Initiative, cost: UnitCost) -> CostRegression | None:
    """The cost of a success over its ceiling; None where it is under it, or either is not known."""
    ceiling = initiative.service_levels.cost_per_success_max_usd
    if ceiling is None or cost.value_usd is None or cost.value_usd <= ceiling:
        return None
    return CostRegression(cost.value_usd, ceiling, cost.evidence)


def _spent(expenses: Sequence[Expense], period: tuple[str, str]) -> tuple[float, tuple[str, ...]]:
    """What was spent in the three buckets, and its evidence."""
    start, end = period
    own = [
        one
        for one in expenses
        if one.period_start == start and one.period_end == end and one.bucket is not Bucket.LEARNING
    ]
    return sum(one.amount_usd for one in own), tuple(one.evidence for one in own)


def _days(period: tuple[str, str]) -> int:
    return (dt.date.fromisoformat(period[1]) - dt.date.fromisoformat(period[0])).days + 1


def _moved(kpi: Kpi, before: Measurement, after: Measurement) -> bool:
    if kpi.direction is Direction.UP:
        return (after.value if after.low is None else after.low) > before.value
    return (after.value if after.high is None else after.high) < before.value
