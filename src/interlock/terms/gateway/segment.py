"""A segment: one file of trace records, each of which holds the digest of the record before it."""

from dataclasses import dataclass
from enum import StrEnum

from interlock.terms.gateway.trace import Accepted, Outcome
from interlock.terms.gateway.ungoverned import Ungoverned


class Ended(StrEnum):
    """How a segment ended."""

    ROTATED = "rotated"  # by its size or age: the worker goes on in the next one
    CLOSED = "closed"  # the worker stopped in good order
    CRASHED = "crashed"  # the worker died; another process sealed it


@dataclass(frozen=True, slots=True)
class SegmentFlaw:
    """A line (the first is 1) that is not what was written; `request` is whose record it is, where that can be read."""

    line: int
    words: str
    request: str | None = None


@dataclass(frozen=True, slots=True)
class SegmentMarks:
    """What is known of a sealed segment beside its records. Digests are SHA-256 in hex.

    `worker` wrote it as its segment `number` (from 1); `follows` is the digest of the last line of the one before it
    ("" for the first). `first` and `last` are the digests of its own first and last line, `sha256` that of the whole
    file. `torn_bytes` were being written when the worker died: their record was never promised to anybody.
    """

    name: str
    worker: str
    number: int
    follows: str
    first: str
    last: str
    sha256: str
    size: int
    lines: int
    ended: Ended
    torn_bytes: int = 0
    flaws: tuple[SegmentFlaw, ...] = ()
    ungoverned: tuple[Ungoverned, ...] = ()


@dataclass(frozen=True, slots=True)
class Segment(SegmentMarks):
    """A sealed segment with all that its records say."""

    accepted: tuple[Accepted, ...] = ()
    outcomes: tuple[Outcome, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentTexts(SegmentMarks):
    """A sealed segment whose records come with the JSON text that they are.

    A record is to be looked at only: it has the fields of its term, and is of a class that is quicker to make.
    """

    accepted: tuple[tuple[Accepted, str], ...] = ()
    outcomes: tuple[tuple[Outcome, str], ...] = ()
