"""The store: one ledger, and the state that its entries add up to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from interlock.ports.cases import CaseReading
from interlock.ports.contents import ContentReading, ContentWriting
from interlock.ports.entries import EntryReading
from interlock.ports.evidences import EvidenceReading
from interlock.ports.gateway.allowances import AllowanceReading
from interlock.ports.gateway.loaded import LoadedReading, LoadedWriting
from interlock.ports.gateway.traffic import TrafficReading, TrafficWriting
from interlock.ports.queue import QueueReading, ReviewRow
from interlock.terms.evidence import Evidence
from interlock.terms.intent import Intent, IntentState
from interlock.terms.ledger import BatchRoot, LedgerEntry, NewEntry, TreeHead

T = TypeVar("T")


class NotOnce(Exception):
    """The case of an entry was decided, or its intent settled, before: nothing was written."""


@dataclass(frozen=True, slots=True)
class WorkflowRow:
    """Where a workflow stands. `definition` and `grant` are the JSON-able bodies as recorded; `monitor` likewise."""

    name: str
    release: str
    proposed_by: str
    at: str
    definition: Mapping[str, Any]
    grant: Mapping[str, Any] | None
    monitor: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision with its recorded inputs, and the outcome where it is known.

    `payload` is what was recorded beside it and may be erased (None): the state before the effect, the caller's facts.
    `settled_entry` is where it is on record how the effect ended, None where there was none or it has not ended.
    `erased_entry` is where it is on record that its content was erased, None where it was not.
    """

    key: str
    workflow: str
    release: str
    verb: str
    reasons: tuple[str, ...]
    audited: bool
    inputs: Mapping[str, Any]
    at: str
    entry: int
    outcome: str | None
    wrong: bool | None
    observed_entry: int | None
    payload: Mapping[str, Any] | None = None
    settled_entry: int | None = None
    erased_entry: int | None = None


class Reading(
    AllowanceReading,
    CaseReading,
    ContentReading,
    EntryReading,
    EvidenceReading,
    LoadedReading,
    QueueReading,
    TrafficReading,
    Protocol,
):
    """A consistent view of the store."""

    def head(self) -> TreeHead:
        """The head of what is sealed; damaged, it raises Unavailable."""
        ...

    def batch_roots(self) -> Iterator[BatchRoot]:
        """The roots that were written as the tree grew, in order."""
        ...

    def last_entry(self) -> int:
        """The highest index that is really there, sealed or not, -1 for none."""
        ...

    def newest_at(self) -> str | None:
        """When the entry with the highest index was recorded, None for an empty ledger."""
        ...

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[LedgerEntry]:
        """Ledger entries from index `start` up to before `stop`, in order, streamed; sealed or not."""
        ...

    def entries_of(self, kind: str, workflow: str | None = None, *, since: int = 0) -> Iterator[LedgerEntry]:
        """Ledger entries of one kind from index `since` on, in order."""
        ...

    def newest_of(self, kind: str, workflow: str) -> LedgerEntry | None:
        """The newest ledger entry of one kind of a workflow, or None; quick in a ledger of any length."""
        ...

    def workflows(self) -> tuple[WorkflowRow, ...]:
        """Every workflow, by name."""
        ...

    def workflow(self, name: str) -> WorkflowRow | None:
        """One workflow, or None."""
        ...

    def evidence(self, workflow: str) -> tuple[Evidence, ...]:
        """All evidence of a workflow's releases, oldest first."""
        ...

    def verdict(self, workflow: str) -> Mapping[str, Any] | None:
        """The newest gate verdict as recorded, with `entry`, or None."""
        ...

    def halted(self, scopes: tuple[str, ...]) -> tuple[str, ...]:
        """Which of the scopes are killed."""
        ...

    def epoch(self, scope: str) -> int:
        """How often a scope was killed; only rises."""
        ...

    def intent(self, key: str) -> Intent | None:
        """The intent with that idempotency key, or None."""
        ...

    def intent_state(self, key: str) -> IntentState | None:
        """Where the intent of that key stands, None where there is none."""
        ...

    def intents(self, scope: str, *, state: str | None = None, since_entry: int = 0) -> Iterator[Intent]:
        """Intents under a kill scope, in the order they were admitted, streamed. Raises BadInput for no scope."""
        ...

    def authority_version(self) -> int:
        """Rises with whatever could make a decision come out otherwise."""
        ...

    def scopes(self) -> Mapping[str, tuple[int, bool]]:
        """Every scope that was ever killed: its epoch, and whether it is halted now."""
        ...

    def used(self, workflow: str, counters: Sequence[str]) -> Mapping[str, int]:
        """What running limits hold; 0 for a counter that was never taken from."""
        ...

    def decision(self, key: str) -> DecisionRow | None:
        """The decision on one case, or None."""
        ...

    def decisions(
        self, workflow: str, *, since_entry: int = 0, until_entry: int | None = None
    ) -> Iterator[DecisionRow]:
        """Decisions in order, with their outcomes."""
        ...

    def secret(self, name: str) -> bytes | None:
        """A secret that is kept out of the ledger (an audit salt), or None."""
        ...

    def state_faults(self) -> tuple[str, ...]:
        """Rows of the state that differ from what the ledger adds up to, in words; empty where none does."""
        ...


class Transaction(Reading, ContentWriting, LoadedWriting, TrafficWriting, Protocol):
    """One atomic change: the ledger entry and the state that it makes."""

    def fence(self) -> None:
        """From here until the end no case is admitted, and every case admitted before is visible."""
        ...

    def hold_review(self, key: str, kind: str, *, wait: bool = True) -> ReviewRow | None:
        """One review, which nobody else can change until this transaction ends; None where there is none.

        Without `wait` also None where another transaction holds it.
        """
        ...

    def append(self, entry: NewEntry) -> int:
        """Write an entry and what it changes; returns its index. Fences first where it changes authority.

        Raises NotOnce where it is about a case that was decided, or an intent that was settled, before.
        """
        ...

    def keep_secret(self, name: str, value: bytes) -> None:
        """Keep a secret beside the ledger. One that is kept under that name is never overwritten: take it first."""
        ...

    def take_secret(self, name: str) -> bytes | None:
        """Erase a secret and return it, None where there is none. Until this transaction ends nobody else can take it.

        The bytes are gone from the files once Store.purge says so.
        """
        ...


class Store(Protocol):
    """Durable, with one writer at a time."""

    def transaction(self, *, durable: bool = True) -> AbstractContextManager[Transaction]:
        """A write transaction; `durable` waits until it would survive a loss of power.

        Raises Unavailable where the store cannot be reached or written: then nothing was written.
        """
        ...

    def run(self, work: Callable[[Transaction], T], *, durable: bool = True) -> T:
        """`work` in a write transaction, which it may share with the work of other callers (group commit).

        What it raises undoes its own writes only. It may run in another thread, must not block, and is run once.
        """
        ...

    def seal(self) -> TreeHead:
        """Take every entry that is written into the tree; the new head. Where entries are sealed at once: the head."""
        ...

    def purge(self) -> bool:
        """Get what was erased out of the store's files; whether nothing of it is left in them. May take seconds."""
        ...

    def reading(self) -> AbstractContextManager[Reading]:
        """A read view. Raises Unavailable where the store cannot be read."""
        ...

    def halting(self) -> AbstractContextManager[None]:
        """Hold writers back while a kill takes its place in the queue, so that they cannot starve it."""
        ...

    def close(self) -> None:
        """Close all connections."""
        ...
