"""An authored portfolio, as its files hold it: what each initiative went through, in days before today."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from interlock.terms.council import Organisation
from interlock.terms.measured import Bucket, Severity
from interlock.terms.stage import RolloutStage
from interlock.terms.workflow import WorkflowDefinition


@dataclass(frozen=True, slots=True)
class SampleIncident:
    """`opened` and `closed` in days before today; None while it is open."""

    title: str
    severity: Severity
    owner: str
    opened: int
    closed: int | None
    redline: bool
    lesson: str


@dataclass(frozen=True, slots=True)
class SampleWaiver:
    """`given` in days before today, `ends_in` in days from today."""

    gate: str
    check: str
    by: str
    reason: str
    given: int
    ends_in: int


@dataclass(frozen=True, slots=True)
class SampleSheet:
    """What people answered about a vendor, `given` in days before today. An answer is a value, words, or a
    mapping of both, by item.
    """

    instrument: str
    vendor: str
    by: str
    given: int
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SampleInitiative:
    """One initiative. `trouble` is what is wrong with it on purpose, "" for nothing.

    Lists are by month (30 days), the newest last. `kpis`: values and half the width of their interval. `burst`: cases
    of the last week that no grant allows.
    """

    definition: WorkflowDefinition
    trouble: str
    proposed_by: str
    begins: int
    reaches: Mapping[RolloutStage, int]
    cases_a_month: int
    wrong_a_month: int
    kpis: Mapping[str, tuple[tuple[float, ...], float]]
    money: Mapping[Bucket, tuple[float, ...]]
    incidents: tuple[SampleIncident, ...]
    waiver: SampleWaiver | None
    burst: int
    sheets: tuple[SampleSheet, ...] = ()


@dataclass(frozen=True, slots=True)
class SamplePortfolio:
    """An invented company and its initiatives, in the order of their files."""

    organisation: Organisation
    initiatives: tuple[SampleInitiative, ...]
