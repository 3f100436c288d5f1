"""Checking the entries of a store against the tree head and the roots that were written as the tree grew."""

from collections.abc import Iterable, Iterator

from interlock.engine.ledger.canonical import canonical
from interlock.engine.ledger.checker import Checker
from interlock.engine.ledger.merkle import root_of
from interlock.terms.checkpoint import Checkpoint
from interlock.terms.ledger import BatchRoot, LedgerCheck, LedgerEntry, TreeHead


def check_entries(
    entries: Iterable[LedgerEntry],
    roots: Iterable[BatchRoot],
    head: TreeHead | None,
    *,
    root_every: int,
    kept: Iterable[Checkpoint] = (),
) -> LedgerCheck:
    """Check entries in the order of their indexes, in one pass and bounded memory.

    `head` is None where it is damaged: then every entry counts as sealed. `kept` are checkpoints kept elsewhere.
    """
    walk = _Walk(Checker(root_every=root_every, kept=kept), iter(roots), head)
    for entry in entries:
        walk.take(entry)
    return walk.end()


class _Walk:
    def __init__(self, checker: Checker, roots: Iterator[BatchRoot], head: TreeHead | None) -> None:
        self._checker = checker
        self._roots = roots
        self._head = head
        self._root = next(roots, None)
        # Without a gap up to the head, every index has an entry, and one that is missing can be named.
        self._gapless = head is not None and head.size == head.last + 1

    def take(self, entry: LedgerEntry) -> None:
        index, head = entry.index, self._head
        payload = None if entry.payload is None else canonical(entry.payload)
        while self._root is not None and self._root.last < index:
            self._compare(self._root)
        if head is not None and index > head.last:
            self._checker.unsealed_entry(entry.record, entry.leaf, name=index, payload=payload)
            return
        place = index if self._gapless else None
        self._checker.entry(entry.record, entry.leaf, name=index, place=place, payload=payload)

    def end(self) -> LedgerCheck:
        while self._root is not None:
            self._compare(self._root)
        head = self._head
        if head is not None:
            if self._gapless:
                self._checker.reach(head.size)
            self._checker.end(head.size, root_of(head), head="the tree head", last=head.last)
        return self._checker.result()

    def _compare(self, root: BatchRoot) -> None:
        self._root = next(self._roots, None)
        if self._head is not None and root.size > self._head.size:
            self._root = None
            counted = f"a root is recorded at {root.size:,} entries, the tree head counts only {self._head.size:,}"
            self._checker.fault(None, f"{counted}: it was set back")
            return
        if self._gapless and root.size == root.last + 1:
            self._checker.reach(root.size)
        self._checker.root(root.size, root.root, last=root.last)
