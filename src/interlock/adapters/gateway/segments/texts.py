"""What loading needs of a segment: its chain checked, and each record with its text."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

import msgspec

from interlock.adapters.gateway.segments.lines import (
    ACCEPTED,
    BEGUN,
    OUTCOME,
    RECORDS,
    SEALED,
    UNGOVERNED,
    Begun,
    Sealed,
    encoded,
    line_of,
)
from interlock.adapters.gateway.segments.quick import struct_of
from interlock.adapters.gateway.segments.reading import segment_of
from interlock.terms.gateway.segment import SegmentMarks, SegmentTexts
from interlock.terms.gateway.trace import Accepted, Outcome

_accepted: Callable[[bytes], Any] = msgspec.json.Decoder(struct_of(Accepted)).decode
_outcome: Callable[[bytes], Any] = msgspec.json.Decoder(struct_of(Outcome)).decode
_BEFORE = b'{"previous":"'
_BETWEEN = b'","kind":"%s","record":'
_AT = len(_BEFORE) + 64  # where what follows the digest of the line before begins
_OF_ACCEPTED, _OF_OUTCOME = _BETWEEN % ACCEPTED, _BETWEEN % OUTCOME
_ACCEPTED_AT, _OUTCOME_AT = _AT + len(_OF_ACCEPTED), _AT + len(_OF_OUTCOME)


SLICE_LINES = 64
Rest = Callable[[], None]


def slices(lines: list[bytes], rest: Rest) -> Iterator[list[bytes]]:
    """So many lines at a time; `rest` is called between them, so that answers that stream need not wait for all."""
    for start in range(0, len(lines), SLICE_LINES):
        if start:
            rest()
        yield lines[start : start + SLICE_LINES]


class _Unlike(Exception):
    """It is not as a worker writes it: what is wrong is for the slow walk to say."""


class _Lines:
    """The lines of a segment in which nothing is wrong, in the very words of interlock.adapters.gateway.segments.lines.

    Many lines at once are asked one thing after the other: a look at each by itself takes three times as long.
    """

    def __init__(self, raw: bytes, rest: Rest) -> None:
        """Raises _Unlike, also for a whole segment that is written in another way, and msgspec's errors."""
        lines = raw.split(b"\n")
        if lines.pop() or len(lines) < 2 or {line[-1:] for line in lines} != {b"}"}:
            raise _Unlike
        sha256 = hashlib.sha256
        digests: list[str] = []
        for some in slices(lines, rest):
            digests += [sha256(line).hexdigest() for line in some]
        follow = b"".join([line[:_AT] for line in lines[1:]])
        if follow != _BEFORE + _BEFORE.join([one.encode() for one in digests[:-1]]):
            raise _Unlike
        self.first, self.last = digests[0], digests[-1]
        self.follows, self.begun = _read(lines[0], BEGUN)
        _, self.sealed = _read(lines[-1], SEALED)
        self.accepted: list[tuple[Any, str]] = []
        self.outcomes: list[tuple[Any, str]] = []
        self.others: list[Any] = []
        for some in slices(lines[1:-1], rest):
            self._take(some)
        if self.sealed.lines != len(lines) - 1 or self.sealed.torn_bytes:
            raise _Unlike

    def _take(self, lines: list[bytes]) -> None:
        accepted = [line[_ACCEPTED_AT:-1] for line in lines if line.startswith(_OF_ACCEPTED, _AT)]
        outcomes = [line[_OUTCOME_AT:-1] for line in lines if line.startswith(_OF_OUTCOME, _AT)]
        self.accepted += [(_accepted(text), text.decode()) for text in accepted]
        self.outcomes += [(_outcome(text), text.decode()) for text in outcomes]
        if len(accepted) + len(outcomes) < len(lines):
            others = [line for line in lines if not line.startswith((_OF_ACCEPTED, _OF_OUTCOME), _AT)]
            self.others += [_read(line, UNGOVERNED)[1] for line in others]


def texts_of(name: str, raw: bytes, rest: Rest = lambda: None) -> SegmentTexts:
    """A sealed segment, as `segment_of` reads it; `rest` as in `slices`. Raises Unavailable where it is none."""
    try:
        whole = _Lines(raw, rest)
    except (_Unlike, msgspec.MsgspecError, UnicodeDecodeError):
        return _slowly(name, raw)
    begun: Begun = whole.begun
    sealed: Sealed = whole.sealed
    return SegmentTexts(
        name,
        begun.worker,
        begun.number,
        whole.follows,
        whole.first,
        whole.last,
        hashlib.sha256(raw).hexdigest(),
        len(raw),
        sealed.lines + 1,
        sealed.ended,
        ungoverned=tuple(whole.others),
        accepted=tuple(whole.accepted),
        outcomes=tuple(whole.outcomes),
    )


def _slowly(name: str, raw: bytes) -> SegmentTexts:
    """What can be read of a segment that is not as it was written, with its flaws."""
    segment = segment_of(name, raw)
    accepted, outcomes = map(encoded, segment.accepted), map(encoded, segment.outcomes)
    marks = {field.name: getattr(segment, field.name) for field in fields(SegmentMarks)}
    return SegmentTexts(
        **marks,
        accepted=tuple((_accepted(text), text.decode()) for text in accepted),
        outcomes=tuple((_outcome(text), text.decode()) for text in outcomes),
    )


def _read(line: bytes, kind: bytes) -> tuple[str, Any]:
    """What a line of a kind follows, and its record."""
    read = line_of(line)
    if read.kind != kind.decode():
        raise _Unlike
    return read.previous, RECORDS[read.kind].decode(read.record)
