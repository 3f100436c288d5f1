"""What was measured of a workflow over a period, and what went wrong in it."""

from dataclasses import dataclass
from enum import StrEnum


class Bucket(StrEnum):
    """Where money goes."""

    COMPUTE = "compute"
    LAST_MILE = "last mile"
    BEING_WRONG = "being wrong"
    LEARNING = "learning"


class Severity(StrEnum):
    """How bad an incident is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Measurement:
    """One value of a KPI over a period (dates, the last day included), with its uncertainty where it has one.

    `n` is its denominator, `low` and `high` a 95 % interval, None where they are not known. `control`: measured where
    the workflow did not act. `evidence` is the digest of the evidence that holds it.
    """

    workflow: str
    kpi: str
    value: float
    period_start: str
    period_end: str
    source: str
    evidence: str
    n: int | None = None
    low: float | None = None
    high: float | None = None
    segment: str | None = None
    control: bool = False


@dataclass(frozen=True, slots=True)
class Expense:
    """Money spent in one bucket over a period. `evidence` is the digest of the evidence that holds it."""

    workflow: str
    bucket: Bucket
    amount_usd: float
    period_start: str
    period_end: str
    source: str
    evidence: str


@dataclass(frozen=True, slots=True)
class PeriodRun:
    """What the run time did in a period: counts of cases. `wrong` are those of `labelled` that turned out wrong.

    `evidence` is the digest of the evidence that holds it. Cases without an outcome are in `cases` only.
    """

    workflow: str
    release: str
    period_start: str
    period_end: str
    cases: int
    applied: int
    reviewed: int
    overridden: int
    labelled: int
    wrong: int
    successes: int
    evidence: str


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that went wrong; `closed_at` None while it is open. `entry` is where it is on record."""

    workflow: str
    title: str
    severity: Severity
    opened_at: str
    owner: str
    entry: int
    redline: bool = False  # a line was crossed that must never be
    mitigation: str | None = None
    cost_usd: float | None = None
    closed_at: str | None = None
    closed_by: str | None = None
    lesson: str | None = None
