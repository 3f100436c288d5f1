"""What a workflow definition says already of "is AI the right answer?". What it does not say stays unknown."""

from collections.abc import Iterator

from interlock.terms.ai_fit import FitAnswers
from interlock.terms.initiative import Kpi, Lane, Risk
from interlock.terms.workflow import WorkflowDefinition

# Of a month. The fewer: a number that speaks for AI is not to be made larger than it is.
WORKING_DAYS = 20


def said_by(definition: WorkflowDefinition) -> FitAnswers:
    """The answers that its fields give.

    A legal basis that is written down is not yet one that somebody confirmed, so whether data are lawful stays open.
    """
    return FitAnswers(definition.name, dict(_said(definition)))


def _said(definition: WorkflowDefinition) -> Iterator[tuple[str, str | float]]:
    known = definition.initiative
    if known.behaviour:
        yield "behaviour", known.behaviour
    kpi = next((one for one in known.kpis if None not in {one.baseline, one.target, one.target_date}), None)
    if kpi is not None:
        yield "metric", f"{kpi.name}: {kpi.baseline:g} to {kpi.target:g} {kpi.unit} by {kpi.target_date}"
    if known.without_ai is not None:
        yield "without-ai", known.without_ai.alternative
        reaches = _reaches(kpi, known.without_ai.expected)
        if reaches is not None:
            yield "without-ai-reaches-target", reaches
    yield from _said_of_steps(definition)
    if known.data is not None and known.data.sources:
        yield "data-exists", "yes"
    if known.data is not None and known.data.owner:
        yield "data-owner", "yes"


def _reaches(kpi: Kpi | None, expected: float | None) -> str | None:
    if kpi is None or kpi.target is None or expected is None:
        return None
    return "yes" if (expected >= kpi.target if kpi.direction == "up" else expected <= kpi.target) else "no"


def _said_of_steps(definition: WorkflowDefinition) -> Iterator[tuple[str, str | float]]:
    cases = [step.cases_per_day for step in definition.steps if step.cases_per_day is not None]
    if cases:
        yield "cases-a-month", max(cases) * WORKING_DAYS
    harms = [step.harm for step in definition.steps if step.lane is Lane.AGENT]
    worst = None if None in harms else max(harms, key=list(Risk).index, default=None)  # type: ignore[arg-type] # no None
    if worst is not None:
        yield "cost-of-wrong", worst.value
    if definition.effect_planned:
        yield "undo", "no" if definition.effect.undo is None else "yes"
