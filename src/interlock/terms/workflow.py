"""A governed AI use case, as people define it, and the immutable release that a definition becomes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from interlock.terms.absent import ABSENT_AT_DEFAULT
from interlock.terms.certificate import Promise
from interlock.terms.gateway.tools import ToolPlan
from interlock.terms.gateway.traffic import TrafficPlan
from interlock.terms.initiative import Initiative, Lane, Risk
from interlock.terms.policy import FactKind, OpenHours
from interlock.terms.review import ReviewPlan


class TargetKind(StrEnum):
    """What the system that an effect changes can do for a repeated or lost call."""

    IDEMPOTENT = "idempotent"  # deduplicates by the intent's key
    PROBE = "probe"  # can be read back
    BLIND = "blind"  # neither: never retried by itself


class Durability(StrEnum):
    """What an intent must survive before its effect begins."""

    POWER_LOSS = "power-loss"
    PROCESS_CRASH = "process-crash"  # faster: a loss of power may lose the last intents, their effects stay


@dataclass(frozen=True, slots=True)
class Problem:
    """The problem statement: for WHO, FRICTION, caused by CAUSE, resulting in COST; success and its limits.

    What is "" nobody has said yet.
    """

    who: str = ""
    friction: str = ""
    cause: str = ""
    cost: str = ""
    outcome: str = ""
    metric: str = ""
    constraints: str = ""


@dataclass(frozen=True, slots=True)
class Owners:
    """Who answers for the workflow's value and for its safety; None where nobody is named.

    `delivery` answers for its building, `escalation` are those to turn to, in that order.
    """

    value: str | None
    safety: str | None
    delivery: str | None = field(default=None, metadata=ABSENT_AT_DEFAULT)
    escalation: tuple[str, ...] = field(default=(), metadata=ABSENT_AT_DEFAULT)

    @property
    def named(self) -> bool:
        """Whether both are named: without that a workflow can only be simulated."""
        return bool(self.value) and bool(self.safety)


@dataclass(frozen=True, slots=True)
class DecisionRights:
    """Names of those who may promote, resume after a kill, waive a check, and move to another stage.

    Pausing and stopping take no right: anybody named may, at once.
    """

    promote: tuple[str, ...]
    resume: tuple[str, ...]
    waive: tuple[str, ...] = field(default=(), metadata=ABSENT_AT_DEFAULT)
    move: tuple[str, ...] = field(default=(), metadata=ABSENT_AT_DEFAULT)


@dataclass(frozen=True, slots=True)
class Budget:
    """The error budget: at most `error` (a share) under `promise`, with confidence 1 - `delta`.

    `certify_at` is the stricter budget at which the threshold is certified, so that the live rate keeps a distance
    from the budget and the promotion test can decide on few labels.
    """

    error: float
    promise: Promise
    delta: float
    certify_at: float


@dataclass(frozen=True, slots=True)
class Limits:
    """Plain limits at the edge. `forbidden` labels are never done by the workflow, not even after review.

    `novelty_review_below`: cases whose novelty p is lower, or not known, go to a person. Amounts in US cents: of one
    case, and of all that is applied in a running window; rates and `items_max` (what one effect touches at once) are
    counts. Windows are those of the clock in UTC: a day, an hour, a minute from its first second to its last. An empty
    list of targets or segments is no limit. `policy` are texts of hand-written Cedar rules, `facts` the kinds of the
    callers' own facts that they read.
    """

    always_review: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    applied_per_day: int | None = None
    novelty_review_below: float | None = field(default=None, metadata=ABSENT_AT_DEFAULT)
    amount_max_cents: int | None = field(default=None, metadata=ABSENT_AT_DEFAULT)
    amount_per_day_cents: int | None = field(default=None, metadata=ABSENT_AT_DEFAULT)
    amount_per_hour_cents: int | None = field(default=None, metadata=ABSENT_AT_DEFAULT)
    applied_per_hour: int | None = field(default=None, metadata=ABSENT_AT_DEFAULT)
    applied_per_minute: int | None = field(default=None, metadata=ABSENT_AT_DEFAULT)
    items_max: int | None = field(default=None, metadata=ABSENT_AT_DEFAULT)
    targets: tuple[str, ...] = field(default=(), metadata=ABSENT_AT_DEFAULT)
    segments: tuple[str, ...] = field(default=(), metadata=ABSENT_AT_DEFAULT)
    hours: OpenHours | None = field(default=None, metadata=ABSENT_AT_DEFAULT)
    policy: tuple[str, ...] = field(default=(), metadata=ABSENT_AT_DEFAULT)
    facts: Mapping[str, FactKind] = field(default_factory=dict, metadata=ABSENT_AT_DEFAULT)

    @property
    def at_the_edge(self) -> bool:
        """Whether a policy has to be asked before each effect."""
        counted = (
            self.amount_max_cents,
            self.amount_per_day_cents,
            self.amount_per_hour_cents,
            self.applied_per_hour,
            self.applied_per_minute,
            self.items_max,
            self.hours,
        )
        return bool(self.targets or self.segments or self.policy) or any(limit is not None for limit in counted)


@dataclass(frozen=True, slots=True)
class EffectPlan:
    """What is done when a proposal is applied, and how it is undone.

    `undo` names the compensation; None needs `no_undo_signed_by`: a person who signed that there is none.
    A blind target may be applied automatically only where the safety owner signed (`blind_signed_by`). `action_class`
    names the kind of effect as a scope of the kill switch, shared by all workflows that do the same kind of thing.
    """

    action: str
    target: TargetKind
    undo: str | None
    no_undo_signed_by: str | None = None
    blind_signed_by: str | None = None
    action_class: str | None = field(default=None, metadata=ABSENT_AT_DEFAULT)


@dataclass(frozen=True, slots=True)
class Rollout:
    """How live operation starts: share of traffic, audit share, days until a grant expires, age limit of evidence.

    `drill_every_days`: how often the kill switch is to be drilled; None for no schedule.
    """

    traffic_share: float
    audit_share: float
    grant_days: int
    evidence_days: int
    drill_every_days: int | None = field(default=None, metadata=ABSENT_AT_DEFAULT)


@dataclass(frozen=True, slots=True)
class WorkflowStep:
    """One step, as human review is sized for it. What is None was not told: an assumption stands in for it.

    Costs in USD: `cost_wrong_usd` of a wrong automatic case, `cost_review_usd` of a person's look, `cost_slow_usd` of
    the wait that a look causes. Shares of cases: `novelty_share` unlike what was certified, `automatic_share` of the
    others over the threshold, `error_share` wrong if every case were automatic, `person_error_share` wrong where people
    decide. `reversible`: whether a wrong case can be taken back, `undo` how. `lane` is who does it, in which `system`;
    `harm` what a wrong one would harm; `without` who did it before, where that was another.
    """

    name: str
    cost_wrong_usd: float | None = None
    cost_review_usd: float | None = None
    cost_slow_usd: float | None = None
    cases_per_day: float | None = None
    novelty_share: float | None = None
    automatic_share: float | None = None
    error_share: float | None = None
    person_error_share: float | None = None
    review_minutes: float | None = None
    days_between_drifts: float | None = None
    reversible: bool | None = None
    lane: Lane | None = field(default=None, metadata=ABSENT_AT_DEFAULT)
    harm: Risk | None = field(default=None, metadata=ABSENT_AT_DEFAULT)
    undo: str | None = field(default=None, metadata=ABSENT_AT_DEFAULT)
    system: str | None = field(default=None, metadata=ABSENT_AT_DEFAULT)
    without: Lane | None = field(default=None, metadata=ABSENT_AT_DEFAULT)


# What a definition holds while nobody has planned an effect or a budget: nothing can be certified at a budget of 0, and
# what has no undo and a blind target is never applied.
NOT_PLANNED = "not planned yet"
NO_BUDGET = Budget(error=0.0, promise=Promise.SELECTIVE, delta=0.05, certify_at=0.0)
NO_EFFECT = EffectPlan(NOT_PLANNED, TargetKind.BLIND, None)


@dataclass(frozen=True, slots=True)
class WorkflowDefinition:
    """Everything that people decide about a workflow. `acts` names what acts, by digest: model, prompt, tools, code.

    `steps` are for sizing review; none means that the workflow is one step. Content is kept for `retention_days` from a
    case's decision, None: until somebody erases it; what an undo needs at least for `undo_days` from the receipt.
    """

    name: str
    problem: Problem
    owners: Owners
    rights: DecisionRights
    budget: Budget
    limits: Limits
    effect: EffectPlan
    rollout: Rollout
    cost_wrong_usd: float
    cost_review_usd: float
    acts: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[WorkflowStep, ...] = field(default=(), metadata=ABSENT_AT_DEFAULT)
    durability: Durability = field(default=Durability.POWER_LOSS, metadata=ABSENT_AT_DEFAULT)
    review: ReviewPlan = field(default_factory=ReviewPlan, metadata=ABSENT_AT_DEFAULT)
    retention_days: int | None = field(default=None, metadata=ABSENT_AT_DEFAULT)
    undo_days: int = field(default=30, metadata=ABSENT_AT_DEFAULT)
    initiative: Initiative = field(default_factory=Initiative, metadata=ABSENT_AT_DEFAULT)
    traffic: TrafficPlan = field(default_factory=TrafficPlan, metadata=ABSENT_AT_DEFAULT)
    tools: ToolPlan = field(default_factory=ToolPlan, metadata=ABSENT_AT_DEFAULT)

    @property
    def budget_planned(self) -> bool:
        """Whether people set an error budget."""
        return self.budget != NO_BUDGET

    @property
    def effect_planned(self) -> bool:
        """Whether people said what an applied proposal does."""
        return self.effect != NO_EFFECT


@dataclass(frozen=True, slots=True)
class Release:
    """The immutable version of a definition: evidence, approvals and grants are bound to its `digest`."""

    digest: str
    workflow: str
    definition: WorkflowDefinition
    proposed_by: str
    at: str
