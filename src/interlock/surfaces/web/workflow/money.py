"""What a workflow is worth and what it costs: KPIs against baseline and target, buckets beside their budgets."""

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from interlock.engine.economics.alarms import Overrun, overruns
from interlock.engine.economics.row import Row
from interlock.engine.economics.spending import BucketSpent
from interlock.engine.economics.value import Gain
from interlock.engine.reporting.measures import kpi_state
from interlock.engine.reporting.workflow_pictures import kpi_over_time
from interlock.surfaces.web.portfolio.cells import COUNT
from interlock.surfaces.web.states import FAILED, INCONCLUSIVE, NOT_APPLICABLE, PASSED, STATES, State, said
from interlock.surfaces.web.workflow.overview import drawn
from interlock.terms import words
from interlock.terms.story import Chart

PICTURES_MAX = 4
NOTHING = said(NOT_APPLICABLE, "Nothing recorded")
OVER, LATELY = said(FAILED, "Over budget"), said(FAILED, "Over in the newest period")
WITHIN, NO_BUDGET = said(PASSED, "Within"), said(INCONCLUSIVE, "No budget")


@dataclass(frozen=True, slots=True)
class KpiShown:
    """One KPI: where it is between baseline and target, and what can be said of the cause."""

    name: str
    state: State
    baseline: str
    now: str
    behind: str
    target: str
    by: str
    gained: str
    method: str
    evidence: tuple[str, ...]
    picture: Markup


@dataclass(frozen=True, slots=True)
class BucketShown:
    """What was spent in one bucket beside its budget of as many days."""

    name: str
    spent: str
    days: str
    budget: str
    state: State
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Money:
    """The page. `alarms` are what money says in words; () for nothing."""

    kpis: tuple[KpiShown, ...]
    buckets: tuple[BucketShown, ...]
    cost: str
    cost_behind: str
    alarms: tuple[str, ...]


def title(row: Row) -> str:
    """The conclusion: what moved, and what a success costs."""
    gains = row.seen.gains
    moved = sum(kpi_state(one)[1] == "passed" for one in gains)
    pause, counted = row.seen.pause, f"{moved} of {words.plural(len(gains), 'KPI')} moved or is at its target"
    value = "No KPI is named" if not gains else counted
    if pause is not None:
        value = f"Spend rises and '{words.shorten(pause.kpi, 60)}' does not move"
    usd = row.seen.cost.value_usd
    return (
        f"{value}; what a success costs is not known" if usd is None else f"{value}; a success costs {words.money(usd)}"
    )


def money_of(row: Row, draw: Callable[[Chart, str], str]) -> Money:
    """Everything of the page."""
    initiative = row.standing.definition.initiative
    cost, most = row.seen.cost, initiative.service_levels.cost_per_success_max_usd
    over = {one.bucket: one for one in overruns(initiative, row.standing.expenses)}
    agreed = "no ceiling was agreed" if most is None else f"at most {words.money(most)} was agreed"
    return Money(
        tuple(_kpi(row, one, draw, n) for n, one in enumerate(row.seen.gains)),
        tuple(_bucket(one, over.get(one.bucket)) for one in row.seen.buckets),
        words.NOT_MEASURED if cost.value_usd is None else words.money(cost.value_usd),
        cost.missing or f"{words.money(cost.spent_usd)} for n {words.count(cost.successes)} successes; {agreed}",
        (*alarm_words(row), *map(_overrun_words, over.values())),
    )


def alarm_words(row: Row) -> tuple[str, ...]:
    """What money says."""
    pause, regression = row.seen.pause, row.seen.regression
    told = []
    if regression is not None:
        most = words.money(regression.ceiling_usd)
        told.append(f"A success costs {words.money(regression.cost_usd)}, and {most} was agreed at most.")
    if pause is not None:
        spent = f"Spend rose from {words.money(pause.spent_before_usd)} to {words.money(pause.spent_usd)}"
        stayed = f"'{pause.kpi}' did not move: {words.number(pause.before)} to {words.number(pause.after)}"
        told.append(f"{spent}, and {stayed}.")
    return tuple(told)


def _kpi(row: Row, found: Gain, draw: Callable[[Chart, str], str], number: int) -> KpiShown:
    kpi, newest = found.kpi, found.newest
    word, tone = kpi_state(found)

    def told(value: float | None) -> str:
        return "not known" if value is None else words.quantity(value, "" if kpi.unit == COUNT else kpi.unit)

    interval = "" if newest is None or newest.low is None or newest.high is None else (
        f"({words.number(newest.low)}–{words.number(newest.high)})"
    )  # fmt: skip
    n = "" if newest is None or newest.n is None else f"n {words.count(newest.n)}"
    until = "" if newest is None else f"up to {words.moment(newest.period_end)}"
    picture = kpi_over_time(kpi, row.standing.measurements) if number < PICTURES_MAX else None
    return KpiShown(
        name=kpi.name,
        state=said(STATES[tone], word[:1].upper() + word[1:]),
        baseline=told(kpi.baseline),
        now="not measured" if newest is None else told(newest.value),
        behind=", ".join(part for part in (interval, n, until) if part),
        target=told(kpi.target),
        by="" if kpi.target_date is None else f"by {words.moment(kpi.target_date)}",
        gained=found.missing or told(found.gained),
        method=found.method,
        evidence=found.evidence[:4],
        picture=drawn(picture, draw, f"kpi-{number}"),
    )


def _bucket(one: BucketSpent, over: Overrun | None) -> BucketShown:
    return BucketShown(
        str(one.bucket),
        words.money(one.spent_usd) if one.days else words.NOT_MEASURED,
        words.plural(one.days, "day"),
        "none" if one.budget_usd is None or not one.days else words.money(one.budget_usd),
        _state(one, over),
        one.evidence[-3:],
    )


def _state(one: BucketSpent, over: Overrun | None) -> State:
    """Over its budget in the newest period, or in all of them together."""
    if not one.days:
        return NOTHING
    if one.budget_usd is None:
        return NO_BUDGET
    return OVER if one.is_over else LATELY if over is not None else WITHIN


def _overrun_words(one: Overrun) -> str:
    spent, planned = words.money(one.spent_usd), words.money(one.budget_usd)
    until = words.moment(one.period_end)
    return f"The newest period, up to {until}, took {spent} of {one.bucket}; {planned} was planned for its days."
