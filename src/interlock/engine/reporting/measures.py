"""What a standing's records add up to over a window: a KPI's way, the error rate, money by bucket, cost a success."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from interlock.engine.reporting.figures import exact_limits, figure
from interlock.engine.timestamp import moment
from interlock.terms.briefing import Figure
from interlock.terms.initiative import Direction, Kpi
from interlock.terms.measured import Bucket, Measurement
from interlock.terms.portfolio import Standing
from interlock.terms.story import Tone


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


def newest(standing: Standing, kpi: Kpi) -> Measurement | None:
    """The newest measurement of a KPI where the workflow acts, of all segments before that of one."""
    own = [m for m in standing.measurements if m.kpi == kpi.name and not m.control]
    return max(own, key=lambda m: (m.period_end, m.segment is None), default=None)


def kpi_state(kpi: Kpi, measured: Measurement | None) -> tuple[str, Tone]:
    """How far a KPI has come, in words. Moved is said only where the whole interval lies past the baseline."""
    if kpi.baseline is None:
        return "no baseline: nothing can be proved", Tone.INCONCLUSIVE
    if measured is None:
        return "not measured yet", Tone.INCONCLUSIVE
    down = kpi.direction is Direction.DOWN
    if kpi.target is not None and (measured.value <= kpi.target if down else measured.value >= kpi.target):
        return "target reached", Tone.PASSED
    worst = measured.high if down else measured.low
    if worst is None:
        return "no interval: a move is not proved", Tone.INCONCLUSIVE
    if worst < kpi.baseline if down else worst > kpi.baseline:
        return "moved", Tone.PASSED
    return "not moved", Tone.FAILED


def kpi_now(standing: Standing, kpi: Kpi) -> Figure:
    """The newest measurement as a figure."""
    measured, label = newest(standing, kpi), f"{kpi.name} now"
    if measured is None:
        return figure(label, None, kpi.unit, owner=value_owner(standing))
    limits, seen = (measured.low, measured.high), (measured.evidence,)
    return figure(label, measured.value, kpi.unit, limits=limits, n=measured.n, evidence=seen)


def error_rate(standing: Standing, within: Window) -> Figure:
    """Wrong among the labelled cases of the window, with its exact interval."""
    runs = [run for run in standing.runs if within.holds(run.period_end)]
    n, wrong = sum(run.labelled for run in runs), sum(run.wrong for run in runs)
    if n == 0:
        return figure("error rate", None, "share", owner=standing.definition.owners.safety)
    low, high = exact_limits(wrong, n)
    budget = standing.definition.budget.error
    tone = Tone.PASSED if high <= budget else Tone.FAILED if low > budget else Tone.INCONCLUSIVE
    seen = tuple(run.evidence for run in runs)
    return figure("error rate", wrong / n, "share", limits=(low, high), n=n, evidence=seen, tone=tone)


def spent(standings: Sequence[Standing], bucket: Bucket, within: Window) -> Figure:
    """Money of one bucket in the window; not known where nothing was recorded."""
    kept = [e for s in standings for e in s.expenses if e.bucket is bucket and within.holds(e.period_end)]
    total = sum(e.amount_usd for e in kept) if kept else None
    return figure(str(bucket), total, "USD", evidence=tuple(e.evidence for e in kept))


def unit_cost(standing: Standing, within: Window) -> Figure:
    """Cost per successful outcome in the window, without the learning tax; not known without money or successes."""
    money = [e for e in standing.expenses if e.bucket is not Bucket.LEARNING and within.holds(e.period_end)]
    runs = [run for run in standing.runs if within.holds(run.period_end)]
    successes = sum(run.successes for run in runs)
    if not money or successes == 0:
        return figure("cost per success", None, "USD", owner=value_owner(standing))
    seen = (*(e.evidence for e in money), *(run.evidence for run in runs))
    cost_usd = sum(e.amount_usd for e in money) / successes
    most = standing.definition.initiative.service_levels.cost_per_success_max_usd
    tone = Tone.NEUTRAL if most is None else Tone.PASSED if cost_usd <= most else Tone.FAILED
    return figure("cost per success", cost_usd, "USD", n=successes, evidence=seen, tone=tone)
