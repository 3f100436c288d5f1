"""Looking at evidence and queues of all workflows at once, as a portfolio is read."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from interlock.terms.evidence import Evidence
from interlock.terms.ledger import LedgerEntry


@dataclass(frozen=True, slots=True)
class QueueLength:
    """How many reviews of a workflow are open, and how many of these are late."""

    open: int
    late: int


@dataclass(frozen=True, slots=True)
class Touched:
    """An entry, without what it says: its index, its kind and its workflow, None where it is about none."""

    entry: int
    kind: str
    workflow: str | None


# Workflow, digest, release, source and body: a tuple, for a page is made of a hundred thousand of them.
MeasuredRow = tuple[str, str, str, str, Mapping[str, Any]]


class EvidenceReading(Protocol):
    """Part of interlock.ports.store.Reading."""

    def evidence_by_digest(self, digest: str) -> Evidence | None:
        """The evidence with that digest, of whatever workflow, or None."""
        ...

    def measured(self, kind: str, workflow: str | None = None) -> Iterator[MeasuredRow]:
        """Evidence of one kind of one workflow or of every one (None), as it was recorded, streamed: only what a figure
        is made of.
        """
        ...

    def newest_each(self, kind: str, workflow: str | None = None) -> Iterator[LedgerEntry]:
        """The newest ledger entry of one kind of each workflow that has one, by workflow; or of one only."""
        ...

    def newest_by(self, kind: str, member: str, workflow: str | None = None) -> Iterator[LedgerEntry]:
        """The newest ledger entry of one kind of each workflow and each value of a member of its body, in order; or of
        one workflow only.
        """
        ...

    def touched(self, kinds: Collection[str], *, since: int) -> Iterator[Touched]:
        """Which entries of these kinds have an index from `since` on. Quick however many others there are, and however
        long the ledger is.
        """
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

    def queue_lengths(self, at: str, workflow: str | None = None) -> Mapping[str, QueueLength]:
        """Of every workflow with open reviews, or of one only, how many there are; late are those due before `at`."""
        ...
