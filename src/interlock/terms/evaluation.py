"""What a bake-off on past decisions found: the content of the report of `interlock try`."""

from dataclasses import dataclass
from enum import StrEnum

from interlock.terms.certificate import Certificate, Promise
from interlock.terms.estimate import Estimate


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Rows left out, why, and the first line numbers (1-based, as an editor counts them)."""

    reason: str
    rows: int
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The file that was read. `rows_read` = `rows_used` + all exclusions + rows not sampled."""

    name: str
    sha256: str
    size_bytes: int
    format: str
    rows_read: int
    rows_used: int
    rows_not_sampled: int
    exclusions: tuple[Exclusion, ...]
    notes: tuple[str, ...]


class Role(StrEnum):
    """What a column is used for."""

    TEXT = "text"
    LABEL = "label"
    PREDICTION = "prediction"
    CONFIDENCE = "confidence"
    GROUP = "group"
    TIME = "time"
    SLICE = "slice"


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """Which columns serve a role, whether that was guessed, and why."""

    role: Role
    columns: tuple[str, ...]
    guessed: bool
    why: str


@dataclass(frozen=True, slots=True)
class Split:
    """How the cases were divided. `by` is 'time', 'group' or 'random'; counts are cases."""

    by: str
    seed: int
    n_train: int
    n_calibration: int
    n_evaluation: int
    n_groups: int
    description: str


@dataclass(frozen=True, slots=True)
class CertifiedShare:
    """A certificate and how it fared on the evaluation set, which had no part in choosing its threshold.

    `evaluation_share`: share of the evaluation set at or over the threshold. `evaluation_risk`: the promised risk as
    measured there. Both are None where there is no threshold or no separate evaluation set.
    """

    certificate: Certificate
    evaluation_share: Estimate | None
    evaluation_risk: Estimate | None


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One point of the risk-coverage curve: the `share` of cases most confident, and the error rate among them."""

    share: float
    threshold: float
    error: Estimate


@dataclass(frozen=True, slots=True)
class Slice:
    """Error rate of one part of the evaluation set, among the cases that would be applied automatically."""

    name: str
    error: Estimate
    wrong: int


@dataclass(frozen=True, slots=True)
class Mistake:
    """A case of the evaluation set where the candidate was sure and people decided otherwise."""

    line: int
    text: str
    decided: str
    proposed: str
    confidence: float


class CandidateKind(StrEnum):
    """What a candidate is; in the order of its operational complexity."""

    HEURISTIC = "heuristic"
    RECORDED = "recorded predictions"
    SMALL_MODEL = "small model"
    EMBEDDING_MODEL = "embedding model"
    EXTERNAL = "external model"


@dataclass(frozen=True, slots=True)
class CandidateEvaluation:
    """One candidate's measurements on the same evaluation set as every other candidate.

    `complexity` orders candidates, 1 is simplest. `unavailable` is the reason where it could not be run; then every
    figure is None or empty. Costs are in USD. `cost_per_success_usd` counts candidate, review and wrong decisions at
    the requested budget, divided by cases that ended right; people's decisions are taken as right.
    `certificates`: every budget x promise, in that order. `mistakes`: most confident first. `slices`: riskiest first.
    `facts`: versions and parameters that make the candidate act as it does, by name.
    """

    name: str
    kind: CandidateKind
    complexity: int
    description: str
    unavailable: str | None
    accuracy: Estimate | None
    latency_p50_ms: Estimate | None
    latency_p95_ms: Estimate | None
    fit_seconds: float | None
    cost_per_case_usd: float | None
    cost_per_success_usd: Estimate | None
    certificates: tuple[CertifiedShare, ...]
    risk_coverage: tuple[CurvePoint, ...]
    slices: tuple[Slice, ...]
    mistakes: tuple[Mistake, ...]
    notes: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Assumption:
    """A figure that the plan rests on: given by the user, measured from the file, or assumed."""

    name: str
    value: float
    unit: str
    origin: str


@dataclass(frozen=True, slots=True)
class AuditCostPoint:
    """Expected daily cost at one audit share: of the audits, and of what goes wrong until drift is noticed."""

    share: float
    audit_cost_usd: float
    drift_cost_usd: float
    total_cost_usd: float


@dataclass(frozen=True, slots=True)
class AuditPlan:
    """The audit share with the least expected cost, the curve around it, and what it rests on.

    `driver` names the assumption that moves the answer most.
    """

    share: float
    curve: tuple[AuditCostPoint, ...]
    assumptions: tuple[Assumption, ...]
    driver: str


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One recommendation in words. `candidate` is None when none meets the budget; `sentence` then says why."""

    candidate: str | None
    sentence: str
    reasons: tuple[str, ...]
    certificate: Certificate | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The whole answer to "how much of this could AI do?"."""

    created_at: str
    interlock_version: str
    source: SourceFile
    columns: tuple[ColumnChoice, ...]
    labels: tuple[tuple[str, int], ...]
    split: Split
    budget: float
    promise: Promise
    delta: float
    cost_wrong_usd: float
    cost_review_usd: float
    costs_assumed: bool
    seed: int
    candidates: tuple[CandidateEvaluation, ...]
    audit: AuditPlan | None
    recommendation: Recommendation
    assumptions: tuple[str, ...]
    not_promised: tuple[str, ...]
    notes: tuple[str, ...]
    authored_sample: bool
