"""The shape of `workflows/*.yaml`, with the defaults and limits of each field."""

from typing import Annotated

from pydantic import Field, model_validator

from interlock.adapters.definitions.field_types import (
    Days,
    FilePart,
    KeptDays,
    Name,
    Names,
    OpenShare,
    Share,
    Usd,
    Words,
)
from interlock.adapters.definitions.initiative_schema import (
    DataPart,
    GuardrailsPart,
    Kpis,
    Risks,
    ServiceLevelsPart,
    SpendingPart,
    Vendors,
    WithoutAiPart,
)
from interlock.adapters.definitions.limits_schema import LimitsPart
from interlock.adapters.definitions.review_schema import ReviewPart
from interlock.adapters.definitions.steps_schema import Steps
from interlock.adapters.definitions.tools_schema import ToolsPart
from interlock.adapters.definitions.traffic_schema import TrafficPart
from interlock.terms.certificate import Promise
from interlock.terms.initiative import Initiative
from interlock.terms.workflow import (
    NO_BUDGET,
    NO_EFFECT,
    Budget,
    DecisionRights,
    Durability,
    EffectPlan,
    Owners,
    Problem,
    Rollout,
    TargetKind,
    WorkflowDefinition,
)


class ProblemPart(FilePart):
    """For WHO, FRICTION, caused by CAUSE, resulting in COST; what success is and its limits."""

    who: Words | None = None
    friction: Words | None = None
    cause: Words | None = None
    cost: Words | None = None
    outcome: Words | None = None
    metric: Words | None = None
    constraints: Words | None = None

    def problem(self) -> Problem:
        """The term; what was left out is "" there: nobody knows it yet."""
        return Problem(**{name: words or "" for name, words in self.model_dump().items()})


class OwnersPart(FilePart):
    """Left out owners mean that the workflow can only be simulated."""

    value: Words | None = None
    safety: Words | None = None
    delivery: Words | None = None
    escalation: Names = ()


class RightsPart(FilePart):
    """Who may promote, resume, waive a check, and move to another stage."""

    promote: tuple[Words, ...] = ()
    resume: tuple[Words, ...] = ()
    waive: Names = ()
    move: Names = ()


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

    def budget(self) -> Budget:
        """The term."""
        return Budget(self.error, self.promise, self.delta, self.certify_at or self.error / 2)


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


class WorkflowFile(FilePart):
    """One workflow definition. Without budget, effect or what acts it is an early idea, which may never act."""

    workflow: Name
    problem: ProblemPart = ProblemPart()
    function: Words | None = None
    behaviour: Words | None = None
    kpis: Kpis = ()
    without_ai: WithoutAiPart | None = None
    owners: OwnersPart = OwnersPart()
    rights: RightsPart = RightsPart()
    budget: BudgetPart | None = None
    limits: LimitsPart = LimitsPart()
    effect: EffectPart | None = None
    rollout: RolloutPart = RolloutPart()
    costs: CostsPart = CostsPart()
    acts: Annotated[dict[Words, Words], Field(min_length=1)] | None = None
    steps: Steps = ()
    durability: Durability = Durability.POWER_LOSS
    review: ReviewPart = ReviewPart()
    retention_days: KeptDays | None = None
    undo_days: KeptDays = 30
    data: DataPart | None = None
    guardrails: GuardrailsPart = GuardrailsPart()
    segments: Names = ()
    service_levels: ServiceLevelsPart = ServiceLevelsPart()
    spending: SpendingPart = SpendingPart()
    vendors: Vendors = ()
    risks: Risks = ()
    oversight: Words | None = None
    traffic: TrafficPart = TrafficPart()
    tools: ToolsPart = ToolsPart()

    @model_validator(mode="after")
    def _kept_while_it_can_be_undone(self) -> "WorkflowFile":
        if self.retention_days is not None and self.retention_days < self.undo_days:
            raise ValueError(
                f"retention_days ({self.retention_days}) is shorter than undo_days ({self.undo_days}): an undo needs "
                "what is kept; lower undo_days, or keep it longer"
            )
        return self

    @model_validator(mode="after")
    def _tools_fit(self) -> "WorkflowFile":
        for tool in self.tools.governed:
            unknown = [name for name in tool.facts if name not in (self.limits.facts or {})]
            if unknown:
                raise ValueError(f"tools: '{tool.name}' gives the fact '{unknown[0]}': name it in limits.facts, too")
            if tool.undo is not None and (self.effect is None or self.effect.undo is None):
                raise ValueError(f"tools: '{tool.name}' is taken back by '{tool.undo}': name that in effect.undo, too")
        if self.tools.governed and self.effect is not None and self.effect.target is TargetKind.PROBE:
            raise ValueError("tools: no tool can be asked what became of a call: write effect.target: blind")
        return self

    def definition(self, policy: tuple[str, ...] = (), traffic_policy: tuple[str, ...] = ()) -> WorkflowDefinition:
        """The term, with hand-written rules as texts: those about effects, and those about model traffic."""
        return WorkflowDefinition(
            name=self.workflow,
            problem=self.problem.problem(),
            owners=Owners(**self.owners.model_dump()),
            rights=DecisionRights(**self.rights.model_dump()),
            budget=NO_BUDGET if self.budget is None else self.budget.budget(),
            limits=self.limits.limits(policy),
            effect=NO_EFFECT if self.effect is None else EffectPlan(**self.effect.model_dump()),
            rollout=Rollout(**self.rollout.model_dump()),
            cost_wrong_usd=self.costs.wrong_usd,
            cost_review_usd=self.costs.review_usd,
            acts=dict(self.acts or {}),
            steps=tuple(step.step() for step in self.steps),
            durability=self.durability,
            review=self.review.plan(),
            retention_days=self.retention_days,
            undo_days=self.undo_days,
            initiative=self._initiative(),
            traffic=self.traffic.plan(traffic_policy),
            tools=self.tools.plan(),
        )

    def _initiative(self) -> Initiative:
        return Initiative(
            function=self.function,
            behaviour=self.behaviour,
            kpis=tuple(kpi.kpi() for kpi in self.kpis),
            service_levels=self.service_levels.levels(),
            spending=self.spending.spending(),
            data=None if self.data is None else self.data.policy(),
            guardrails=self.guardrails.guardrails(),
            segments=self.segments,
            vendors=tuple(vendor.vendor() for vendor in self.vendors),
            without_ai=None if self.without_ai is None else self.without_ai.without_ai(),
            risks=tuple(risk.known_risk() for risk in self.risks),
            oversight=self.oversight,
        )
