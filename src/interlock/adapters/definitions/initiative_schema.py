"""The parts of a definition file that leaders decide on: value, data, money, vendors, the way without AI."""

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from interlock.adapters.definitions.field_types import (
    Date,
    Figure,
    FilePart,
    Milliseconds,
    Names,
    Share,
    SomeUsd,
    Unit,
    Usd,
    Words,
    first_twice,
)
from interlock.terms.initiative import (
    DataPolicy,
    Direction,
    Guardrails,
    KnownRisk,
    Kpi,
    ServiceLevels,
    Spending,
    Vendor,
    WithoutAi,
)

PARTS_MAX = 100
# What is counted or measured in these cannot be less than nothing; a margin in USD or a promoter score can.
NEVER_BELOW_ZERO = frozenset(
    {"%", "share", "seconds", "minutes", "hours", "days", "weeks", "cases", "contacts", "touches", "count"}
)


class KpiPart(FilePart):
    """A measure that the workflow is to move, from a baseline to a target by a date."""

    name: Words
    unit: Unit
    direction: Direction
    baseline: Figure | None = None
    baseline_at: Date | None = None
    target: Figure | None = None
    target_date: Date | None = None
    source: Words | None = None

    @model_validator(mode="after")
    def _possible(self) -> "KpiPart":
        for name in ("baseline", "target"):
            value = getattr(self, name)
            if value is not None and value < 0 and self.unit.casefold() in NEVER_BELOW_ZERO:
                raise ValueError(f"{name} ({value:g} {self.unit}) is below 0, which {self.unit} cannot be; correct it")
        if self.baseline_at and self.target_date and self.target_date <= self.baseline_at:
            raise ValueError(
                f"target_date ({self.target_date}) is not after baseline_at ({self.baseline_at}): a target lies ahead "
                "of what was measured; correct one of them"
            )
        return self

    @model_validator(mode="after")
    def _moves_as_it_says(self) -> "KpiPart":
        if self.baseline is None or self.target is None or self.baseline == self.target:
            return self
        if (self.target > self.baseline) is not (self.direction is Direction.UP):
            raise ValueError(
                f"direction is '{self.direction}', and target ({self.target:g}) lies the other way from baseline "
                f"({self.baseline:g}); correct one of them"
            )
        return self

    def kpi(self) -> Kpi:
        """The term."""
        return Kpi(**self.model_dump())


class ServiceLevelsPart(FilePart):
    """What the workflow has to keep."""

    latency_p95_ms: Milliseconds | None = None
    success_min_share: Share | None = None
    availability_min_share: Share | None = None
    cost_per_success_max_usd: SomeUsd | None = None

    def levels(self) -> ServiceLevels:
        """The term."""
        return ServiceLevels(**self.model_dump())


class SpendingPart(FilePart):
    """Budgets a month in three buckets, and the learning tax beside them."""

    compute_usd: Usd | None = None
    last_mile_usd: Usd | None = None
    being_wrong_usd: Usd | None = None
    learning_usd: Usd | None = None
    unit_of_value: Words | None = None

    def spending(self) -> Spending:
        """The term."""
        return Spending(**self.model_dump())


class DataPart(FilePart):
    """Which data the workflow may use, and how."""

    purpose: Words
    legal_basis: Words | None = None
    sources: Names = ()
    personal: Names = ()
    may_not_leave: Names = ()
    minimised_by: Words | None = None
    owner: Words | None = None

    def policy(self) -> DataPolicy:
        """The term."""
        return DataPolicy(**self.model_dump())


class GuardrailsPart(FilePart):
    """User-facing guardrails in words."""

    input_limits: Words | None = None
    output_policy: Words | None = None
    refusal: Words | None = None
    fallback: Words | None = None

    def guardrails(self) -> Guardrails:
        """The term."""
        return Guardrails(**self.model_dump())


class VendorPart(FilePart):
    """A party outside that the workflow needs."""

    name: Words
    service: Words
    data_shared: Names = ()
    region: Words | None = None
    processing_agreement: Words | None = None
    exit_to: Words | None = None
    owner: Words | None = None

    def vendor(self) -> Vendor:
        """The term."""
        return Vendor(**self.model_dump())


class WithoutAiPart(FilePart):
    """What would be shipped if there were no AI."""

    alternative: Words
    expected: Figure | None = None
    why_not: Words | None = None

    def without_ai(self) -> WithoutAi:
        """The term."""
        return WithoutAi(**self.model_dump())


class RiskPart(FilePart):
    """A risk, who answers for it, what is done about it and when it has come true."""

    risk: Words
    owner: Words | None = None
    mitigation: Words | None = None
    threshold: Words | None = None

    def known_risk(self) -> KnownRisk:
        """The term."""
        return KnownRisk(**self.model_dump())


def _kpis_once(kpis: tuple[KpiPart, ...]) -> tuple[KpiPart, ...]:
    twice = first_twice(tuple(kpi.name for kpi in kpis))
    if twice is not None:
        raise ValueError(f"two KPIs are named '{twice}'; give each its own name")
    return kpis


def _vendors_once(vendors: tuple[VendorPart, ...]) -> tuple[VendorPart, ...]:
    twice = first_twice(tuple(vendor.name for vendor in vendors))
    if twice is not None:
        raise ValueError(f"two vendors are named '{twice}'; say what both do in one entry")
    return vendors


def _risks_once(risks: tuple[RiskPart, ...]) -> tuple[RiskPart, ...]:
    twice = first_twice(tuple(risk.risk for risk in risks))
    if twice is not None:
        raise ValueError(f"the risk '{twice}' is there twice; keep one")
    return risks


Kpis = Annotated[tuple[KpiPart, ...], Field(max_length=PARTS_MAX), AfterValidator(_kpis_once)]
Vendors = Annotated[tuple[VendorPart, ...], Field(max_length=PARTS_MAX), AfterValidator(_vendors_once)]
Risks = Annotated[tuple[RiskPart, ...], Field(max_length=PARTS_MAX), AfterValidator(_risks_once)]
