"""Looking back through a ledger of any length, newest first, and for what is about one case."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Protocol

from interlock.terms.ledger import LedgerEntry


@dataclass(frozen=True, slots=True)
class Sought:
    """Which ledger entries are looked for: everything that is given must hold.

    `kinds` and `workflows` are any of these (empty: whatever). Entries from index `since` on and under `before` (None:
    to the newest), recorded from the time `since_at` on and before `until_at`. `texts` all stand in the record, as they
    are written in JSON.
    """

    kinds: tuple[str, ...] = ()
    workflows: tuple[str, ...] = ()
    since: int = 0
    before: int | None = None
    since_at: str | None = None
    until_at: str | None = None
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Looking:
    """What is found, newest first and read as it is taken; entries with an index under `floor` are not looked at."""

    entries: Iterator[LedgerEntry]
    floor: int


class EntryReading(Protocol):
    """Part of interlock.ports.store.Reading."""

    def looking_back(self, sought: Sought) -> Looking:
        """What is sought, from the newest on; by an index where that leads to few entries, else in the newest ones.

        Quick in a ledger of any length: where it would have to look at very many entries, it stops at a floor.
        """
        ...

    def about_no_workflow(self, kinds: Collection[str], *, since: int = 0) -> Iterator[LedgerEntry]:
        """Ledger entries of these kinds that name no workflow, from index `since` on, in order.

        Quick in a ledger of any length, however many of the kind there are before.
        """
        ...

    def newest_first(self, kind: str, workflow: str, *, before: int | None = None) -> Iterator[LedgerEntry]:
        """Ledger entries of one kind of a workflow with an index under `before` (None: all), the newest one first.

        Read as they are taken: whoever stops early has read little.
        """
        ...

    def about_case(self, key: str, workflow: str, kinds: Collection[str], *, since: int = 0) -> Iterator[LedgerEntry]:
        """Ledger entries of these kinds of a workflow whose body says `key`, from index `since` on, in order."""
        ...

    def entry_from(self, at: str) -> int:
        """About where entries recorded at a time begin: the lowest index that is not known to be of before it.

        Found by halves, as times in a ledger go on; where a clock was set back, it is one of the places.
        """
        ...

    def evidence_places(self, beginning: str, *, limit: int) -> tuple[tuple[str, str, int], ...]:
        """(digest, workflow, entry) of evidence whose digest begins so, by digest; at most `limit`."""
        ...

    def leaves(self, start: int, stop: int) -> Iterator[tuple[int, bytes]]:
        """Index and leaf hash, as they are kept, of entries from index `start` up to before `stop`, in order."""
        ...
