"""Ledgers without a store: made of contents, with gaps, payloads and an unsealed end where a test wants them."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from interlock.engine.ledger.canonical import canonical
from interlock.engine.ledger.export_lines import closing_line, entry_line, header_line, root_line
from interlock.engine.ledger.merkle import Growing, leaf_hash, root_of
from interlock.engine.ledger.payloads import payload_digest
from interlock.ports.store import Reading
from interlock.ports.tree import BATCH
from interlock.terms.ledger import BatchRoot, LedgerEntry, TreeHead

Content = Mapping[str, Any]


def entry(index: int, content: Content, payload: Mapping[str, Any] | None = None) -> LedgerEntry:
    """The entry of a record's content, with a right leaf hash."""
    written = dict(content)
    if payload is not None:
        written["payload"] = payload_digest(canonical(payload))
    record = canonical(written)
    return LedgerEntry(index, written["at"], written["kind"], written["body"], record, leaf_hash(record), payload)


def contents(size: int, *, approver: str = "Ana Ruiz") -> list[Content]:
    """Some records of decisions."""
    return [
        {
            "at": f"2026-03-02T09:00:{index % 60:02d}.000000Z",
            "kind": "decision.made",
            "body": {"key": f"case-{index}", "approver": approver, "share": 0.25, "big": 2e18, "ok": True},
        }
        for index in range(size)
    ]


class MadeLedger:
    """What interlock.ports.store.Reading says of a ledger; every list may be tampered with."""

    def __init__(self, entries: Iterable[LedgerEntry], *, unsealed: int = 0, root_every: int = BATCH) -> None:
        self.kept = list(entries)
        self.roots: list[BatchRoot] = []
        self.faulty_head: Exception | None = None
        tree, last = Growing(), -1
        for one in self.kept[: len(self.kept) - unsealed]:
            tree.add(one.leaf)
            last = one.index
            if tree.size % root_every == 0:
                self.roots.append(BatchRoot(tree.size, last, tree.root()))
        self.sealed = TreeHead(tree.size, tuple(tree.peaks), last)

    def reading(self) -> Reading:
        """As a view of a store, of which the rest is not asked for."""
        return cast("Reading", self)

    def head(self) -> TreeHead:
        if self.faulty_head is not None:
            raise self.faulty_head
        return self.sealed

    def batch_roots(self) -> Iterator[BatchRoot]:
        return iter(self.roots)

    def last_entry(self) -> int:
        return max((one.index for one in self.kept), default=-1)

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[LedgerEntry]:
        end = self.last_entry() + 1 if stop is None else stop
        return (one for one in sorted(self.kept, key=lambda one: one.index) if start <= one.index < end)

    def change(self, number: int, *, old: bytes, new: bytes, leaf: bool = False) -> None:
        """Change the record of the entry at a place; `leaf`: hash it anew as well."""
        record = self.kept[number].record.replace(old, new)
        assert record != self.kept[number].record
        self.kept[number] = replace(self.kept[number], record=record)
        if leaf:
            self.kept[number] = replace(self.kept[number], leaf=leaf_hash(record))


def made(size: int, *, approver: str = "Ana Ruiz", gaps: Sequence[int] = (), unsealed: int = 0) -> MadeLedger:
    """A ledger of `size` entries; `gaps` are indexes that were never used."""
    indexes = (index for index in range(size + len(gaps)) if index not in gaps)
    entries = [entry(index, content) for index, content in zip(indexes, contents(size, approver=approver), strict=True)]
    return MadeLedger(entries, unsealed=unsealed)


def exported(entries: Iterable[Content], *, root_every: int = BATCH) -> list[bytes]:
    """The lines of a ledger of these contents, hashed anew by somebody who has the file: it holds in itself."""
    ledger = MadeLedger((entry(index, one) for index, one in enumerate(entries)), root_every=root_every)
    lines = [header_line(ledger.sealed.size, root_of(ledger.sealed))]
    roots = {root.last: root for root in ledger.roots}
    for one in ledger.kept:
        lines.append(entry_line(one, place=one.index, payload=False))
        if one.index in roots:
            lines.append(root_line(roots[one.index].size, roots[one.index].root))
    return closed(lines)


def closed(lines: Sequence[bytes]) -> list[bytes]:
    """The lines, with the closing line that belongs to them."""
    return [*lines, closing_line(len(lines), hashlib.sha256(b"".join(lines)).digest())]


def entries_of(lines: Iterable[bytes | str]) -> list[dict[str, Any]]:
    """The contents of the entries in an exported ledger."""
    return [content["entry"] for line in lines if "entry" in (content := json.loads(line))]
