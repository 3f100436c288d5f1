"""What a segment's bytes hold, and where they are not what was written."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

import msgspec

from interlock.adapters.gateway.segments.lines import RECORDS, Begun, Sealed, digest, line_of
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.segment import Segment, SegmentFlaw
from interlock.terms.gateway.trace import Accepted, Outcome
from interlock.terms.gateway.ungoverned import Ungoverned

ENDS = "sealed"


@dataclass(slots=True)
class Walk:
    """A walk over the lines, each against the one before it."""

    begun: Begun | None = None
    sealed: Sealed | None = None
    follows: str = ""
    first: str = ""
    last: str = ""
    lines: int = 0
    torn: int = 0  # bytes of the line before the last, where that is no record
    whose: str | None = None  # the request of the line before
    records: list[Any] = field(default_factory=list)
    flaws: list[SegmentFlaw] = field(default_factory=list)

    def over(self, raw: bytes) -> "Walk":
        """Itself, after all lines of a file. What follows the last line break is torn, and is a line too."""
        lines = raw.split(b"\n")
        if not lines[-1]:
            lines.pop()
        for line in lines:
            self._step(line, is_before_last=self.lines == len(lines) - 2)
        if self.begun is None:
            self._flaw(1, "this is no first line of a segment")
        return self

    def _step(self, line: bytes, *, is_before_last: bool) -> None:
        self.lines += 1
        before, self.last = self.last, digest(line).decode()
        try:
            read = line_of(line)
            record = RECORDS[read.kind].decode(read.record)
        except (msgspec.MsgspecError, KeyError, UnicodeDecodeError):
            self.whose = None
            if is_before_last:  # it may be torn, and then the last one says so
                self.torn = len(line)
            else:
                self._flaw(self.lines, "it is no record any more")
            return
        if self.lines == 1:
            self.first, self.follows = self.last, read.previous
        elif read.previous != before:
            self._flaw(self.lines - 1, "it is not what was written: the line after it says otherwise")
        self._take(record)

    def _take(self, record: Any) -> None:
        if isinstance(record, Begun):
            self.begun = record
            if self.lines != 1:
                self._flaw(self.lines, "a segment begins in the middle of another one")
        elif isinstance(record, Sealed):
            self.sealed = record
        else:
            self.records.append(record)
        self.whose = getattr(record, "id", None)

    def _flaw(self, line: int, words: str) -> None:
        if all(flaw.line != line for flaw in self.flaws):
            self.flaws.append(SegmentFlaw(line, words, self.whose if line == self.lines - 1 else None))

    def of(self, kind: type) -> tuple[Any, ...]:
        """The records of a kind, in order."""
        return tuple(record for record in self.records if isinstance(record, kind))


def segment_of(name: str, raw: bytes) -> Segment:
    """A sealed segment. Raises Unavailable where it is none."""
    walk = Walk().over(raw)
    if walk.begun is None or walk.sealed is None:
        raise Unavailable(f"{name} is no sealed segment of a trace: it lacks its first line or its last one")
    _check_end(walk, raw)
    return Segment(
        name,
        walk.begun.worker,
        walk.begun.number,
        walk.follows,
        walk.first,
        walk.last,
        hashlib.sha256(raw).hexdigest(),
        len(raw),
        walk.lines,
        walk.sealed.ended,
        walk.sealed.torn_bytes,
        tuple(walk.flaws),
        walk.of(Ungoverned),
        walk.of(Accepted),
        walk.of(Outcome),
    )


def _check_end(walk: Walk, raw: bytes) -> None:
    if walk.sealed is not None and walk.torn not in {0, walk.sealed.torn_bytes}:
        walk.flaws.append(SegmentFlaw(walk.lines - 1, "it is no record any more"))
    if walk.sealed is not None and walk.sealed.lines != walk.lines - 1:
        walk.flaws.append(SegmentFlaw(walk.lines, f"it says that {walk.sealed.lines} lines are before it"))
    if not raw.endswith(b"\n"):
        walk.flaws.append(SegmentFlaw(walk.lines, "something was added after the last line"))
