"""The tables of a plan: labels needed, what it rests on, what would change it."""

from interlock.engine.evaluation.words import percent, usd
from interlock.terms.certificate import Promise
from interlock.terms.evaluation import Assumption
from interlock.terms.oversight_plan import Lane, OversightPlan, PlanAt, StepPlan
from interlock.terms.story import DataTable

SPOKEN = {
    "cost_wrong_usd": "cost of a wrong case",
    "cost_review_usd": "cost of a look",
    "cost_slow_usd": "cost of the wait for a look",
    "cases_per_day": "cases a day",
    "novelty_share": "share of novel cases",
    "automatic_share": "share over the threshold",
    "error_share": "share wrong without a threshold",
    "person_error_share": "share that people get wrong",
    "review_minutes": "minutes a look",
    "days_between_drifts": "days between drifts",
    "automatic_error_share": "share wrong of what is automatic",
    "drift_error_rate": "share wrong after a drift",
    "audits_to_detect": "audits until a drift is seen",
}


def labels_table(plan: OversightPlan, step: StepPlan) -> DataTable:
    """Labels before anything can be certified, by errors among them."""
    of = "automatic-eligible cases" if plan.promise is Promise.SELECTIVE else "cases of all kinds"
    rows = tuple(
        (str(need.errors), f"{need.labels:,}", "never" if need.days is None else f"{need.days:,.1f}")
        for need in step.labels
    )
    caption = f"Labels needed before {percent(step.labels[0].budget)} can be certified ({of}; exact)"
    return DataTable(caption, ("Errors among them", "Labels", "Days at this volume"), rows, (0, 1, 2))


def figures_table(step: StepPlan) -> DataTable:
    """Every figure with its origin."""
    rows = tuple((SPOKEN[f.name], shown(f, f.value), f.unit, f.origin) for f in step.figures)
    return DataTable("What it rests on", ("Figure", "Value", "Unit", "Origin"), rows, (1,))


def sensitivity_table(step: StepPlan) -> DataTable:
    """The plan at both ends of every figure that moves it."""
    moving = [one for one in step.sensitivity if _at(one.at_low) != _at(one.at_high)]
    ordered = sorted(moving, key=lambda one: (one.figure.name != step.driver, -one.swing))
    rows = tuple(
        (
            SPOKEN[one.figure.name],
            f"{shown(one.figure, one.at_low.value)} to {shown(one.figure, one.at_high.value)}",
            _at(one.at_low),
            _at(one.at_high),
        )
        for one in ordered
    )
    unmoved = len(step.sensitivity) - len(moving)
    caption = (
        "What would change it, most first: the plan at both ends of what each figure may plausibly be "
        f"({unmoved} further figures would not)"
    )
    return DataTable(caption, ("Figure", "From low to high", "Plan at low", "Plan at high"), rows)


def shown(figure: Assumption, value: float) -> str:
    """A figure's value as people read it, by its unit."""
    if figure.unit.startswith("USD"):
        return usd(value)
    if figure.unit.startswith("share"):
        return percent(value)
    return f"{value:,.4g}" if value < 1000 else f"{value:,.0f}"


def _at(plan: PlanAt) -> str:
    audits = "" if plan.audit_share is None else f", audits {percent(plan.audit_share)}"
    if plan.lane is Lane.PERSON:
        return "people decide all"
    return f"{percent(plan.reviewed_share)} reviewed{audits}".replace(" %", "\u00a0%")
