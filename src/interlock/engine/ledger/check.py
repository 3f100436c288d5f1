"""Checking a ledger entry by entry: each must be canonical, in its place, and hash to what is written."""

import json
from collections.abc import Iterable
from typing import Any

from interlock.engine.ledger.canonical import canonical
from interlock.engine.ledger.merkle import grow, leaf_hash, root_of
from interlock.terms.ledger import Fault, LedgerCheck, LedgerEntry, TreeHead

FORMAT = "interlock-ledger/1"
FAULTS_KEPT = 20
NO_LEAF = b"\x00" * 32  # takes the place of an unreadable entry, so that the entries behind it keep theirs
LINE_PARTS = ({"entry", "leaf", "root"}, {"entry", "leaf"})
HEADER_PARTS = {"format", "entries", "root"}


class Checker:
    """Feeds on entries in order; keeps the tree head only, so a ledger of any length fits in memory."""

    def __init__(self) -> None:
        self.head = TreeHead(0, ())
        self.faults: list[Fault] = []
        self._root_lost = False

    def entry(self, record: bytes, leaf: bytes, root: bytes | None = None) -> None:
        """Check the next entry. After a fault the tree goes on from what is written: later entries stay checkable."""
        index = self.head.size
        reason = _fault_in(record, index)
        actual = leaf_hash(record)
        grown = grow(self.head, leaf)
        if not reason and actual != leaf:
            reason = "its content does not match its recorded hash: the entry was changed after it was written"
            as_hashed = grow(self.head, actual)
            if root is not None and root_of(as_hashed) == root:
                grown = as_hashed  # the hash was changed, not the content: the entries behind it are sound
        self.head = grown
        if root is not None and not self._root_lost and root_of(grown) != root:
            self._root_lost = True  # every later root differs as well; the first place is what matters
            replaced = (
                "the tree's root up to here does not match the recorded one: this or an earlier entry was replaced"
            )
            reason = reason or replaced
        if reason:
            self.fault(index, reason)

    def unreadable(self, reason: str) -> None:
        """Note an entry that cannot be read and go on behind it."""
        self.fault(self.head.size, reason)
        self.head = grow(self.head, NO_LEAF)
        self._root_lost = True

    def fault(self, index: int | None, reason: str) -> None:
        """Note a fault (the first ones are kept)."""
        if len(self.faults) < FAULTS_KEPT:
            self.faults.append(Fault(index, reason))

    def result(self) -> LedgerCheck:
        """What was found."""
        return LedgerCheck(self.head.size, root_of(self.head).hex(), tuple(self.faults))


def _fault_in(record: bytes, index: int) -> str:
    try:
        content = json.loads(record)
        if canonical(content) != record:
            return "it is not in canonical form: bytes were changed"
        if "index" in content and (type(content["index"]) is not int or content["index"] != index):
            return f"it says it is entry {content['index']}: entries are missing, added or out of order"
    except (ValueError, KeyError, TypeError, RecursionError) as exc:
        return f"it cannot be read: {exc}"
    return ""


def check_entries(entries: Iterable[LedgerEntry]) -> LedgerCheck:
    """Check the entries of a store."""
    checker = Checker()
    for entry in entries:
        checker.entry(entry.record, entry.leaf)
    return checker.result()


def export_header(size: int, root_hex: str) -> bytes:
    """The first line of an exported ledger."""
    return canonical({"format": FORMAT, "entries": size, "root": root_hex})


def export_line(entry: LedgerEntry) -> bytes:
    """One entry of an exported ledger on one line: canonical where the record is, and as it is where it is damaged."""
    return b'{"entry":%b,"leaf":"%b"}' % (entry.record, entry.leaf.hex().encode())


def check_export(lines: Iterable[bytes]) -> LedgerCheck:
    """Check an exported ledger on its own: every byte counts, each line names the entry it holds.

    `lines` are raw lines with their line end. A ledger that was rewritten as a whole is consistent in itself: only a
    checkpoint kept elsewhere shows that (see `interlock ledger verify --checkpoint`).
    """
    checker, header = Checker(), None
    for number, line in enumerate(lines):
        content = _line(line)
        if number == 0:
            header = content if isinstance(content, dict) and content.get("format") == FORMAT else None
            if header is None or set(header) != HEADER_PARTS:
                checker.fault(None, f"the first line is not the header of an exported ledger ({FORMAT})")
        elif content is None:
            checker.unreadable("its line is not what was written: bytes were changed")
        else:
            _check_line(checker, content)
    _check_header(checker, header)
    return checker.result()


def _line(line: bytes) -> Any:
    """The content of a line, or None where its bytes are not the canonical form of what they say."""
    body = line.removesuffix(b"\n")
    try:
        content = json.loads(body)
        return content if canonical(content) + b"\n" == line else None
    except (ValueError, TypeError, RecursionError):
        return None


def _check_line(checker: Checker, content: Any) -> None:
    try:
        if set(content) not in LINE_PARTS:
            raise ValueError(f"it has the parts {', '.join(sorted(content))}")
        record, leaf = canonical(content["entry"]), _hash(content["leaf"])
        root = _hash(content["root"]) if "root" in content else None
    except (KeyError, TypeError, ValueError) as exc:
        checker.unreadable(f"its line is not that of an entry: {exc!r}")
        return
    checker.entry(record, leaf, root)


def _hash(text: str) -> bytes:
    value = bytes.fromhex(text)
    if value.hex() != text:  # fromhex also takes capitals and blanks, and then a changed byte would not show
        raise ValueError("a hash is not in lower-case hexadecimal digits")
    return value


def _check_header(checker: Checker, header: Any) -> None:
    size, root_hex = checker.head.size, root_of(checker.head).hex()
    if header is None:
        if not checker.faults:
            checker.fault(None, "the file is empty")
        return
    if type(header.get("entries")) is not int or header["entries"] != size:
        checker.fault(
            None, f"the header says {header.get('entries')} entries, the file holds {size}: some were cut or added"
        )
    elif header.get("root") != root_hex and not checker.faults:
        checker.fault(None, "the header's root is not the root of the entries")
