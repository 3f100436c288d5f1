"""Looking back through a ledger of any length, newest first, and for what is about one case."""

from collections.abc import Collection, Iterator
from typing import Protocol

from interlock.terms.ledger import LedgerEntry


class EntryReading(Protocol):
    """Part of interlock.ports.store.Reading."""

    def newest_first(self, kind: str, workflow: str, *, before: int | None = None) -> Iterator[LedgerEntry]:
        """Ledger entries of one kind of a workflow with an index under `before` (None: all), the newest one first.

        Read as they are taken: whoever stops early has read little.
        """
        ...

    def about_case(self, key: str, workflow: str, kinds: Collection[str], *, since: int = 0) -> Iterator[LedgerEntry]:
        """Ledger entries of these kinds of a workflow whose body says `key`, from index `since` on, in order."""
        ...
