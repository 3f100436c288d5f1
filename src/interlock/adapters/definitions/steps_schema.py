"""The `steps` part of a definition file: who does what, and what human review is sized by."""

from typing import Annotated

from pydantic import AfterValidator, Field

from interlock.adapters.definitions.field_types import (
    FilePart,
    Part,
    PerDay,
    Share,
    SomeUsd,
    Usd,
    Words,
    first_twice,
)
from interlock.terms.initiative import Lane, Risk
from interlock.terms.workflow import WorkflowStep


class StepPart(FilePart):
    """What review of one step is sized by; what is left out is assumed, and the plan says so."""

    name: Words
    lane: Lane | None = None
    system: Words | None = None
    without: Lane | None = None
    harm: Risk | None = None
    undo: Words | None = None
    cost_wrong_usd: SomeUsd | None = None
    cost_review_usd: SomeUsd | None = None
    cost_slow_usd: Usd | None = None
    cases_per_day: PerDay | None = None
    novelty_share: Part | None = None
    automatic_share: Share | None = None
    error_share: Part | None = None
    person_error_share: Part | None = None
    review_minutes: PerDay | None = None
    days_between_drifts: PerDay | None = None
    reversible: Annotated[bool, Field(strict=True)] | None = None

    def step(self) -> WorkflowStep:
        """The term."""
        return WorkflowStep(**self.model_dump())


def _named_once(steps: tuple[StepPart, ...]) -> tuple[StepPart, ...]:
    twice = first_twice(tuple(step.name for step in steps))
    if twice is not None:
        raise ValueError(f"two steps are named '{twice}'; give each its own name")
    return steps


Steps = Annotated[tuple[StepPart, ...], AfterValidator(_named_once)]
