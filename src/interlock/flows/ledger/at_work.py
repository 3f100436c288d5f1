"""What a process keeps in memory for the ledger of one store: what its proofs need, and the last verification.

At most one verification is at work at a time: it reads everything there is.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

from interlock.engine.timestamp import stamp
from interlock.flows.ledger.kept import Kept
from interlock.flows.ledger.prove import check_proof
from interlock.flows.ledger.quick_proof import STEP, QuickProofs
from interlock.flows.ledger.verify import NONE_KEPT, verify
from interlock.ports.clock import Clock
from interlock.ports.store import Reading, Store
from interlock.terms import words
from interlock.terms.errors import BadInput, InterlockError, Unavailable
from interlock.terms.ledger import LedgerCheck, TreeHead

log = logging.getLogger("interlock.ledger")


TRAFFIC = "traffic.loaded"
NOT_COMPARED = "Model traffic is on record. It was not compared with its traces: `interlock ledger verify` does that."


@dataclass(frozen=True, slots=True)
class Verification:
    """One verification: who asked for it and when, how many of how many entries are read, and how it ended.

    `check` is what was found and `failure` why it could not be carried out; both None while it is at work. Times are
    RFC 3339.
    """

    by: str
    started_at: str
    done: int = 0
    total: int | None = None
    ended_at: str | None = None
    check: LedgerCheck | None = None
    failure: str | None = None

    @property
    def is_running(self) -> bool:
        """Whether it is still at work."""
        return self.ended_at is None


@dataclass(frozen=True, slots=True)
class Proved:
    """A proof that an entry is in the ledger, and whether it holds.

    None where there is none: `missing` entries are still to be added up (ask again), or `failure` says why not.
    """

    proof: Mapping[str, Any] | None = None
    holds: bool = False
    missing: int = 0
    failure: str = ""


class StillAdding(Unavailable):
    """The tree is being added up in the background: `missing` entries are left."""

    def __init__(self, missing: int) -> None:
        super().__init__(f"the tree is being added up: {words.count(missing)} entries are left; ask again in a moment")
        self.missing = missing


class LedgerAtWork:
    """The ledger of one store, in this process."""

    def __init__(self) -> None:
        self.proofs = QuickProofs()
        self._lock = threading.Lock()
        self._verification: Verification | None = None
        self._adding = threading.Lock()

    @property
    def verification(self) -> Verification | None:
        """The one at work, or the last one that ended; None where there was none since this process began."""
        return self._verification

    def verify(self, store: Store, *, by: str, clock: Clock, kept: Kept = NONE_KEPT) -> Verification:
        """Begin to verify the whole ledger, also against checkpoints that were kept elsewhere; the one that is at work
        already, where there is one.
        """
        with self._lock:
            if self._verification is not None and self._verification.is_running:
                return self._verification
            begun = self._verification = Verification(by, stamp(clock()))
        threading.Thread(target=self._run, args=(store, clock, kept), name="verify", daemon=True).start()
        return begun

    def prove(self, store: Store, index: int) -> Proved:
        """The proof of one entry, checked."""
        try:
            proof = self._made(store, lambda head: index <= head.last, lambda one: self.proofs.prove(one, index))
        except StillAdding as exc:
            return Proved(missing=exc.missing)
        except (BadInput, Unavailable) as exc:
            return Proved(failure=str(exc))
        return Proved(proof, holds=check_proof(proof))

    def inclusion(self, store: Store, index: int) -> Mapping[str, Any]:
        """The proof that an entry is in the ledger. Raises BadInput where there is none, and Unavailable where it does
        not hold or the tree is still being added up.
        """
        return _holding(self._made(store, lambda head: index <= head.last, lambda one: self.proofs.prove(one, index)))

    def consistency(self, store: Store, old_size: int) -> Mapping[str, Any]:
        """The proof that the ledger only grew since it held `old_size` entries. Raises as `inclusion`."""
        made = self._made(
            store, lambda head: old_size <= head.size, lambda one: self.proofs.prove_growth(one, old_size)
        )
        return _holding(made)

    def _made(
        self, store: Store, is_sealed: Callable[[TreeHead], bool], make: Callable[[Reading], Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        """A proof against the newest tree, which covers what it is about."""
        with store.reading() as reading:
            covered = is_sealed(reading.head())
        if not covered:
            store.seal()
        with store.reading() as reading:
            missing = self.proofs.behind(reading)
            if missing > STEP:
                self._begin_adding(store)
                raise StillAdding(missing)
            self.proofs.catch_up(reading)
            return make(reading)

    def _begin_adding(self, store: Store) -> None:
        if self._adding.acquire(blocking=False):
            threading.Thread(target=self._add_up, args=(store,), name="proofs", daemon=True).start()

    def _run(self, store: Store, clock: Clock, kept: Kept) -> None:
        check, failure = None, "the server failed at this; its log says why"
        try:
            check = _without_traffic(store, verify(store, kept=kept, progress=self._note_progress))
        except InterlockError as exc:
            failure = str(exc)
        except Exception:  # one that ends unseen would be at work for ever
            log.exception("the ledger could not be verified")
        ended_at = stamp(clock())
        with self._lock:
            begun = self._verification
            if begun is not None:
                done = begun.done if check is None else check.entries
                self._verification = replace(
                    begun, done=done, ended_at=ended_at, check=check, failure=None if check is not None else failure
                )

    def _note_progress(self, done: int, total: int | None) -> None:
        with self._lock:
            if self._verification is not None:
                self._verification = replace(self._verification, done=done, total=total)

    def _add_up(self, store: Store) -> None:
        try:
            missing = 1
            while missing:
                with store.reading() as reading:
                    missing = self.proofs.catch_up(reading)
        except InterlockError as exc:
            log.warning("the tree of the ledger cannot be added up: %s", exc)
        finally:
            self._adding.release()


def _holding(proof: Mapping[str, Any]) -> Mapping[str, Any]:
    if not check_proof(proof):
        raise Unavailable(
            "the proof does not hold: an entry or the tree was altered. `interlock ledger verify` says more"
        )
    return proof


_AT_WORK: WeakKeyDictionary[Store, LedgerAtWork] = WeakKeyDictionary()
_MAKING = threading.Lock()


def at_work(store: Store) -> LedgerAtWork:
    """What this process keeps for a store: one for pages and API alike."""
    with _MAKING:
        return _AT_WORK.setdefault(store, LedgerAtWork())


def _without_traffic(store: Store, check: LedgerCheck) -> LedgerCheck:
    """The same, with what it does not say: traces may lie on other machines than this one."""
    if not check.holds:
        return check
    with store.reading() as reading:
        is_there = next(reading.entries_of(TRAFFIC), None) is not None
    return replace(check, caveat=" ".join(filter(None, (check.caveat, NOT_COMPARED)))) if is_there else check
