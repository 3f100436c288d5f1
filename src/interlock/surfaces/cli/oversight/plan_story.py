"""The report of a plan: what people do, what runs by itself, and on what that rests."""

from collections.abc import Iterator

from interlock.engine.evaluation.words import percent
from interlock.surfaces.cli.oversight.plan_pictures import audit_curve, wrong_against_slow
from interlock.surfaces.cli.oversight.plan_tables import SPOKEN, figures_table, labels_table, sensitivity_table
from interlock.terms.oversight_plan import Lane, OversightPlan, StepPlan
from interlock.terms.story import DataTable, Section, Story, Tone

# How the reasons of the engine begin, and the same in a title, where they hold for every step.
BECAUSE = {
    "Being wrong costs more": "being wrong costs more than being slow",
    "Every case is novel": "every case is novel",
    "Automatic, with the audits": "the audits would cost more than the looks that they save",
}


def plan_story(plan: OversightPlan, *, source: str, created_at: str) -> Story:
    """The whole report; figures are expectations under the assumptions that it lists."""
    sections = (_overview(plan), *(_section(plan, step) for step in plan.steps))
    return Story(
        title=_title(plan),
        summary=tuple(_summary(plan)),
        source=source,
        authored_sample=False,
        created_at=created_at,
        sections=sections,
        next_steps=tuple(_next_steps(plan)),
    )


def _title(plan: OversightPlan) -> str:
    cases = sum(step.cases_per_day for step in plan.steps)
    hours = plan.reviewer_hours_per_day
    looks = f"People look at {plan.reviews_per_day:,.0f} of {cases:,.0f} cases a day ({hours:,.1f} hours)"
    people = [step.name for step in plan.steps if step.lane is Lane.PERSON]
    if len(people) == len(plan.steps):
        because = next((words for begin, words in BECAUSE.items() if _all_begin(plan, begin)), None)
        return f"{looks}: everything{f', because {because}' if because else ''}"
    if people:
        return f"{looks}; {_listed(people)} stays with people entirely"
    return f"{looks}; the rest may run by itself once that is certified"


def _all_begin(plan: OversightPlan, words: str) -> bool:
    return all(step.reasons[0].startswith(words) for step in plan.steps)


def _summary(plan: OversightPlan) -> Iterator[str]:
    for step in plan.steps:
        if step.audit is None:
            yield f"'{step.name}': {step.lane}. {step.reasons[0]}"
        else:
            yield f"'{step.name}': {step.lane} ({percent(step.audit.share)} of what is automatic)."
    first = _shown_first(plan)
    driver = first.figure(first.driver)
    origin = driver.origin if driver else "unknown"
    yield f"Most hangs on the {SPOKEN[first.driver]} ({origin})."


def _shown_first(plan: OversightPlan) -> StepPlan:
    return next((step for step in plan.steps if step.lane is not Lane.PERSON), plan.steps[0])


def _listed(names: list[str]) -> str:
    return " and ".join(f"'{name}'" for name in names)


def _overview(plan: OversightPlan) -> Section:
    header = (
        "Step",
        "Lane",
        "Automatic",
        "Looks",
        "Hours",
        "Audit share",
        "Drift seen after",
        "USD",
        "USD if all reviewed",
    )
    rows = tuple(
        (
            step.name,
            str(step.lane),
            f"{step.automatic_per_day:,.0f} of {step.cases_per_day:,.0f}",
            f"{step.reviews_per_day:,.0f}",
            f"{step.reviewer_hours_per_day:,.1f}",
            "none" if step.audit is None else percent(step.audit.share),
            "-" if step.days_until_drift_seen is None else f"{step.days_until_drift_seen:,.1f} days",
            f"{step.cost_usd_per_day:,.0f}",
            f"{step.all_reviewed_usd_per_day:,.0f}",
        )
        for step in plan.steps
    )
    automatic = sum(step.lane is not Lane.PERSON for step in plan.steps)
    first = _shown_first(plan)
    return Section(
        step="The plan",
        title=f"{automatic} of {len(plan.steps)} steps may become automatic within an error budget of "
        f"{percent(plan.budget)}",
        tone=Tone.NEUTRAL,
        lines=(
            "Expected values a day under the figures of each step, not measurements. Until a threshold is certified "
            "and the workflow is promoted, people decide every case.",
        ),
        tables=(DataTable("Review of each step, a day", header, rows, (2, 3, 4, 5, 6, 7, 8)),),
        charts=(audit_curve(first) or wrong_against_slow(first, plan.budget),),
    )


def _section(plan: OversightPlan, step: StepPlan) -> Section:
    charts = [audit_curve(step), wrong_against_slow(step, plan.budget)]
    if step is _shown_first(plan):  # the overview has its first picture
        charts.remove(next(chart for chart in charts if chart is not None))
    return Section(
        step=step.name,
        title=f"{step.name}: {step.lane}",
        tone=Tone.NEUTRAL,
        lines=tuple(_lines(plan, step)),
        tables=(labels_table(plan, step), figures_table(step), sensitivity_table(step)),
        charts=tuple(chart for chart in charts if chart is not None),
    )


def _lines(plan: OversightPlan, step: StepPlan) -> Iterator[str]:
    yield from step.reasons
    yield (
        f"People look at {step.reviews_per_day:,.1f} cases a day: {step.novel_per_day:,.1f} novel, "
        f"{step.unsure_per_day:,.1f} under the threshold, {step.audits_per_day:,.1f} audits; "
        f"{step.reviewer_hours_per_day:,.1f} hours."
    )
    yield (
        f"Chow's threshold: a case is better automatic while its predicted error is under "
        f"{percent(step.chow_threshold)}; the error budget of {percent(plan.budget)} holds beside it."
    )
    if step.audit is not None and step.days_until_drift_seen is not None:
        yield (
            f"Audits at {percent(step.audit.share)} of automatic cases cost least; a drift is then seen after about "
            f"{step.days_until_drift_seen:,.1f} days (expected, not promised)."
        )
    promotion = step.promotion_labels
    yield (
        "The promotion test decides after a median of "
        + (f"{promotion:,} labels" if promotion else "more labels than can be planned")
        + f" if a quarter of the budget is wrong, at {percent(plan.budget)}."
    )


def _next_steps(plan: OversightPlan) -> Iterator[str]:
    automatic = [step for step in plan.steps if step.lane is not Lane.PERSON]
    for step in automatic:
        days = step.labels[0].days
        spoken = "" if days is None else f", about {days:,.1f} days at this volume"
        yield (
            f"{step.name}: collect at least {step.labels[0].labels:,} labelled cases ({step.labels[3].labels:,} if 3 "
            f"of them are wrong){spoken}, then run `interlock oversight certify`."
        )
    for step in plan.steps:
        driver = step.figure(step.driver)
        if driver is not None and driver.origin.startswith("assumed"):
            yield f"{step.name}: measure the {SPOKEN[step.driver]}; it is assumed and moves the plan most."
    yield "Plan again every month, and whenever novelty, volume or a cost changes."
