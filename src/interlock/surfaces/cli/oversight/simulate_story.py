"""The report of a simulation, marked as one wherever it goes."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from interlock.engine.evaluation.words import percent
from interlock.surfaces.cli.demo.words import estimate
from interlock.surfaces.cli.oversight.paths import monitor_chart, wealth_chart
from interlock.terms.story import Chart, DataTable, Mark, Section, Story, Tone

if TYPE_CHECKING:
    from interlock.engine.oversight.planning.simulation import Spread
    from interlock.flows.oversight.simulate import Simulated

MARK = "SIMULATED"


def simulate_story(found: "Simulated", *, created_at: str) -> Story:
    """The whole report."""
    return Story(
        title=f"{MARK}: {_conclusion(found)}",
        summary=tuple(_summary(found)),
        source=f"{MARK}, {found.runs:,} runs, seed {found.seed}",
        authored_sample=False,
        created_at=created_at,
        sections=(_promotion(found), _demotion(found), _assumed(found)),
        next_steps=(
            "Change one assumption at a time: the error rate, the audit share, the volume.",
            "Rehearse on your own past cases: `interlock oversight backtest`.",
        ),
    )


def _conclusion(found: "Simulated") -> str:
    labels, days = found.labels.median, found.days.median
    promoted = "no promotion" if labels is None else f"promotion after {labels:,.0f} labels"
    demoted = "the drift is not seen" if days is None else f"a drift is seen after {days:,.0f} days"
    return f"{promoted}, {demoted} (medians of {found.runs:,} runs)"


def _summary(found: "Simulated") -> Iterator[str]:
    setting = found.setting
    yield (
        f"Assumed: budget {percent(setting.budget)}, {percent(setting.error_rate)} wrong, "
        f"{percent(setting.drift_error_rate)} after the drift, {setting.automatic_per_day:,.0f} automatic cases a day, "
        f"{percent(setting.audit_share)} audited."
    )
    yield f"Labels until promotion: {spread_in_words(found.labels, found.setting.labels_max, 'labels')}."
    yield f"Days until a drift is seen: {spread_in_words(found.days, found.setting.drift_days, 'days')}."
    yield f"Demoted before the drift: {estimate(found.false_demotions)} in {found.audits_before:,} audits."


def spread_in_words(spread: "Spread", most: float, unit: str) -> str:
    """165 (118 to 498 in 90 of 100 runs); what never came is said so."""

    def one(value: float | None) -> str:
        return f"over {most:,.0f}" if value is None else f"{value:,.0f}"

    never = f"; not within {most:,.0f} {unit} in {spread.n_never:,} of {spread.n:,} runs" if spread.n_never else ""
    if not spread.n:
        return "no run got so far"
    return f"median {one(spread.median)}, 5 % to 95 % of runs {one(spread.low)} to {one(spread.high)}{never}"


def _promotion(found: "Simulated") -> Section:
    setting, exact = found.setting, found.labels_median_exact
    over = setting.error_rate >= setting.budget
    lines = [f"Labels until promotion: {spread_in_words(found.labels, setting.labels_max, 'labels')}."]
    lines.append(
        "The exact median, from the binomial law, is "
        + (f"{exact:,} labels." if exact is not None else "none: more likely than not it never decides.")
    )
    if over:
        lines.append(
            f"The true rate is at or over the budget, so every promotion here is a false one: at most "
            f"{percent(setting.delta)} of them are promised, {estimate(found.promoted)} were promoted."
        )
    return Section(
        step="Promotion",
        title=f"{estimate(found.promoted)} of runs are promoted within {setting.labels_max:,} labels",
        tone=Tone.NEUTRAL,
        lines=tuple(lines),
        charts=_charts_of_promotions(found),
    )


def _charts_of_promotions(found: "Simulated") -> tuple[Chart, ...]:
    paths = [(name, run.wealth) for name, run in found.shown_promotions]
    return (wealth_chart(paths, delta=found.setting.delta, cases="judged cases (labels), simulated"),)


def _demotion(found: "Simulated") -> Section:
    setting = found.setting
    table = DataTable(
        f"From the drift to the demotion, {found.audits.n:,} runs",
        ("Counted in", "5 % of runs", "Median", "95 % of runs", "Not seen"),
        tuple(
            (name, *_cells(spread), f"{spread.n_never:,} of {spread.n:,}")
            for name, spread in (("audits", found.audits), ("days", found.days))
        ),
        (1, 2, 3, 4),
    )
    paths = [(name, run.monitor) for name, run in found.shown_demotions]
    before = setting.automatic_per_day * setting.audit_share * setting.healthy_days
    drifted = setting.drift_error_rate > setting.budget
    return Section(
        step="Demotion",
        title=f"{estimate(found.demoted)} of drifts are seen within {setting.drift_days:,} days",
        tone=Tone.NEUTRAL,
        lines=(
            f"Demoted before the drift: {estimate(found.false_demotions)} of runs, in {found.audits_before:,} audits. "
            + (
                "Promised: on average at most once in 10,000 audits."
                if setting.error_rate <= setting.budget
                else "The true rate is over the budget there, so these are not false."
            ),
            f"The drift comes after about {before:,.0f} audits ({setting.healthy_days:,} days)."
            + ("" if drifted else " The drifted rate is within the budget: nothing needs to be seen."),
        ),
        tables=(table,),
        charts=(monitor_chart(paths, cases="audits since promotion, simulated", marks=_drift_mark(found)),)
        if paths
        else (),
    )


def _drift_mark(found: "Simulated") -> tuple[Mark, ...]:
    """Where the drift begins in the run that leads the picture."""
    _, run = found.shown_demotions[0]
    at = next(((x, y) for x, y in run.monitor if x >= run.audits_before and y > 0), None)
    return () if at is None else (Mark(*at, "the drift begins"),)


def _cells(spread: "Spread") -> tuple[str, str, str]:
    low, middle, high = ("-" if one is None else f"{one:,.0f}" for one in (spread.low, spread.median, spread.high))
    return low, middle, high


def _assumed(found: "Simulated") -> Section:
    setting = found.setting
    rows = (
        ("error budget", percent(setting.budget)),
        ("probability of a false promotion, at most", percent(setting.delta)),
        ("share wrong of automatic cases", percent(setting.error_rate)),
        ("the same after the drift", percent(setting.drift_error_rate)),
        ("automatic cases a day", f"{setting.automatic_per_day:,.0f}"),
        ("audit share", percent(setting.audit_share)),
        ("days before the drift", f"{setting.healthy_days:,}"),
        ("runs", f"{found.runs:,}"),
        ("seed", str(found.seed)),
    )
    return Section(
        step="What was assumed",
        title="Invented cases, wrong independently of each other: they tell nothing of a workflow that is not so",
        tone=Tone.NEUTRAL,
        lines=("The live part is rehearsed for every run, promoted or not. Audits are judged the day they are drawn.",),
        tables=(DataTable("Assumptions", ("Figure", "Value"), rows, (1,)),),
    )
