"""Checking an exported ledger on its own: every byte of the file counts."""

import hashlib
from collections.abc import Iterable, Iterator

from interlock.engine.ledger.checker import Checker
from interlock.engine.ledger.export_lines import (
    FORMAT,
    FORMAT_1,
    closing_of,
    entry_of,
    entry_of_format_1,
    header_of,
    root_of_line,
)
from interlock.terms.checkpoint import Checkpoint
from interlock.terms.ledger import LedgerCheck

ROOT, CLOSING = b'{"root"', b'{"lines"'
UNREADABLE = "its line is not what was written: bytes were changed"
ROOT_UNREADABLE = "the line of a root is not what was written: bytes were changed"
BEHIND = "there are lines behind the closing line: they were added"
NO_CLOSING = "the closing line is missing: the end of the file was cut off"
ELSEWHERE = "bytes of the file were changed that no entry's hash covers: its closing line does not fit"


def check_export(lines: Iterable[bytes], *, root_every: int, kept: Iterable[Checkpoint] = ()) -> LedgerCheck:
    """Check raw lines with their line ends, in one pass and bounded memory. `kept` are checkpoints kept elsewhere.

    A ledger that was rewritten as a whole is consistent in itself: only a checkpoint shows that.
    """
    remaining = iter(lines)
    first = next(remaining, b"")
    header = header_of(first)
    if header is None:
        checker = Checker(root_every=root_every)
        words = f"the first line is not the header of an exported ledger ({FORMAT})" if first else "the file is empty"
        checker.fault(None, words)
        return checker.result()
    version, size, root = header
    checker = Checker(root_every=1 if version == FORMAT_1 else root_every, kept=kept)
    closed = _take_format_1(checker, remaining) if version == FORMAT_1 else _take(checker, first, remaining)
    checker.end(size, root, head="the header")
    if not closed and not checker.faults:
        checker.fault(None, ELSEWHERE)
    return checker.result()


def _take_format_1(checker: Checker, lines: Iterator[bytes]) -> bool:
    """Every line has the root up to it, and every record its place; no line closes the file."""
    for number, line in enumerate(lines):
        parts = entry_of_format_1(line)
        if parts is None:
            checker.unreadable(UNREADABLE)
            continue
        record, leaf, root = parts
        checker.entry(record, leaf, name=number)
        checker.root(number + 1, root)
    return True


def _take(checker: Checker, first: bytes, lines: Iterator[bytes]) -> bool:
    """Whether the closing line fits."""
    digest, number = hashlib.sha256(first), 1
    for line in lines:
        if line.startswith(CLOSING) and (closing := closing_of(line)) is not None:
            if next(lines, None) is not None:
                checker.fault(None, BEHIND)
            return closing == (number, digest.digest())
        digest.update(line)
        number += 1
        entry = entry_of(line)
        if entry is None:
            _take_other(checker, line)
        else:
            checker.entry(entry.record, entry.leaf, name=entry.entry_index, place=entry.place, payload=entry.payload)
    checker.fault(None, NO_CLOSING)
    return False


def _take_other(checker: Checker, line: bytes) -> None:
    root = root_of_line(line)
    if root is not None:
        checker.root(*root)
    elif line.startswith(ROOT):
        checker.fault(None, ROOT_UNREADABLE)
    else:
        checker.unreadable(UNREADABLE)
