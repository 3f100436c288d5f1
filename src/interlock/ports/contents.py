"""What is kept beside the records of cases and can be erased: their texts, and the payloads of ledger entries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from interlock.terms.ledger import LedgerEntry


@dataclass(frozen=True, slots=True)
class CaseContent:
    """What is kept of a case: ledger entries that still have their payload, and digests of its texts."""

    entries: tuple[int, ...]
    texts: tuple[str, ...]

    @property
    def is_gone(self) -> bool:
        """Whether nothing is kept."""
        return not (self.entries or self.texts)


class ContentReading(Protocol):
    """Looks at content; part of interlock.ports.store.Reading."""

    def payload(self, key: str, digest: str) -> str | None:
        """The text of a case with that digest, or None where it was erased or never kept."""
        ...

    def content_of(self, key: str) -> CaseContent:
        """What is kept of a case in the entries of its decision, its intent and its receipt, and of its texts."""
        ...

    def content_beside(self, workflow: str, *, before: str, since: int = 0) -> Iterator[LedgerEntry]:
        """Other entries about cases of a workflow that still have their payload: from index `since`, before a time."""
        ...

    def cases_with_content(self, workflow: str, *, before: str, since: int, limit: int) -> tuple[tuple[str, int], ...]:
        """Cases (key, entry) decided before a time, from entry `since` on, of which something is kept, in order."""
        ...

    def texts(self) -> Iterator[tuple[str, str, str]]:
        """Every text that is kept: (key of its case, digest under which it is found, text), sorted by key."""
        ...

    def texts_of_no_case(self, *, before: str, limit: int) -> tuple[str, ...]:
        """Keys of texts kept before a time for cases that were never decided and wait for nobody."""
        ...


class ContentWriting(Protocol):
    """Keeps and erases content; part of interlock.ports.store.Transaction."""

    def keep_payload(self, digest: str, text: str, *, key: str, at: str) -> None:
        """Keep the text of case `key` beside the ledger, so that it can be erased while proofs stay valid."""
        ...

    def erase(self, entries: Sequence[int], keys: Sequence[str]) -> None:
        """Erase the payloads of these ledger entries and the texts of these cases; records stay as they are.

        The bytes are gone from the files once Store.purge says so.
        """
        ...
