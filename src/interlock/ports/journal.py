"""The hot path: a decision with its intent is made durable before an effect, and settled after it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from interlock.ports.store import DecisionRow
from interlock.terms.intent import Intent
from interlock.terms.ledger import NewEntry
from interlock.terms.policy import Reservation


@dataclass(frozen=True, slots=True)
class Wish:
    """A decision to be recorded, made under the authority of `version`.

    `scopes` are the kill scopes of the effect that is to follow: its drain locks are held from before the check of the
    version until the wish is settled or released. They are empty where nothing is to be applied. `durable`: wait until
    it would survive a loss of power; otherwise only until it survives the death of the process.
    """

    key: str
    version: int
    entry: NewEntry
    scopes: tuple[str, ...] = ()
    reservations: tuple[Reservation, ...] = ()
    durable: bool = True


class Answer(StrEnum):
    """What became of a wish."""

    ADMITTED = "admitted"
    KNOWN = "known"  # the key was decided before
    STALE = "stale"  # the authority changed since: decide again
    EXHAUSTED = "exhausted"  # a running limit has no room: decide again with what it holds


@dataclass(frozen=True, slots=True)
class Admission:
    """The answer; `entry` is where an admitted wish is in the ledger, `known` the earlier decision and its intent.

    `release` lets go of the drain locks without settling; it may be called again and after settling.
    """

    answer: Answer
    entry: int = -1
    known: DecisionRow | None = None
    known_intent: Intent | None = None
    release: Callable[[], None] = lambda: None


class Journal(Protocol):
    """Admits and settles. Raises Unavailable where the store cannot be reached: then nothing was written."""

    def admit(self, wishes: Sequence[Wish]) -> tuple[Admission, ...]:
        """All in one transaction; where one is stale or exhausted, none of them is written and each says so."""
        ...

    def settle(self, entry: NewEntry, admission: Admission | None = None, *, durable: bool) -> bool:
        """Record how an intent ended (an entry with its `key`) and let go of its locks.

        False where it was settled already (by a recovery that ran meanwhile): then nothing is written.
        """
        ...

    def used(self, workflow: str, counters: Sequence[str]) -> Mapping[str, int]:
        """What running limits hold now; 0 for a counter that was never taken from."""
        ...
