"""What is asked of a bake-off, and what it needs from the outside."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from interlock.ports.candidates import Candidate
from interlock.ports.clock import Clock
from interlock.ports.progress import Progress
from interlock.ports.tables import TableReader
from interlock.terms.certificate import Promise

OUTSIDE_CALIBRATION_CASES = 500


@dataclass(frozen=True, slots=True)
class ColumnsAsked:
    """Columns named by the user; what is left out is guessed."""

    text: tuple[str, ...] = ()
    label: str | None = None
    prediction: str | None = None
    confidence: str | None = None
    group: str | None = None
    time: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One bake-off. Costs in USD; `budget`, `min_gain` are shares of all cases.

    `outside_cases` limits how many calibration cases an outside candidate is asked (and 3/5 as many evaluation cases).
    `use_recorded` is False where the file's own predictions are to be left alone.
    """

    path: Path
    columns: ColumnsAsked = field(default_factory=ColumnsAsked)
    budget: float = 0.02
    promise: Promise = Promise.JOINT
    delta: float = 0.05
    min_gain: float = 0.05
    cost_wrong_usd: float = 50.0
    cost_review_usd: float = 2.0
    cost_wrong_given: bool = False
    cost_review_given: bool = False
    seed: int = 0
    rows_max: int = 200_000
    skip_broken: bool = False
    outside_cases: int = OUTSIDE_CALIBRATION_CASES
    use_recorded: bool = True
    authored_sample: bool = False


class Watch(Protocol):
    """Somebody who watches the work."""

    def stage(self, name: str) -> Progress:
        """A new stretch of work begins; what it reports is its progress."""
        ...

    def tell(self, line: str) -> None:
        """Something a person should know at once, such as a guess that may be wrong."""
        ...


@dataclass(frozen=True, slots=True)
class Needs:
    """The outside. `candidates` is called only where something is to be fitted."""

    read_table: TableReader
    candidates: Callable[[], Sequence[Candidate]]
    clock: Clock
    watch: Watch
    version: str
