"""Looking at evidence and queues of all workflows at once, as a portfolio is read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from interlock.terms.evidence import Evidence
from interlock.terms.ledger import LedgerEntry


@dataclass(frozen=True, slots=True)
class QueueLength:
    """How many reviews of a workflow are open, and how many of these are late."""

    open: int
    late: int


class EvidenceReading(Protocol):
    """Part of interlock.ports.store.Reading."""

    def evidence_by_digest(self, digest: str) -> Evidence | None:
        """The evidence with that digest, of whatever workflow, or None."""
        ...

    def evidence_of_kinds(self, kinds: Sequence[str]) -> Iterator[tuple[str, Evidence]]:
        """Evidence of these kinds of every workflow (its name, the evidence), as it was recorded, streamed."""
        ...

    def newest_each(self, kind: str) -> Iterator[LedgerEntry]:
        """The newest ledger entry of one kind of each workflow that has one, by workflow."""
        ...

    def queue_lengths(self, at: str) -> Mapping[str, QueueLength]:
        """Of every workflow with open reviews, how many there are; late are those due before the time `at`."""
        ...
