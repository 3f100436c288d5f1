"""interlock.ports.journal.Journal on SQLite: the store's write transaction is the fence, flock the drain lock."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from interlock.adapters.sqlite.drain import FileDrain
from interlock.adapters.sqlite.store import SqliteStore
from interlock.ports.journal import Admission, Answer, Wish
from interlock.ports.store import NotOnce, Transaction
from interlock.terms.ledger import NewEntry


class SqliteJournal:
    """Admits and settles through one store and its drain."""

    def __init__(self, store: SqliteStore, drain: FileDrain) -> None:
        self._store = store
        self._drain = drain

    def admit(self, wishes: Sequence[Wish]) -> tuple[Admission, ...]:
        releases = [self._held(wish.scopes) for wish in wishes]
        try:
            work = partial(_admit, wishes, releases)
            answers = self._store.run(work, durable=any(wish.durable for wish in wishes))
        except BaseException:
            for release in releases:
                release()
            raise
        for answer, release in zip(answers, releases, strict=True):
            if answer.answer is not Answer.ADMITTED:
                release()
        return tuple(answers)

    def settle(self, entry: NewEntry, admission: Admission | None = None, *, durable: bool) -> bool:
        try:
            return self._store.run(partial(_settle, entry), durable=durable, ends=True)
        finally:
            if admission is not None:
                admission.release()

    def used(self, workflow: str, counters: Sequence[str]) -> Mapping[str, int]:
        with self._store.reading() as reading:
            return reading.used(workflow, counters)

    def _held(self, scopes: tuple[str, ...]) -> Callable[[], None]:
        if not scopes:
            return _nothing
        self._drain.take(scopes)
        held = [scopes]

        def release() -> None:
            while held:
                self._drain.let_go(held.pop())

        return release


def _nothing() -> None:
    pass


def _admit(wishes: Sequence[Wish], releases: Sequence[Callable[[], None]], tx: Transaction) -> list[Admission]:
    """All or none: nothing is written before every wish was found to have its place."""
    version, taken = tx.authority_version(), dict[tuple[str, str], int]()
    refused = [_refused(tx, wish, version, taken) for wish in wishes]
    if any(refused):
        # A key that was decided before keeps its decision, whatever became of the authority.
        return [
            _known(tx, wish.key) or answer or Admission(Answer.STALE)
            for wish, answer in zip(wishes, refused, strict=True)
        ]
    return [_written(tx, wish, release) for wish, release in zip(wishes, releases, strict=True)]


def _refused(tx: Transaction, wish: Wish, version: int, taken: dict[tuple[str, str], int]) -> Admission | None:
    if wish.version != version:
        return Admission(Answer.STALE)
    for reservation in wish.reservations:
        workflow, name = str(wish.entry.body["workflow"]), reservation.counter
        taken[workflow, name] = taken.get((workflow, name), 0) + reservation.amount
        if tx.used(workflow, (name,))[name] + taken[workflow, name] > reservation.limit:
            return Admission(Answer.EXHAUSTED)
    return None


def _written(tx: Transaction, wish: Wish, release: Callable[[], None]) -> Admission:
    try:
        return Admission(Answer.ADMITTED, tx.append(wish.entry), release=release)
    except NotOnce:
        return _known(tx, wish.key) or Admission(Answer.STALE)


def _known(tx: Transaction, key: str) -> Admission | None:
    known = tx.decision(key)
    return None if known is None else Admission(Answer.KNOWN, known.entry, known, tx.intent(key))


def _settle(entry: NewEntry, tx: Transaction) -> bool:
    try:
        tx.append(entry)
    except NotOnce:
        return False
    return True
