"""Pictures of one workflow: its certified point, its error budget, its monitor, its KPIs."""

from collections.abc import Mapping, Sequence
from typing import Any

from interlock.engine.economics.value import series
from interlock.engine.oversight.estimate import rate
from interlock.terms.initiative import Kpi
from interlock.terms.measured import Measurement, PeriodRun
from interlock.terms.portfolio import Standing
from interlock.terms.story import Chart, Mark, Series
from interlock.terms.words import percent_exact

PERIODS_MAX = 24
COUNT = "count"  # a unit that the name says
NOISY = 0.1  # of a curve: so few cases say little, and do not set the height of a picture
Point = tuple[float, float, float, float]


def risk_coverage(standing: Standing, evidence: Mapping[str, Any] | None) -> Chart | None:
    """The certified point beside what was measured since: the share applied, and the share of it that was wrong.

    `evidence` is the body of the certificate's; the curve behind the point is drawn where it holds one
    (`risk_coverage`). None where neither point is known.
    """
    found = (_certified(None if evidence is None else evidence["certificate"]), _measured(standing.runs))
    marks = tuple(mark for mark in found if mark is not None)
    curve = _curve(evidence)
    if not marks:
        return None
    budget, planned = standing.definition.budget.error, standing.definition.budget_planned
    settled = [point for point in curve if point[0] >= NOISY] or curve
    tops = [2 * budget, *(mark.high or mark.y for mark in marks), *(high for *_, high in settled)]
    labelled = sum(run.labelled for run in standing.runs if run.applied)
    return Chart(
        caption="What is proved, and what was measured since",
        x_label="share applied without a look",
        y_label="wrong among them",
        series=() if not curve else (_line(curve),),
        marks=marks,
        levels=((budget, f"budget {percent_exact(budget)}"),) if planned else (),
        percent_x=True,
        x_range=(0.0, 1.0),
        percent_y=True,
        y_high=min(1.0, 1.08 * max(tops)),
        note=("Line: labelled cases, the surest first, with the 95 % interval of each point. " if curve else "")
        + "Certified: what was wrong among labelled cases before anything was applied, up to the proved limit. "
        f"Measured: all periods in which it acted, n {labelled:,} cases with a known outcome, exact 95 % interval.",
    )


def _curve(evidence: Mapping[str, Any] | None) -> list[Point]:
    """(share, wrong, low, high) of each point that can be read; a curve with one that cannot is none."""
    try:
        told = [(one["share"], one["error"]) for one in (evidence or {}).get("risk_coverage") or ()]
        return [(float(s), float(e["value"]), float(e["low"]), float(e["high"])) for s, e in told]
    except (KeyError, TypeError, ValueError):
        return []


def _line(curve: Sequence[Point]) -> Series:
    points = tuple((share, wrong) for share, wrong, _, _ in curve)
    return Series("labelled cases", points, tuple((share, low, high) for share, _, low, high in curve))


def _measured(runs: Sequence[PeriodRun]) -> Mark | None:
    acted = [run for run in runs if run.applied]
    wrong = rate(sum(run.wrong for run in acted), sum(run.labelled for run in acted))
    if wrong.value is None:
        return None
    share = sum(run.applied for run in acted) / sum(run.cases for run in acted)
    return Mark(share, wrong.value, "measured since", wrong.low, wrong.high)


def _certified(certificate: Mapping[str, Any] | None) -> Mark | None:
    if certificate is None or certificate.get("threshold") is None or not certificate.get("n_above"):
        return None
    share, above, wrong = certificate.get("share"), certificate["n_above"], certificate["n_wrong_above"]
    if share is None:
        return None
    bound, value = certificate.get("bound"), wrong / above
    if bound is not None and certificate["promise"] == "joint":
        bound = min(1.0, bound / share) if share else None
    return Mark(share, value, "certified", None if bound is None else value, bound)


def budget_burn(standing: Standing) -> Chart | None:
    """How much of the error budget each period used; None where no period has cases with a known outcome."""
    found = [(run, rate(run.wrong, run.labelled)) for run in standing.runs[-PERIODS_MAX:] if run.labelled]
    if not found or not standing.definition.budget_planned:
        return None
    budget = standing.definition.budget.error
    points = tuple((float(n), wrong.value or 0.0) for n, (_, wrong) in enumerate(found, start=1))
    band = tuple((float(n), wrong.low or 0.0, wrong.high or 1.0) for n, (_, wrong) in enumerate(found, start=1))
    first, last = found[0][0].period_start, found[-1][0].period_end
    return Chart(
        caption="Wrong among the cases with a known outcome, period by period",
        x_label=f"period, from {first} to {last}",
        y_label="wrong",
        series=(Series("wrong", points, band),),
        levels=((budget, f"budget {percent_exact(budget)}"),),
        percent_y=True,
        y_high=min(1.0, 1.08 * max(2 * budget, *(high for *_, high in band))),
        note=f"n {sum(run.labelled for run, _ in found):,}. Band: exact 95 % interval of each period by itself.",
    )


def monitor_path(path: Sequence[tuple[int, float]], limit: float) -> Chart | None:
    """The monitor's statistic as audits came in; None before the first."""
    if not path:
        return None
    return Chart(
        caption="The monitor as audits came in",
        x_label="audited cases since the grant",
        y_label="statistic",
        series=(Series("statistic", tuple((float(n), max(value, 1e-3)) for n, value in path)),),
        levels=((limit, f"demoted at {limit:,.0f}"),),
        log_y=True,
        note="Each right audit lowers it, each wrong one raises it. At the line the run time ends the grant by itself.",
    )


def kpi_over_time(kpi: Kpi, measurements: Sequence[Measurement]) -> Chart | None:
    """A KPI against its baseline and target; None where nobody measured it."""
    found = series(kpi, measurements)[-PERIODS_MAX:]
    if not found:
        return None
    levels = ((kpi.baseline, "baseline"), (kpi.target, "target"))
    return Chart(
        caption=kpi.name if kpi.unit == COUNT else f"{kpi.name} in {kpi.unit}",
        x_label=f"period, from {found[0].period_start} to {found[-1].period_end}",
        y_label=kpi.name if kpi.unit == COUNT else kpi.unit,
        series=(
            Series(
                kpi.name,
                tuple((float(n), one.value) for n, one in enumerate(found, start=1)),
                tuple(
                    (float(n), one.low, one.high)
                    for n, one in enumerate(found, start=1)
                    if one.low is not None and one.high is not None
                ),
            ),
        ),
        levels=tuple((value, name) for value, name in levels if value is not None),
        aims=True,
        y_high=1.08 * top if (top := max(_ends(kpi, found))) > 0 else None,
        note="Band: the 95 % interval that came with each measurement, where one did.",
    )


def _ends(kpi: Kpi, found: Sequence[Measurement]) -> list[float]:
    told = (kpi.baseline, kpi.target, *(end for one in found for end in (one.value, one.low, one.high)))
    return [end for end in told if end is not None]
