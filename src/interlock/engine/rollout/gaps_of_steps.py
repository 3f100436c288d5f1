"""What a definition does not say about its steps: who does them, what if the AI does not work, who watches."""

from collections.abc import Callable, Iterator

from interlock.terms.flaw import Gap
from interlock.terms.initiative import Guardrails, Lane, Risk
from interlock.terms.workflow import WorkflowDefinition, WorkflowStep

AUDIT_SHARE_MIN = 0.10  # one to two in ten, by changing people, show what drifts and what is new


def lane_gaps(definition: WorkflowDefinition) -> Iterator[Gap]:
    """Who does each step is known, once there are steps."""
    for place, step in enumerate(definition.steps):
        if step.lane is None:
            yield Gap(
                "step-without-lane",
                ("steps", place, "lane"),
                f"nobody said who does '{step.name}'",
                "what a person, an AI and ordinary software do is watched in different ways",
                "write `lane: person`, `agent` or `system`",
            )
        elif step.lane is Lane.AGENT and step.harm is None:
            yield Gap(
                "step-without-harm",
                ("steps", place, "harm"),
                f"nobody said what a wrong '{step.name}' would harm",
                "how much a step is watched follows from what it can harm",
                "write `harm: low`, `medium` or `high` (money, legal or public messages, changes in bulk)",
            )


def fallback_gaps(definition: WorkflowDefinition) -> Iterator[Gap]:
    """An AI step needs a way to work without it."""
    agents = [step.name for step in definition.steps if step.lane is Lane.AGENT]
    if agents and definition.initiative.guardrails.fallback is None:
        yield Gap(
            "no-fallback",
            ("guardrails", "fallback"),
            f"nobody said how the work is done when the AI does not work ({', '.join(agents)})",
            "it will fail, refuse or be stopped one day, and the cases keep coming",
            "say who takes over, and how",
        )


def undo_gaps(definition: WorkflowDefinition) -> Iterator[Gap]:
    """An AI step of some harm that cannot be taken back."""
    for place, step in enumerate(definition.steps):
        harmful = step.harm in {Risk.MEDIUM, Risk.HIGH}
        if step.lane is Lane.AGENT and harmful and step.undo is None and definition.effect.undo is None:
            yield Gap(
                "step-without-undo",
                ("steps", place, "undo"),
                f"a wrong '{step.name}' does {step.harm} harm, and nobody said how it is taken back",
                "what cannot be taken back must be right the first time",
                "say how it is undone, or let a person do the step",
            )


def solutionism_gaps(definition: WorkflowDefinition) -> Iterator[Gap]:
    """An AI that was dropped into one step of a flow that is otherwise as it was, with nobody and nothing around it."""
    swapped = [step for step in definition.steps if _new_agent(step)]
    others = [step for step in definition.steps if not _new_agent(step)]
    flow_stays = not any(step.without is not None and step.without is not step.lane for step in others)
    nothing_around = definition.initiative.guardrails == Guardrails() or definition.owners.delivery is None
    if len(swapped) == 1 and flow_stays and nothing_around and definition.initiative.behaviour is None:
        place = definition.steps.index(swapped[0])
        yield Gap(
            "solutionism",
            ("steps", place),
            f"only '{swapped[0].name}' changes hands; the flow, its owners and its guardrails stay as they were",
            "a tool in one step moves the wait to the next one, and nobody answers for the whole",
            "say what people will do otherwise (`behaviour`), who answers for delivery, which guardrails come with it",
        )


def audit_gaps(definition: WorkflowDefinition) -> Iterator[Gap]:
    """Samples of what is applied; where harm is high, `oversight_gaps` asks for them."""
    if definition.effect_planned and not _risky(definition) and definition.rollout.audit_share < AUDIT_SHARE_MIN:
        yield Gap(
            "few-audits",
            ("rollout", "audit_share"),
            f"fewer than {AUDIT_SHARE_MIN:.0%} of what is applied are audited",
            "what drifts and what is new is seen in cases that somebody looks at, and late where these are few",
            f"audit {AUDIT_SHARE_MIN:.0%} to {2 * AUDIT_SHARE_MIN:.0%}, by changing people",
        )


def _risky(definition: WorkflowDefinition) -> list[str]:
    return [step.name for step in definition.steps if step.lane is Lane.AGENT and step.harm is Risk.HIGH]


def oversight_gaps(definition: WorkflowDefinition) -> Iterator[Gap]:
    """More risk than oversight: high harm needs a person who watches, a stop that was tried, and audits."""
    risky = _risky(definition)
    if not risky:
        return
    lacking = [
        (("oversight",), "nobody said how people watch it", definition.initiative.oversight is None),
        (
            ("rollout", "drill_every_days"),
            "its stop is never tried",
            definition.rollout.drill_every_days is None,
        ),
        (
            ("rollout", "audit_share"),
            f"fewer than {AUDIT_SHARE_MIN:.0%} of what is applied are audited",
            definition.rollout.audit_share < AUDIT_SHARE_MIN,
        ),
    ]
    for location, words, lacks in lacking:
        if lacks:
            yield Gap(
                "more-risk-than-oversight",
                location,
                f"the AI does what can do high harm ({', '.join(risky)}), and {words}",
                "harm grows with what acts, oversight only with what people set up",
                "raise it, or let a person do the step",
            )


def _new_agent(step: WorkflowStep) -> bool:
    return step.lane is Lane.AGENT and step.without in {Lane.PERSON, Lane.SYSTEM}


STEP_RULES: tuple[Callable[[WorkflowDefinition], Iterator[Gap]], ...] = (
    lane_gaps,
    fallback_gaps,
    undo_gaps,
    solutionism_gaps,
    audit_gaps,
    oversight_gaps,
)
