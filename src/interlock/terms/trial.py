"""A file of past decisions that somebody tries on the server: where it stands, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

FILE_BYTES_MAX = 100 * 1024**2


class TrialState(StrEnum):
    """Where a trial stands."""

    WAITING = "waiting"  # others are before it
    RUNNING = "running"
    DONE = "done"  # there is a report
    REFUSED = "refused"  # the file or an answer of the person cannot be used; they can mend it
    FAILED = "failed"  # the work ended without an answer
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self not in {TrialState.WAITING, TrialState.RUNNING}


@dataclass(frozen=True, slots=True)
class TrialAsked:
    """What somebody wants to know of a file. Names of columns; "" is guessed, "-" says that there is none.

    `budget` is a share of all cases, costs are in USD; None takes the usual. `log`: the file is an event log, and asked
    is where work waits; what an event log has no column for does not count, nor do the last five for other files.
    `closed` is the activity that ends a case.
    """

    text: tuple[str, ...] = ()
    label: str = ""
    prediction: str = ""
    confidence: str = ""
    group: str = ""
    time: str = ""
    budget: float | None = None
    cost_wrong_usd: float | None = None
    cost_review_usd: float | None = None
    skip_broken: bool = False
    log: bool = False
    case: str = ""
    activity: str = ""
    start: str = ""
    resource: str = ""
    closed: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """One trial as its owner sees it. Times are RFC 3339; `share` of the work is done, 0 to 1.

    `before` trials of others come first. `words` say how it ended, `headline` is the report's conclusion, `told` what
    was noticed on the way, `columns` those of the file with an example of each, where it could be read. Everything of
    it is deleted at `kept_until`, None while it goes on.
    """

    id: str
    owner: str
    file: str
    authored: bool
    asked: TrialAsked
    state: TrialState
    began_at: str
    step: str = ""
    share: float = 0.0
    before: int = 0
    words: str = ""
    headline: str = ""
    told: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    ended_at: str | None = None
    kept_until: str | None = None
