"""The page of a proof of concept: problem and KPI, the new workflow, guardrails, the plan, and what ends it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from interlock.engine.council.pilots import PILOT_DAYS_MAX
from interlock.engine.economics.value import gain
from interlock.engine.reporting.call import call, criteria, may_decide
from interlock.engine.reporting.figures import NOBODY, counted
from interlock.engine.reporting.measures import delivery_asked, is_live, safety_asked, window
from interlock.engine.reporting.one_workflow import CALL_TONES, calls, framed, guardrails, kpis, steps
from interlock.engine.reporting.problem_page import two_sentences
from interlock.terms.briefing import Briefing, Grid, Passage, Unknown
from interlock.terms.initiative import Lane
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.stage import RolloutStage
from interlock.terms.workflow import WorkflowDefinition

PLAN_DAYS = (30, PILOT_DAYS_MAX)  # a proof of concept is decided between these days


@dataclass(frozen=True, slots=True)
class Phase:
    """Days `first` to `last` of the plan; `done_when` says what ends it, `done` whether records say so already."""

    work: str
    first: int
    last: int
    owner: str
    done_when: str
    done: bool


def concept_page(portfolio: Portfolio, standing: Standing) -> Briefing:
    """What is to be proved, how, by when, and what then decides."""
    definition = standing.definition
    found = criteria(standing, window(portfolio.as_of, PLAN_DAYS[1]))
    verdict = call(found)
    phases = plan(standing)
    undone = next((phase for phase in phases if not phase.done), None)
    next_up = f"next: {undone.work}" if undone else "the plan is done"
    passages = (
        Passage(_aim(definition), grids=(kpis(standing),), part="Problem and KPI"),
        Passage(_hands(definition), grids=(steps(standing),), part="New workflow"),
        Passage(_fallback(definition), grids=(guardrails(standing),), part="Guardrails"),
        Passage(
            f"Decided between day {PLAN_DAYS[0]} and day {PLAN_DAYS[1]}; {next_up}", grids=(_grid(phases),), part="Plan"
        ),
        Passage(
            f"Records speak for {verdict}; {_who(standing)} may decide", grids=(calls(found),),
            tone=CALL_TONES[verdict], part="Go, hold or kill",
        ),
    )  # fmt: skip
    title = f"{definition.name}: {verdict}, {next_up}"
    page = framed(
        "proof of concept", title, portfolio, standing, passages,
        *two_sentences(definition.problem, definition.initiative.kpis),
    )  # fmt: skip
    return replace(page, unknown=(*unsaid(standing), *page.unknown))


def unsaid(standing: Standing) -> Iterator[Unknown]:
    """The parts of the problem that nobody has stated; its value owner is to."""
    problem, owner = standing.definition.problem, standing.definition.owners.value or NOBODY
    for part in ("who", "friction", "cause", "cost", "outcome", "metric", "constraints"):
        if not getattr(problem, part):
            yield Unknown(f"Problem: {part}", owner)


def _who(standing: Standing) -> str:
    decides = may_decide(standing)
    return f"{NOBODY} who" if decides == NOBODY else decides


def _aim(definition: WorkflowDefinition) -> str:
    kpis_ = definition.initiative.kpis
    return f"It is to move {', '.join(kpi.name for kpi in kpis_)}" if kpis_ else "Nobody has said what it is to move"


def _fallback(definition: WorkflowDefinition) -> str:
    fallback = definition.initiative.guardrails.fallback
    return f"When it does not work: {fallback}" if fallback else "Nobody has said what happens when it does not work"


def plan(standing: Standing) -> tuple[Phase, ...]:
    """Four phases over 45 days; nothing acts before it was watched."""
    owners, initiative = standing.definition.owners, standing.definition.initiative
    delivery, safety = delivery_asked(standing) or NOBODY, safety_asked(standing) or NOBODY
    baselines = bool(initiative.kpis) and all(kpi.baseline is not None for kpi in initiative.kpis)
    measured = bool(initiative.kpis) and all(gain(kpi, standing.measurements).newest for kpi in initiative.kpis)
    decided = standing.stage not in {RolloutStage.EXPLORATION, RolloutStage.PILOT}
    return (
        Phase("frame it and measure the baseline", 1, 10, owners.value or NOBODY,
              "both owners are named and every KPI has its baseline", owners.named and baselines),
        Phase("run it in shadow, with every case on record", 11, 25, delivery,
              "its cases are counted and the stop was drilled", bool(standing.runs and standing.drilled_at)),
        Phase("act on a limited segment", 26, 40, safety,
              "it holds a grant and every KPI was measured", is_live(standing) and measured),
        Phase("decide: go, hold or kill", 41, PLAN_DAYS[1], may_decide(standing),
              "the workflow left the pilot, or was stopped", decided),
    )  # fmt: skip


def _grid(phases: tuple[Phase, ...]) -> Grid:
    rows = tuple(
        (each.work, f"{each.first} to {each.last}", each.owner, each.done_when, "done" if each.done else "open")
        for each in phases
    )
    return Grid("Plan in days from its start", ("Work", "Days", "Owner", "Done when", "State"), rows)


def _hands(definition: WorkflowDefinition) -> str:
    """How many steps change hands, and how many hand-offs that leaves."""
    if not definition.steps:
        return "Nobody has said which steps it takes"
    changed = sum(step.without is not None and step.without is not step.lane for step in definition.steps)
    before, now = (_handed(lanes) for lanes in zip(*_lanes(definition), strict=True))
    return (
        f"{changed} of {counted(len(definition.steps), 'step changes', 'steps change')} hands; "
        f"{counted(before, 'hand-off', 'hand-offs')} before, {now} with it"
    )


def _lanes(definition: WorkflowDefinition) -> Iterator[tuple[Lane | None, Lane | None]]:
    for step in definition.steps:
        yield step.without or step.lane, step.lane


def _handed(lanes: tuple[Lane | None, ...]) -> int:
    return sum(left is not right for left, right in pairwise(lanes))
