"""The shape of `workflows/*.yaml`, with the defaults and limits of each field."""

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from interlock.adapters.definitions.field_types import (
    Days,
    FilePart,
    KeptDays,
    Name,
    OpenShare,
    Part,
    PerDay,
    Share,
    SomeUsd,
    Usd,
    Words,
)
from interlock.adapters.definitions.limits_schema import LimitsPart
from interlock.adapters.definitions.review_schema import ReviewPart
from interlock.terms.certificate import Promise
from interlock.terms.workflow import (
    Budget,
    DecisionRights,
    Durability,
    EffectPlan,
    Owners,
    Problem,
    Rollout,
    TargetKind,
    WorkflowDefinition,
    WorkflowStep,
)


class ProblemPart(FilePart):
    """For WHO, FRICTION, caused by CAUSE, resulting in COST; what success is and its limits."""

    who: Words
    friction: Words
    cause: Words
    cost: Words
    outcome: Words
    metric: Words
    constraints: Words


class OwnersPart(FilePart):
    """Left out owners mean that the workflow can only be simulated."""

    value: Words | None = None
    safety: Words | None = None


class RightsPart(FilePart):
    """Who may promote and who may resume."""

    promote: tuple[Words, ...] = ()
    resume: tuple[Words, ...] = ()


class BudgetPart(FilePart):
    """The error budget; `certify_at` defaults to half of it."""

    error: OpenShare
    promise: Promise = Promise.SELECTIVE
    delta: OpenShare = 0.05
    certify_at: OpenShare | None = None

    @model_validator(mode="after")
    def _certify_inside_the_budget(self) -> "BudgetPart":
        if self.certify_at is not None and self.certify_at > self.error:
            raise ValueError(f"certify_at ({self.certify_at}) is over the error budget ({self.error}); lower it")
        return self


class EffectPart(FilePart):
    """What an applied proposal does and how it is undone."""

    action: Words
    target: TargetKind
    undo: Words | None = None
    no_undo_signed_by: Words | None = None
    blind_signed_by: Words | None = None
    action_class: Name | None = None


class RolloutPart(FilePart):
    """How live operation starts."""

    traffic_share: Share = 0.25
    audit_share: Share = 0.15
    grant_days: Days = 30
    evidence_days: Days = 90
    drill_every_days: Days | None = None


class CostsPart(FilePart):
    """What a wrong application and a review cost, in USD."""

    wrong_usd: Usd = 50.0
    review_usd: Usd = 2.0


class StepPart(FilePart):
    """What review of one step is sized by; what is left out is assumed, and the plan says so."""

    name: Words
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


def _named_once(steps: tuple[StepPart, ...]) -> tuple[StepPart, ...]:
    names = [step.name for step in steps]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"two steps are named '{twice}'; give each its own name")
    return steps


class WorkflowFile(FilePart):
    """One workflow definition."""

    workflow: Name
    problem: ProblemPart
    owners: OwnersPart = OwnersPart()
    rights: RightsPart = RightsPart()
    budget: BudgetPart
    limits: LimitsPart = LimitsPart()
    effect: EffectPart
    rollout: RolloutPart = RolloutPart()
    costs: CostsPart = CostsPart()
    acts: Annotated[dict[Words, Words], Field(min_length=1)]
    steps: Annotated[tuple[StepPart, ...], AfterValidator(_named_once)] = ()
    durability: Durability = Durability.POWER_LOSS
    review: ReviewPart = ReviewPart()
    retention_days: KeptDays | None = None
    undo_days: KeptDays = 30

    @model_validator(mode="after")
    def _kept_while_it_can_be_undone(self) -> "WorkflowFile":
        if self.retention_days is not None and self.retention_days < self.undo_days:
            raise ValueError(
                f"retention_days ({self.retention_days}) is shorter than undo_days ({self.undo_days}): an undo needs "
                "what is kept; lower undo_days, or keep it longer"
            )
        return self

    def definition(self, policy: tuple[str, ...] = ()) -> WorkflowDefinition:
        """The term, with hand-written rules as texts."""
        budget = self.budget
        return WorkflowDefinition(
            name=self.workflow,
            problem=Problem(**self.problem.model_dump()),
            owners=Owners(self.owners.value, self.owners.safety),
            rights=DecisionRights(self.rights.promote, self.rights.resume),
            budget=Budget(budget.error, budget.promise, budget.delta, budget.certify_at or budget.error / 2),
            limits=self.limits.limits(policy),
            effect=EffectPlan(**self.effect.model_dump()),
            rollout=Rollout(**self.rollout.model_dump()),
            cost_wrong_usd=self.costs.wrong_usd,
            cost_review_usd=self.costs.review_usd,
            acts=dict(self.acts),
            steps=tuple(WorkflowStep(**step.model_dump()) for step in self.steps),
            durability=self.durability,
            review=self.review.plan(),
            retention_days=self.retention_days,
            undo_days=self.undo_days,
        )
