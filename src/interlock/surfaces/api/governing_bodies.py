"""What requests about the governing of a workflow hold."""

import datetime as dt
from typing import Annotated

from pydantic import Field

from interlock.surfaces.api.bodies import MANY_MAX, Body, Words
from interlock.terms.grant import AutonomyLevel
from interlock.terms.measured import Bucket, Severity
from interlock.terms.stage import Choice, RolloutStage

Reason = Annotated[Words, Field(description="Why; it is recorded.")]
Named = Annotated[str, Field(min_length=1, max_length=200)]
Day = Annotated[dt.date, Field(strict=False, description="A date, such as 2026-12-31.")]
Usd = Annotated[float, Field(ge=0)]


class ReasonBody(Body):
    """Why something is done."""

    reason: Reason


class MoveBody(Body):
    """The stage to enter."""

    stage: Annotated[RolloutStage, Field(strict=False)]
    reason: Reason


class GoOnBody(Body):
    """How it goes on; `sprints` with `iterate` alone."""

    choose: Annotated[Choice, Field(strict=False)]
    sprints: Annotated[int, Field(ge=0, le=2)] = 0
    reason: Reason


class PromoteBody(Body):
    """The release that you looked at, the level, and the segments that it covers (none: all)."""

    release: Named
    level: Annotated[AutonomyLevel, Field(strict=False)] = AutonomyLevel.AGENT
    segments: Annotated[list[Named], Field(max_length=100, default_factory=list)]


class WaiveBody(Body):
    """One check of one gate, and the last day on which it is set aside."""

    gate: Named
    check: Named
    until: Day
    reason: Reason


class IncidentBody(Body):
    """What went wrong. `owner` answers for it until it is closed."""

    title: Words
    severity: Annotated[Severity, Field(strict=False)]
    owner: Named
    redline: bool = False
    mitigation: Words | None = None
    cost_usd: Usd | None = None


class CloseIncidentBody(Body):
    """What was learned."""

    lesson: Words
    mitigation: Words | None = None
    cost_usd: Usd | None = None


class PeriodBody(Body):
    """Its first and its last day, both included."""

    period_start: Day
    period_end: Day


class KpiBody(PeriodBody):
    """One value, in the unit of the KPI; `low` and `high` are a 95 % interval."""

    kpi: Named
    value: float
    n: Annotated[int | None, Field(ge=1)] = None
    low: float | None = None
    high: float | None = None
    segment: Named | None = None
    control: bool = False
    unit: Named | None = None


class KpisBody(Body):
    """Values from one source."""

    source: Named
    values: Annotated[list[KpiBody], Field(min_length=1, max_length=MANY_MAX)]


class ExpenseBody(PeriodBody):
    """Money in one bucket."""

    bucket: Annotated[Bucket, Field(strict=False)]
    amount_usd: Usd
    source: Named
