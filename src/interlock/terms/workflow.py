"""A governed AI use case, as people define it, and the immutable release that a definition becomes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from interlock.terms.certificate import Promise


class TargetKind(StrEnum):
    """What the system that an effect changes can do for a repeated or lost call."""

    IDEMPOTENT = "idempotent"  # deduplicates by the intent's key
    PROBE = "probe"  # can be read back
    BLIND = "blind"  # neither: never retried by itself


@dataclass(frozen=True, slots=True)
class Problem:
    """The problem statement: for WHO, FRICTION, caused by CAUSE, resulting in COST; success and its limits."""

    who: str
    friction: str
    cause: str
    cost: str
    outcome: str
    metric: str
    constraints: str


@dataclass(frozen=True, slots=True)
class Owners:
    """Who answers for the workflow's value and for its safety; None where nobody is named."""

    value: str | None
    safety: str | None

    @property
    def named(self) -> bool:
        """Whether both are named: without that a workflow can only be simulated."""
        return bool(self.value) and bool(self.safety)


@dataclass(frozen=True, slots=True)
class DecisionRights:
    """Names of those who may promote, and of those who may resume after a kill."""

    promote: tuple[str, ...]
    resume: tuple[str, ...]


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
    """Plain limits at the edge. `forbidden` labels are never done by the workflow, not even after review."""

    always_review: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    applied_per_day: int | None = None


@dataclass(frozen=True, slots=True)
class EffectPlan:
    """What is done when a proposal is applied, and how it is undone.

    `undo` names the compensation; None needs `no_undo_signed_by`: a person who signed that there is none.
    A blind target may be applied automatically only where the safety owner signed (`blind_signed_by`).
    """

    action: str
    target: TargetKind
    undo: str | None
    no_undo_signed_by: str | None = None
    blind_signed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Rollout:
    """How live operation starts: share of traffic, audit share, days until a grant expires, age limit of evidence."""

    traffic_share: float
    audit_share: float
    grant_days: int
    evidence_days: int


@dataclass(frozen=True, slots=True)
class WorkflowDefinition:
    """Everything that people decide about a workflow. `acts` names what acts, by digest: model, prompt, tools, code."""

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


@dataclass(frozen=True, slots=True)
class Release:
    """The immutable version of a definition: evidence, approvals and grants are bound to its `digest`."""

    digest: str
    workflow: str
    definition: WorkflowDefinition
    proposed_by: str
    at: str
