"""What a definition says about an initiative beyond its run time: value, data, money, vendors, the way without AI."""

from dataclasses import dataclass, field
from enum import StrEnum


class Direction(StrEnum):
    """Which way a measure is to move."""

    UP = "up"
    DOWN = "down"


class Lane(StrEnum):
    """Who does a step."""

    PERSON = "person"
    AGENT = "agent"
    SYSTEM = "system"  # ordinary software: a rule, a report, a form


class Risk(StrEnum):
    """What a wrong step would harm most."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"  # money, legal or public messages, changes in bulk


@dataclass(frozen=True, slots=True)
class Kpi:
    """A measure that the workflow is to move: from `baseline` (None: nobody measured it yet) to `target` by a date.

    `baseline_at` and `target_date` are dates (YYYY-MM-DD). `source` is the system of record that it is read from.
    """

    name: str
    unit: str
    direction: Direction
    baseline: float | None = None
    baseline_at: str | None = None
    target: float | None = None
    target_date: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class ServiceLevels:
    """What the workflow has to keep; None where nothing was promised. Shares are parts of 1."""

    latency_p95_ms: float | None = None
    success_min_share: float | None = None
    availability_min_share: float | None = None
    cost_per_success_max_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Spending:
    """Budgets a month in USD in three buckets, and the learning tax beside them; None where nobody set one.

    `compute`: variable compute and vendors. `last_mile`: engineering of the last mile. `being_wrong`: what wrong cases
    may cost. `learning`: what is paid to find out, without a return being expected. `unit_of_value` is what cost is
    counted by, such as a resolved ticket.
    """

    compute_usd: float | None = None
    last_mile_usd: float | None = None
    being_wrong_usd: float | None = None
    learning_usd: float | None = None
    unit_of_value: str | None = None


@dataclass(frozen=True, slots=True)
class DataPolicy:
    """Which data the workflow may use and how; None where nobody knows it yet.

    `may_not_leave` names what never goes to a vendor or another region.
    """

    purpose: str
    legal_basis: str | None = None
    sources: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()  # kinds of personal data
    may_not_leave: tuple[str, ...] = ()
    minimised_by: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Guardrails:
    """User-facing guardrails in words, beside the enforced limits; None where there is none yet."""

    input_limits: str | None = None
    output_policy: str | None = None
    refusal: str | None = None
    fallback: str | None = None


@dataclass(frozen=True, slots=True)
class Vendor:
    """A party outside that the workflow needs. `exit_to` is what would replace it."""

    name: str
    service: str
    data_shared: tuple[str, ...] = ()
    region: str | None = None
    processing_agreement: str | None = None  # where the signed agreement is
    exit_to: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class WithoutAi:
    """What would be shipped if there were no AI, and what it is expected to reach of the KPI (in the KPI's unit)."""

    alternative: str
    expected: float | None = None
    why_not: str | None = None


@dataclass(frozen=True, slots=True)
class KnownRisk:
    """A risk, who answers for it and what is done; None where that is not known yet.

    `threshold` says when it has come true.
    """

    risk: str
    owner: str | None = None
    mitigation: str | None = None
    threshold: str | None = None


@dataclass(frozen=True, slots=True)
class Initiative:
    """The part of a definition that leaders decide on; everything in it may be unknown, and then it is said to be.

    `behaviour` is what people will do otherwise. `function` is the part of the business, `segments` those that the
    rollout goes through in that order. `oversight` says in words how people watch.
    """

    function: str | None = None
    behaviour: str | None = None
    kpis: tuple[Kpi, ...] = ()
    service_levels: ServiceLevels = field(default_factory=ServiceLevels)
    spending: Spending = field(default_factory=Spending)
    data: DataPolicy | None = None
    guardrails: Guardrails = field(default_factory=Guardrails)
    segments: tuple[str, ...] = ()
    vendors: tuple[Vendor, ...] = ()
    without_ai: WithoutAi | None = None
    risks: tuple[KnownRisk, ...] = ()
    oversight: str | None = None
