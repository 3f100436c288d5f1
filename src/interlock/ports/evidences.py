"""Looking at evidence and queues of all workflows at once, as a portfolio is read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from interlock.terms.evidence import Evidence
from interlock.terms.ledger import LedgerEntry


@dataclass(frozen=True, slots=True)
class QueueLength:
    """How many reviews of a workflow are open, and how many of these are late."""

    open: int
    late: int


# Workflow, digest, release, source and body: a tuple, for a page is made of a hundred thousand of them.
MeasuredRow = tuple[str, str, str, str, Mapping[str, Any]]


class EvidenceReading(Protocol):
    """Part of interlock.ports.store.Reading."""

    def evidence_by_digest(self, digest: str) -> Evidence | None:
        """The evidence with that digest, of whatever workflow, or None."""
        ...

    def measured(self, kind: str) -> Iterator[MeasuredRow]:
        """Evidence of one kind of every workflow, as it was recorded, streamed: only what a figure is made of."""
        ...

    def newest_each(self, kind: str) -> Iterator[LedgerEntry]:
        """The newest ledger entry of one kind of each workflow that has one, by workflow."""
        ...

    def newest_by(self, kind: str, member: str) -> Iterator[LedgerEntry]:
        """The newest ledger entry of one kind of each workflow and each value of a member of its body, in order."""
        ...

    def decided_since(self, entry: int) -> frozenset[str]:
        """The workflows of which a case was decided at or after a ledger entry."""
        ...

    def case_count(self, workflow: str, *, since: int) -> int:
        """How many cases of a workflow were decided at or after a ledger entry; none of them is read."""
        ...

    def newest_releases(self, workflow: str, *, since: int, limit: int) -> Iterator[tuple[str, str]]:
        """Of its newest cases decided at or after a ledger entry, at most `limit`: the release that each was proposed
        under, and the one that was in force then.
        """
        ...

    def queue_lengths(self, at: str) -> Mapping[str, QueueLength]:
        """Of every workflow with open reviews, how many there are; late are those due before the time `at`."""
        ...
