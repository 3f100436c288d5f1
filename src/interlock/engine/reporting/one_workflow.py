"""What documents about one workflow have in common: their frame, its KPIs, its steps, its limits, its way of calls."""

from collections.abc import Sequence

from interlock.engine.reporting.call import Call, Criterion
from interlock.engine.reporting.figures import quantity
from interlock.engine.reporting.measures import delivery_asked, safety_asked
from interlock.engine.reporting.unknowns import left_open, told, unknown_in
from interlock.engine.reporting.value_and_money import KPI_HEADER, kpi_row
from interlock.terms.briefing import Briefing, Cell, Grid, Passage
from interlock.terms.initiative import Risk
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.story import Tone
from interlock.terms.workflow import WorkflowStep

CALL_TONES = {Call.GO: Tone.PASSED, Call.HOLD: Tone.INCONCLUSIVE, Call.KILL: Tone.FAILED}
TONE_WORDS = {Tone.PASSED: "go", Tone.INCONCLUSIVE: "hold", Tone.FAILED: "kill", Tone.NEUTRAL: "hold"}


def framed(
    kind: str, title: str, portfolio: Portfolio, standing: Standing, passages: Sequence[Passage], *summary: str
) -> Briefing:
    """The whole document; what is not known is collected from its cells and from what the definition leaves open."""
    release = standing.release.removeprefix("sha256:")[:12]
    return Briefing(
        kind=kind,
        title=title,
        subject=f"{standing.definition.name}, release {release}, in {standing.stage}",
        as_of=portfolio.as_of,
        summary=summary,
        passages=tuple(passages),
        unknown=(*unknown_in(passages), *left_open(standing)),
        authored_sample=portfolio.authored_sample,
    )


def facts(caption: str, rows: Sequence[tuple[str, str | None, str | None]]) -> Grid:
    """A table of what was stated: (what, words or None, who is to find out)."""
    return Grid(caption, ("What", "Stated"), tuple((what, told(what, words, owner)) for what, words, owner in rows))


def listed(items: Sequence[str]) -> str | None:
    """Words in a row; None where there are none."""
    return ", ".join(items) or None


def kpis(standing: Standing) -> Grid:
    """Every KPI with baseline, newest value and target."""
    rows = tuple(kpi_row(standing, kpi) for kpi in standing.definition.initiative.kpis)
    return Grid("KPI", KPI_HEADER, rows, "`kpis` in the definition fill this table")


def steps(standing: Standing) -> Grid:
    """Who does each step, before and with the workflow, in which system, and how it is taken back."""
    owner = delivery_asked(standing)
    header = ("Step", "Before", "Now", "System", "Harm", "Rollback")
    rows = tuple(_step(standing, step, owner) for step in standing.definition.steps)
    return Grid("Steps", header, rows, "`steps` in the definition fill this table")


def _step(standing: Standing, step: WorkflowStep, owner: str | None) -> tuple[Cell, ...]:
    lane = str(step.lane) if step.lane else None
    undo = step.undo or standing.definition.effect.undo
    return (
        step.name,
        told("who did it before", str(step.without) if step.without else lane, owner),
        told("who does it", lane, owner),
        told("system", step.system, owner),
        told("harm", str(step.harm) if step.harm else None, safety_asked(standing)),
        told("rollback", undo, safety_asked(standing)),
    )


def guardrails(standing: Standing) -> Grid:
    """What protects people: stated guardrails beside the limits that the run time enforces."""
    definition, safety = standing.definition, safety_asked(standing)
    told_, limits = definition.initiative.guardrails, definition.limits
    cap = limits.applied_per_day
    budget = quantity(definition.budget.error, "share") if definition.budget_planned else None
    return facts(
        "Guardrails",
        (
            ("input limits", told_.input_limits, safety),
            ("output policy", told_.output_policy, safety),
            ("refusal", told_.refusal, safety),
            ("fallback", told_.fallback, safety),
            ("never done", listed(limits.forbidden) or "no kind of case is forbidden", safety),
            ("always to a person", listed(limits.always_review) or "no kind of case by its label alone", safety),
            ("applied a day at most", "no cap" if cap is None else f"{cap:,}", safety),
            ("error budget", budget, safety),
            ("how people watch", definition.initiative.oversight, safety),
        ),
    )


def calls(found: Sequence[Criterion]) -> Grid:
    """Each criterion with what means go, what means kill, and what is on record; anything between holds."""
    rows = tuple((each.name, each.go, each.kill, each.now, TONE_WORDS[each.tone]) for each in found)
    return Grid("Go, hold or kill", ("Criterion", "Go when", "Kill when", "On record", "Speaks for"), rows)


def high_harm(standing: Standing) -> tuple[str, ...]:
    """Names of the steps that can harm most."""
    return tuple(step.name for step in standing.definition.steps if step.harm is Risk.HIGH)
