"""Checking a ledger entry by entry: each must be canonical, in its place, and hash to what is written and sealed."""

from collections.abc import Iterable

from interlock.engine.ledger.canonical_form import content_of
from interlock.engine.ledger.kept import KeptCheckpoints
from interlock.engine.ledger.merkle import Growing, leaf_hash
from interlock.engine.ledger.payloads import payload_digest
from interlock.engine.ledger.places import Places
from interlock.terms.checkpoint import Checkpoint
from interlock.terms.ledger import Fault, LedgerCheck

FAULTS_KEPT = 20
NO_LEAF = b"\x00" * 32  # takes the place of an unreadable entry, so that the entries behind it keep theirs
CHANGED = "its content does not match its recorded hash: the entry was changed after it was written"
REPLACED = "the tree's root up to here does not match the recorded one: this or an earlier entry was replaced"
PAYLOAD_REPLACED = "the content kept beside it is not what was recorded: it was replaced"
PAYLOAD_ADDED = "content is kept beside it, but its record names none: it was added"
NO_RECORD = "it is not an entry: at, kind or body is missing"
PARTS = {"at", "kind", "body"}


class Checker:
    """Feeds on entries in order, and on the roots that were recorded between them.

    It keeps the peaks of the tree only, so a ledger of any length fits in memory. A root must be recorded behind every
    `root_every` entries and nowhere else.
    """

    def __init__(self, *, root_every: int, kept: Iterable[Checkpoint] = ()) -> None:
        self.tree = Growing()  # of the hashes as they are recorded
        self._hashed: Growing | None = None  # of the entries as they are, where that differs since the last root
        self.faults: list[Fault] = []
        self.unsealed = self.payloads = self.payloads_gone = 0
        self._kept = KeptCheckpoints(kept)
        self._root_every = root_every
        self._root_due = root_every
        self._root_size = 0
        self._first: int | None = None  # the first entry since the last root
        self._name = -1  # of the last entry
        self._places = Places()
        self._lost = False  # every later root differs as well; the first place is what matters

    def entry(
        self, record: bytes, leaf: bytes, *, name: int, place: int | None = None, payload: bytes | None = None
    ) -> None:
        """Check the next sealed entry. Faults name it `name`; `place` is its number as written, None where unknown.

        After a fault the tree goes on from what is written: later entries stay checkable.
        """
        reason = self._reason(record, place, payload)
        actual = leaf_hash(record)
        if actual != leaf:
            reason = reason or CHANGED
            if self._hashed is None:
                self._hashed = self.tree.copy()
        if self._hashed is not None:
            self._hashed.add(actual)
        self.tree.add(leaf)
        if self._first is None:
            self._first = name
        self._name = name
        if reason:
            self.fault(name, reason)
        if self.tree.size == self._kept.next_size:
            self._kept.compare(self._roots())

    def unsealed_entry(self, record: bytes, leaf: bytes, *, name: int, payload: bytes | None = None) -> None:
        """Check an entry that was written since the last seal: only its own hash vouches for it."""
        self.unsealed += 1
        reason = self._reason(record, None, payload)
        if leaf_hash(record) != leaf:
            reason = reason or CHANGED
        if reason:
            self.fault(name, reason)

    def unreadable(self, reason: str) -> None:
        """Note something that cannot be read in the place of the next entry, and go on behind it."""
        self.fault(self._places.unread(), reason)
        self._lost = True

    def reach(self, place: int) -> None:
        """Note it where an entry with a number before `place` has not come."""
        self._misplaced(self._places.reach(place))

    def root(self, size: int, recorded: bytes, *, last: int | None = None) -> None:
        """Compare with the root that was recorded when the tree had `size` entries, entry `last` the last of them."""
        self._roots_up_to(size)
        roots = self._roots()
        if size <= self._root_size or size % self._root_every:
            self.fault(None, f"a root is recorded at {size:,} entries, where none belongs: it was added or moved")
            return
        self._root_size = size
        if size != self.tree.size:
            self._miscounted(size)
        elif recorded == roots[-1]:  # the hashes were changed, if anything: the entries are as they were sealed
            self.tree, self._hashed = self._hashed or self.tree, None
        elif recorded == roots[0]:
            self._hashed = None
        else:
            self._replaced()
        if last is not None:
            self._ends_with(last, f"the root at {size:,} entries")
        self._first = None

    def fault(self, index: int | None, reason: str) -> None:
        """Note a fault (the first ones are kept)."""
        if len(self.faults) < FAULTS_KEPT:
            self.faults.append(Fault(index, reason))

    def end(self, size: int, root: bytes, *, head: str, last: int | None = None) -> None:
        """The end of the entries: `head` says that they are `size`, with that root, entry `last` the last of them."""
        self._roots_up_to(self.tree.size + 1)
        self._fill(size - self.tree.size)
        if size != self.tree.size:
            self.fault(None, f"{head} says {size} entries, there are {self.tree.size}: some were cut or added")
            self._lost = True
        elif root not in self._roots() and not self._lost:
            self.fault(None, f"{head} has another root than the entries: it was changed, or {self._whereabouts()}")
        if last is not None:
            self._ends_with(last, head)

    def result(self) -> LedgerCheck:
        """What was found; what the checkpoints show is told however many other faults there are."""
        kept = (Fault(None, words) for words in self._kept.faults(self.tree.size))
        return LedgerCheck(
            self.tree.size,
            self.tree.root().hex(),
            (*self.faults, *kept),
            unsealed=self.unsealed,
            payloads=self.payloads,
            payloads_gone=self.payloads_gone,
            checkpoints=self._kept.agreed,
        )

    def _reason(self, record: bytes, place: int | None, payload: bytes | None) -> str:
        try:
            content = content_of(record)
        except ValueError as exc:
            self._take_place(place)
            return str(exc)
        said = content.get("index", place)
        self._take_place(said if place is None and type(said) is int else place)
        if said != place and (place is not None or type(said) is not int):
            return f"it says it is entry {said}" if type(said) is int else "its index is no number"
        if not content.keys() >= PARTS:
            return NO_RECORD
        return self._payload_reason(content.get("payload"), payload)

    def _take_place(self, place: int | None) -> None:
        if place is None:
            place = self._places.next
        elif place != self._places.next:
            self._fill(place - self._places.next)
        self._misplaced(self._places.take(place))

    def _misplaced(self, fault: Fault | None) -> None:
        if fault is not None:
            self.fault(fault.index, fault.reason)
            self._lost = True

    def _ends_with(self, last: int, what: str) -> None:
        if last != self._name and not self._lost:
            self.fault(None, f"{what} says that entry {last} is its last, it is entry {self._name}")

    def _fill(self, missing: int) -> None:
        for _ in range(self._places.filled(missing)):
            self.tree.add(NO_LEAF)

    def _payload_reason(self, digest: object, payload: bytes | None) -> str:
        if digest is None:
            return "" if payload is None else PAYLOAD_ADDED
        if payload is None:
            self.payloads_gone += 1
            return ""
        self.payloads += 1
        return "" if payload_digest(payload) == digest else PAYLOAD_REPLACED

    def _roots(self) -> tuple[bytes, ...]:
        """The roots that the entries so far may have: by their recorded hashes, and by what they are now."""
        root = self.tree.root()
        return (root,) if self._hashed is None else (root, self._hashed.root())

    def _roots_up_to(self, size: int) -> None:
        """Note the roots before `size` entries that are not there."""
        first, every = self._root_due, self._root_every
        if first < size and not self._lost:
            last = (size - 1) // every * every
            span = f"the root at {first:,}" if first == last else f"the roots from {first:,} to {last:,}"
            self.fault(None, f"{span} entries {'is' if first == last else 'are'} missing")
        self._root_due = max(first, size // every * every + every)

    def _miscounted(self, size: int) -> None:
        if not self._lost:
            number = size - self.tree.size
            words = f"{number} missing" if number > 0 else f"{-number} too many"
            self.fault(None, f"the root at {size:,} entries comes behind {self.tree.size:,}: {words}, {self._span()}")
        self._lost = True

    def _replaced(self) -> None:
        if self._lost:
            return
        self._lost = True
        if self._first == self._name:
            if not (self.faults and self.faults[-1].index == self._name):
                self.fault(self._name, REPLACED)
        else:
            self.fault(None, f"the recorded root at {self.tree.size:,} entries is not theirs: {self._whereabouts()}")

    def _whereabouts(self) -> str:
        return f"one was replaced together with its hash, {self._span()}"

    def _span(self) -> str:
        if self._first is None:
            return f"behind entry {self._name}"
        return f"between entry {self._first} and entry {self._name}"
