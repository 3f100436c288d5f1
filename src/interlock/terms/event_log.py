"""What an event log says about where work waits, is passed on, and comes back."""

from dataclasses import dataclass
from enum import StrEnum


class Choke(StrEnum):
    """The kinds of choke points."""

    WAITING = "waiting"  # between two activities that follow each other
    HAND_OFF = "hand-off"  # from one resource or group to another
    REWORK = "rework"  # an activity that is done again in the same case
    PING_PONG = "ping-pong"  # handed on and straight back
    REOPENING = "reopening"  # something follows an activity that ends a case


@dataclass(frozen=True, slots=True)
class LogColumns:
    """Which column says what; None where the log does not have it. `time` is the end of an event where it has both."""

    case: str
    activity: str
    time: str
    resource: str | None = None
    start: str | None = None
    amount: str | None = None
    lifecycle: str | None = None  # whether a row is the start or the end ("complete") of a piece of work


@dataclass(frozen=True, slots=True)
class LogAsked:
    """How a log is to be read. What is None is guessed from the names of columns, and the guess is told.

    `closed` are the activities that end a case. `time_format` is as of strptime. `until` (UTC, as text) is when the
    log was taken at the latest: later events are left out. At most `kept` groups of each kind are kept.
    """

    until: str
    case: str | None = None
    activity: str | None = None
    time: str | None = None
    resource: str | None = None
    start: str | None = None
    amount: str | None = None
    time_format: str | None = None
    closed: tuple[str, ...] = ()
    kept: int = 20


@dataclass(frozen=True, slots=True)
class Gap:
    """Gaps before an event that belong together: n of them in so many cases, with the hours that passed.

    `median_low` and `median_high` are an interval for the median from order statistics, None where n is too small.
    `amount_days` is amount times days, None where no amount is known.
    """

    kind: Choke
    source: str
    target: str
    n: int
    cases: int
    hours: float
    median_hours: float
    median_low: float | None = None
    median_high: float | None = None
    amount_days: float | None = None


@dataclass(frozen=True, slots=True)
class Cycle:
    """Hours from the first event to the last over `n` cases."""

    n: int
    median_hours: float
    p90_hours: float
    median_low: float | None = None
    median_high: float | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Events that were not counted, by reason, and what is odd about those that were."""

    no_case_or_activity: int
    no_time: int
    implausible_time: int
    duplicates: int
    out_of_order: int
    cases_of_one_event: int
    other_transitions: int = 0  # rows that are a start and so on, where the log has rows that are an end
    no_end: int = 0  # events whose start stands for their end
    ends_before_start: int = 0
    unread_amounts: int = 0


@dataclass(frozen=True, slots=True)
class EventLog:
    """What was mined from one file. `hours` is the time between events over all cases.

    `ended_cases` and `open_hours` (waited since the last event until the log ends) are None where nobody said which
    activities end a case.
    """

    file: str
    sha256: str
    columns: LogColumns
    guessed: tuple[str, ...]
    rows: int
    events: int
    cases: int
    activities: int
    first: str
    last: str
    hours: float
    cycle: Cycle
    left_out: LeftOut
    gaps: tuple[Gap, ...]
    ended_cases: int | None = None
    open_hours: float | None = None
