"""What a standing's records add up to over a window, as figures of a document."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from interlock.engine.economics.spending import BucketSpent, by_bucket, cost_per_success
from interlock.engine.economics.value import Gain
from interlock.engine.reporting.figures import exact_limits, figure, named
from interlock.engine.timestamp import moment
from interlock.terms.briefing import Figure
from interlock.terms.grant import AutonomyLevel
from interlock.terms.measured import Bucket, Expense, PeriodRun
from interlock.terms.portfolio import Standing
from interlock.terms.story import Tone

OWNERS_MAX = 3


@dataclass(frozen=True, slots=True)
class Window:
    """Days from `start` to `end` (dates), both included."""

    start: str
    end: str

    def holds(self, at: str) -> bool:
        """Whether a date or a time lies in it."""
        return self.start <= at[:10] <= self.end


def window(as_of: str, days: int) -> Window:
    """The `days` that end with the day of `as_of`."""
    end = moment(as_of).date()
    return Window((end - dt.timedelta(days=days - 1)).isoformat(), end.isoformat())


def value_owner(standing: Standing) -> str | None:
    """Who answers for what the workflow is worth."""
    return standing.definition.owners.value


def safety_asked(standing: Standing) -> str | None:
    """Who is to find out what concerns safety: its owner, or whoever has yet to name one."""
    return standing.definition.owners.safety or value_owner(standing)


def delivery_asked(standing: Standing) -> str | None:
    """Who is to find out what concerns delivery: its owner, or whoever has yet to name one."""
    return standing.definition.owners.delivery or value_owner(standing)


def is_live(standing: Standing) -> bool:
    """Whether it holds authority now: a grant that has not ended, over more than watching."""
    return standing.grant is not None and standing.level is not AutonomyLevel.SHADOW


def kpi_state(found: Gain) -> tuple[str, Tone]:
    """How far a KPI has come, in words. Moved is said only where the whole interval lies past the baseline."""
    if found.kpi.baseline is None:
        return "no baseline: nothing can be proved", Tone.INCONCLUSIVE
    if found.newest is None:
        return "not measured yet", Tone.INCONCLUSIVE
    if found.reached is not None and found.reached >= 1:
        return "target reached", Tone.PASSED
    if found.low is None:
        return "no interval: a move is not proved", Tone.INCONCLUSIVE
    return ("moved", Tone.PASSED) if found.low > 0 else ("not moved", Tone.FAILED)


def kpi_now(standing: Standing, found: Gain) -> Figure:
    """The newest measurement as a figure."""
    measured, label = found.newest, f"{found.kpi.name} now"
    if measured is None:
        return figure(label, None, found.kpi.unit, owner=value_owner(standing))
    limits, seen = (measured.low, measured.high), (measured.evidence,)
    return figure(label, measured.value, found.kpi.unit, limits=limits, n=measured.n, evidence=seen)


def error_rate(standing: Standing, within: Window) -> Figure:
    """Wrong among the labelled cases of the window, with its exact interval."""
    runs = runs_in(standing, within)
    n, wrong = sum(run.labelled for run in runs), sum(run.wrong for run in runs)
    if n == 0:
        return figure("error rate", None, "share", owner=safety_asked(standing))
    low, high = exact_limits(wrong, n)
    budget = standing.definition.budget.error
    tone = Tone.PASSED if high <= budget else Tone.FAILED if low > budget else Tone.INCONCLUSIVE
    seen = tuple(run.evidence for run in runs)
    return figure("error rate", wrong / n, "share", limits=(low, high), n=n, evidence=seen, tone=tone)


def unit_cost(standing: Standing, within: Window) -> Figure:
    """Cost per successful outcome in the window, without the learning tax; not known without money or successes."""
    cost = cost_per_success(_expenses_in(standing, within), runs_in(standing, within))
    label, owner = "cost per success", value_owner(standing)
    if cost.value_usd is None:
        return figure(label, None, "USD", evidence=cost.evidence, owner=owner)
    most = standing.definition.initiative.service_levels.cost_per_success_max_usd
    tone = Tone.NEUTRAL if most is None else Tone.PASSED if cost.value_usd <= most else Tone.FAILED
    return figure(label, cost.value_usd, "USD", n=cost.successes, evidence=cost.evidence, tone=tone)


def money(standings: Sequence[Standing], within: Window) -> tuple[tuple[Bucket, Figure, Figure], ...]:
    """What was spent in each bucket in the window, and the budget of the days that are on record.

    Not known where nothing was recorded; the budget only of workflows that set one. The value owners are to find out.
    """
    found = [by_bucket(s.definition.initiative.spending, _expenses_in(s, within)) for s in standings]
    owners = sorted({owner for s in standings if (owner := value_owner(s))})
    asked = named(owners, OWNERS_MAX) if owners else None
    return tuple((bucket, *_bucket(bucket, [one for of in found for one in of], asked)) for bucket in Bucket)


def _bucket(bucket: Bucket, every: Sequence[BucketSpent], owner: str | None) -> tuple[Figure, Figure]:
    own = [one for one in every if one.bucket is bucket and one.evidence]
    seen = tuple(evidence for one in own for evidence in one.evidence)
    budgets = [one.budget_usd for one in own if one.budget_usd is not None]
    spent = figure(str(bucket), sum(one.spent_usd for one in own) if own else None, "USD", evidence=seen, owner=owner)
    planned = sum(budgets) if budgets else None
    return spent, figure(f"{bucket} budget", planned, "USD", evidence=seen, owner=owner)


def runs_in(standing: Standing, within: Window) -> list[PeriodRun]:
    """The counted periods that end in the window."""
    return [run for run in standing.runs if within.holds(run.period_end)]


def _expenses_in(standing: Standing, within: Window) -> list[Expense]:
    return [one for one in standing.expenses if within.holds(one.period_end)]
