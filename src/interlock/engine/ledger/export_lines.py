"""The lines of an exported ledger: a header, entries, the roots between them, and a closing line.

Every line is canonical JSON as a whole, so there is one right sequence of bytes for each content.
"""

import json
import re
from typing import NamedTuple

from interlock.engine.ledger.canonical import canonical
from interlock.terms.ledger import LedgerEntry

FORMAT = "interlock-ledger/2"
FORMAT_1 = "interlock-ledger/1"
FORMATS = (FORMAT, FORMAT_1)

_OPENING = b'{"entry":'
_NUMBER = rb"(0|[1-9][0-9]{0,17})"
_HASH = rb'"([0-9a-f]{64})"'
_LEAF = b',"leaf":"'
_END = re.compile(rb',"leaf":%b,"n":%b\}\n' % (_HASH, _NUMBER))
_LONG_END = re.compile(
    rb'(?:,"index":%b)?,"leaf":%b,"n":%b(?:,"payload":(\{.*\}))?\}\n' % (_NUMBER, _HASH, _NUMBER), re.DOTALL
)
_ROOT = re.compile(rb'\{"root":%b,"size":%b\}\n' % (_HASH, _NUMBER))
_CLOSING = re.compile(rb'\{"lines":%b,"sha256":%b\}\n' % (_NUMBER, _HASH))
_END_1 = re.compile(rb',"leaf":%b,"root":%b\}\n' % (_HASH, _HASH))
_DECODER = json.JSONDecoder()


class EntryLine(NamedTuple):
    """One entry: `place` is its number in the file, `entry_index` the one under which its store keeps it."""

    record: bytes
    leaf: bytes
    place: int
    entry_index: int
    payload: bytes | None = None


def header_line(size: int, root: bytes) -> bytes:
    """The first line of a ledger of `size` entries with that root."""
    return canonical({"format": FORMAT, "entries": size, "root": root.hex()}) + b"\n"


def entry_line(entry: LedgerEntry, *, place: int, payload: bool) -> bytes:
    """An entry, with its payload where asked and kept; its record as it is, also where it is damaged."""
    index = b"" if entry.index == place else b'"index":%d,' % entry.index
    kept = b"" if entry.payload is None or not payload else b',"payload":' + canonical(entry.payload)
    return b'{"entry":%b,%b"leaf":"%b","n":%d%b}\n' % (entry.record, index, entry.leaf.hex().encode(), place, kept)


def root_line(size: int, root: bytes) -> bytes:
    """The root that was recorded when the tree had `size` entries."""
    return b'{"root":"%b","size":%d}\n' % (root.hex().encode(), size)


def closing_line(lines: int, sha256: bytes) -> bytes:
    """The last line: how many lines come before it, and the SHA-256 of their bytes."""
    return b'{"lines":%d,"sha256":"%b"}\n' % (lines, sha256.hex().encode())


def header_of(line: bytes) -> tuple[str, int, bytes] | None:
    """Format, number of entries and root of a first line; None where it is not the header of a known format."""
    try:
        content = json.loads(line)
        if canonical(content) + b"\n" != line or set(content) != {"format", "entries", "root"}:
            return None
        size, root = content["entries"], bytes.fromhex(content["root"])
        known = content["format"] in FORMATS and type(size) is int and size >= 0 and root.hex() == content["root"]
    except (ValueError, TypeError, RecursionError):
        return None
    return (content["format"], size, root) if known else None


def entry_of(line: bytes) -> EntryLine | None:
    """The entry of a line, or None where it is not that of an entry. Its record may still be damaged."""
    start = line.rfind(_LEAF)
    end = _END.fullmatch(line, start) if start > 0 else None
    if end is None or line[start - 1 : start] != b"}":  # there is more behind the record
        return _entry_of_longer(line)
    if not line.startswith(_OPENING):
        return None
    place = int(end[2])
    return EntryLine(line[len(_OPENING) : start], bytes.fromhex(end[1].decode()), place, place)


def _entry_of_longer(line: bytes) -> EntryLine | None:
    start = _record_end(line)
    end = _LONG_END.fullmatch(line, start) if start else None
    if end is None:
        return None
    index, leaf, place, payload = end.groups()
    record = line[len(_OPENING) : start]
    return EntryLine(record, bytes.fromhex(leaf.decode()), int(place), int(place if index is None else index), payload)


def _record_end(line: bytes) -> int:
    """Where the record of a line ends, 0 where that cannot be told."""
    if not line.startswith(_OPENING):
        return 0
    try:
        text = line.decode()
        _, end = _DECODER.raw_decode(text, len(_OPENING))
    except (ValueError, RecursionError):
        return 0
    return len(text[:end].encode())


def root_of_line(line: bytes) -> tuple[int, bytes] | None:
    """Size and root of a root line, or None where it is none."""
    found = _ROOT.fullmatch(line)
    return (int(found[2]), bytes.fromhex(found[1].decode())) if found else None


def closing_of(line: bytes) -> tuple[int, bytes] | None:
    """Number of lines and digest of a closing line, or None where it is none."""
    found = _CLOSING.fullmatch(line)
    return (int(found[1]), bytes.fromhex(found[2].decode())) if found else None


def entry_of_format_1(line: bytes) -> tuple[bytes, bytes, bytes] | None:
    """Record, leaf and root of a line of the first format, or None where it is not that of an entry."""
    start = line.rfind(_LEAF)
    end = _END_1.fullmatch(line, start) if start > 0 else None
    if end is None or not line.startswith(_OPENING):
        return None
    return line[len(_OPENING) : start], bytes.fromhex(end[1].decode()), bytes.fromhex(end[2].decode())
