"""The stand-up: a light for each KPI, and actions that somebody agreed to do by a date."""

from dataclasses import dataclass
from enum import StrEnum

from interlock.terms.initiative import Kpi
from interlock.terms.measured import Measurement


class Light(StrEnum):
    """Where a KPI is against the straight way from its baseline to its target, worst first."""

    BEHIND = "behind"
    UNSURE = "cannot be said"
    UNKNOWN = "not known"
    ON_TRACK = "on track"


@dataclass(frozen=True, slots=True)
class KpiLight:
    """The light of one KPI with its reason. `measured` are its measurements, oldest first.

    `asked_for` is the value that the way to the target asks for at the newest measurement, None where there is no way.
    `was` is its light at the last stand-up.
    """

    workflow: str
    kpi: Kpi
    light: Light
    reason: str
    measured: tuple[Measurement, ...] = ()
    asked_for: float | None = None
    was: Light | None = None


@dataclass(frozen=True, slots=True)
class FunctionLight:
    """One function of the business: the worst of its lights, and each KPI, worst first.

    `trouble` says what else is to be known: halted workflows and open incidents. `without` are its workflows that name
    no KPI.
    """

    function: str
    light: Light
    kpis: tuple[KpiLight, ...]
    trouble: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Closing:
    """How an action ended: `done` or not, and then why not. `entry` is where it is on record."""

    done: bool
    note: str
    by: str
    at: str
    entry: int


@dataclass(frozen=True, slots=True)
class Action:
    """Something that `owner` agreed to do until `due` (a date). `entry` is where it is on record.

    `workflow` is None where it concerns no workflow or several. `follows` is the entry of the action that was not done
    and that this one is instead of.
    """

    entry: int
    what: str
    owner: str
    due: str
    by: str
    at: str
    workflow: str | None = None
    follows: int | None = None
    closing: Closing | None = None

    def overdue(self, today: str) -> bool:
        """Whether it is open and its date is over."""
        return self.closing is None and self.due < today


@dataclass(frozen=True, slots=True)
class StandUp:
    """A stand-up that was held: who was there, the light of each function as it was then, and how actions stood."""

    at: str
    by: str
    present: tuple[str, ...]
    lights: tuple[tuple[str, Light], ...]
    open_actions: int
    overdue_actions: int
    note: str
    entry: int
