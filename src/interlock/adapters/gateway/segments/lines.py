"""The lines of a segment: JSON objects, each with the SHA-256 of the line before it, as it lies in the file."""

import hashlib
from typing import Any

import msgspec

from interlock.terms.gateway.segment import Ended
from interlock.terms.gateway.trace import Accepted, Outcome
from interlock.terms.gateway.ungoverned import Ungoverned

FORMAT = 1
NOTHING_BEFORE = b""
BEGUN, ACCEPTED, OUTCOME, UNGOVERNED, SEALED = b"begun", b"accepted", b"outcome", b"ungoverned", b"sealed"


class Begun(msgspec.Struct, frozen=True):
    """The first line: which segment of which worker this is; `previous` is the last line of the one before it."""

    format: int
    worker: str
    number: int
    at: str


class Sealed(msgspec.Struct, frozen=True):
    """The last line. `lines` counts those before it, `torn_bytes` those of the last one where it was not finished."""

    at: str
    lines: int
    ended: Ended
    torn_bytes: int = 0


class Line(msgspec.Struct, frozen=True):
    """A line with its record still as it was written."""

    previous: str
    kind: str
    record: msgspec.Raw


encoded = msgspec.json.Encoder().encode
line_of = msgspec.json.Decoder(Line).decode
RECORDS: dict[str, msgspec.json.Decoder[Any]] = {
    BEGUN.decode(): msgspec.json.Decoder(Begun),
    ACCEPTED.decode(): msgspec.json.Decoder(Accepted),
    OUTCOME.decode(): msgspec.json.Decoder(Outcome),
    UNGOVERNED.decode(): msgspec.json.Decoder(Ungoverned),
    SEALED.decode(): msgspec.json.Decoder(Sealed),
}


def written(previous: bytes, kind: bytes, record: bytes) -> bytes:
    """A line without its end, put together by hand: to encode a record within a record costs twice."""
    return b'{"previous":"' + previous + b'","kind":"' + kind + b'","record":' + record + b"}"


def digest(line: bytes) -> bytes:
    """What the next line holds of this one."""
    return hashlib.sha256(line).hexdigest().encode()
