"""interlock.ports.journal.Journal on PostgreSQL: one round trip to admit, one to settle."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
from psycopg import errors

from interlock.adapters.postgres.call import Caller, Function, Parameter, array
from interlock.adapters.postgres.connection import APPEND, AUTHORITY, Lane, Lanes, as_unavailable
from interlock.adapters.postgres.drain import lock_of
from interlock.adapters.postgres.views import PostgresReading, PostgresTransaction
from interlock.adapters.sql.projections import cell
from interlock.ports.journal import Admission, Answer, Wish
from interlock.ports.store import NotOnce
from interlock.terms.errors import Unavailable
from interlock.terms.ledger import NewEntry

T = TypeVar("T")
NO_ROOM = "IL001"
GONE = ("08", "57P")  # the classes of errors after which a connection, or the server, is gone
SEALED_EVERY = 1024  # entries of one process, which then takes all that are written into the tree
AGAIN_S = (0.05, 0.2, 0.5, 1.0)
STATES = {"intent.completed": "done", "intent.failed": "failed", "intent.in_doubt": "in_doubt"}
NOT_ADMITTED = {-1: Answer.KNOWN, -2: Answer.STALE}  # what interlock_admit answers in place of an entry
CASE = ("key", "release", "verb", "audited", "tenant", "segment", "action", "state", "epoch", "owner", "lease_until")
ADMIT = Caller(Function("interlock_admit", 24, frozenset({8, 9, 10})))
SETTLE = Caller(Function("interlock_settle", 15, frozenset({7, 8, 9})))
UNLOCK = Caller(Function("interlock_unlock", 1, frozenset()))


class Hold:
    """The drain locks of one action, in the session of a lane."""

    def __init__(self, lanes: Lanes, lane: Lane, locks: Sequence[int]) -> None:
        self._lanes = lanes
        self.lane = lane
        self.locks = list(locks)

    def release(self) -> None:
        """Let go; a session that is gone has let go already."""
        locks, self.locks = self.locks, []
        if not locks or self.lane.broken:
            return
        with self._lanes.taken(self.lane) as lane:
            try:
                UNLOCK(lane, (array(locks),))
            except psycopg.Error:
                lane.connection.close()


@dataclass(frozen=True, slots=True)
class Held(Admission):
    """An admission with its drain locks."""

    hold: Hold | None = None


class PostgresJournal:
    """Admits and settles on the lanes of one process."""

    def __init__(self, lanes: Lanes, seal: Callable[[], object]) -> None:
        self._lanes = lanes
        self._seal = seal
        self._unsealed = 0

    def admit(self, wishes: Sequence[Wish]) -> tuple[Admission, ...]:
        if len(wishes) == 1:
            return (_again(lambda: self._admit_one(wishes[0])),)
        return _again(lambda: self._admit_all(wishes))

    def settle(self, entry: NewEntry, admission: Admission | None = None, *, durable: bool) -> bool:
        hold = admission.hold if isinstance(admission, Held) else None
        try:
            return _again(lambda: self._settle_one(entry, hold, durable=durable))
        finally:
            if admission is not None:
                admission.release()
            self._unsealed += 2  # an admission and its settlement
            if self._unsealed >= SEALED_EVERY:
                self._unsealed = 0
                with suppress(Unavailable):  # somebody else, or the next time, will do it
                    self._seal()

    def used(self, workflow: str, counters: Sequence[str]) -> Mapping[str, int]:
        query = "SELECT name, used FROM counter WHERE workflow = %s AND name = ANY(%s)"

        def read() -> dict[str, int]:
            with self._lanes.taken() as lane:
                return dict(lane.connection.execute(query, (workflow, list(counters))).fetchall())

        rows = _again(read)
        return {name: int(rows.get(name, 0)) for name in counters}

    def _admit_one(self, wish: Wish) -> Admission:
        locks = [lock_of(scope) for scope in wish.scopes]
        with self._lanes.taken() as lane:
            try:
                answer = _ask(lane, wish, locks)
            except psycopg.Error as exc:
                if exc.sqlstate != NO_ROOM:
                    raise
                return Admission(Answer.EXHAUSTED)
            if answer.answer is Answer.KNOWN:
                answer = _known(lane, wish, locks)
        if answer.answer is not Answer.ADMITTED or not locks:
            return answer
        hold = Hold(self._lanes, lane, locks)
        return Held(Answer.ADMITTED, answer.entry, release=hold.release, hold=hold)

    def _admit_all(self, wishes: Sequence[Wish]) -> tuple[Admission, ...]:
        """In one transaction; nothing of it stays where one wish is stale. Many at once are never applied."""
        with self._lanes.taken() as lane:
            with lane.connection.transaction() as transaction:
                answers = [_ask(lane, wish, ()) for wish in wishes]
                if any(one.answer is Answer.STALE for one in answers):
                    raise psycopg.Rollback(transaction)
            pairs = zip(wishes, answers, strict=True)
            return tuple(_known(lane, w, ()) if a.answer is Answer.KNOWN else a for w, a in pairs)

    def _settle_one(self, entry: NewEntry, hold: Hold | None, *, durable: bool) -> bool:
        lane = None if hold is None or hold.lane.broken else hold.lane
        locks = hold.locks if hold is not None and lane is not None else []
        with self._lanes.taken(lane) as used:
            index = SETTLE(used, _settling(entry, locks, durable=durable))
            if hold is not None:
                hold.locks = []
            return index != b"-1" or _is_written(used, "settled_entry", entry)


def _ask(lane: Lane, wish: Wish, locks: Sequence[int]) -> Admission:
    if wish.entry.kind != "decision.made":
        return _ask_at_length(lane, wish, locks)
    entry = int(ADMIT(lane, _admitting(wish, locks)))
    return Admission(NOT_ADMITTED.get(entry, Answer.ADMITTED), entry)


def _ask_at_length(lane: Lane, wish: Wish, locks: Sequence[int]) -> Admission:
    """The same for an entry that is not the usual one, statement by statement."""
    db = lane.connection
    try:
        with db.transaction():
            if not wish.durable:
                db.execute("SET LOCAL synchronous_commit = off")
            db.execute("SELECT pg_advisory_xact_lock_shared(%s), pg_advisory_xact_lock_shared(%s)", (AUTHORITY, APPEND))
            tx = PostgresTransaction(db)
            if tx.authority_version() != wish.version:
                return Admission(Answer.STALE)
            _reserve(db, wish)
            index = tx.append(wish.entry)
            for lock in locks:
                db.execute("SELECT pg_advisory_lock_shared(%s)", (lock,))
    except NotOnce:
        return Admission(Answer.KNOWN)
    return Admission(Answer.ADMITTED, index)


def _reserve(db: psycopg.Connection[tuple[Any, ...]], wish: Wish) -> None:
    """Refuse what would overdraw a running limit; the entry's own projection takes it."""
    for one in wish.reservations:
        first = "INSERT INTO counter (workflow, name, used) VALUES (%s, %s, 0) ON CONFLICT DO NOTHING"
        db.execute(first, (wish.entry.body["workflow"], one.counter))  # so that there is a row to be locked
        query = "SELECT used FROM counter WHERE workflow = %s AND name = %s FOR UPDATE"
        row = db.execute(query, (wish.entry.body["workflow"], one.counter)).fetchone()
        if (int(row[0]) if row else 0) + one.amount > one.limit:
            db.execute("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'IL001', MESSAGE = 'no room'; END $$")


def _admitting(wish: Wish, locks: Sequence[int]) -> tuple[Parameter, ...]:
    entry, body = wish.entry, wish.entry.body
    return (
        wish.version,
        "t" if wish.durable else "f",
        array(locks),
        json.dumps([one.counter for one in wish.reservations]) if wish.reservations else None,
        array([one.amount for one in wish.reservations]),
        array([one.limit for one in wish.reservations]),
        entry.at,
        body["workflow"],
        entry.record,
        entry.leaf,
        entry.payload,
        *(body.get(name) for name in CASE),
        body.get("review_due_at"),
        cell(body.get("asked")),
    )


def _settling(entry: NewEntry, locks: Sequence[int], *, durable: bool) -> tuple[Parameter, ...]:
    body = entry.body
    reserved = body.get("reserved", ())
    return (
        "t" if durable else "f",
        array(locks),
        json.dumps([one["counter"] for one in reserved]) if reserved else None,
        array([one["amount"] for one in reserved]),
        entry.at,
        entry.kind,
        body["workflow"],
        entry.record,
        entry.leaf,
        entry.payload,
        body["key"],
        STATES[entry.kind],
        "audit" if entry.kind == "intent.completed" else "decision",
        body.get("audit_due_at" if entry.kind == "intent.completed" else "review_due_at"),
        cell(body.get("asked")),
    )


def _known(lane: Lane, wish: Wish, locks: Sequence[int]) -> Admission:
    """The earlier decision; admitted where it is this very wish, whose answer was lost with its connection.

    Its locks went with that connection: a kill may have fenced since, and then the effect must not begin.
    """
    if _is_written(lane, "intent_entry" if locks else "entry", wish.entry):
        for lock in locks:
            lane.connection.execute("SELECT pg_advisory_lock_shared(%s)", (lock,))
        if not locks or PostgresReading(lane.connection).authority_version() == wish.version:
            return Admission(Answer.ADMITTED)
        for lock in locks:
            lane.connection.execute("SELECT pg_advisory_unlock_shared(%s)", (lock,))
    view = PostgresReading(lane.connection)
    known = view.decision(wish.key)
    return Admission(Answer.KNOWN, known.entry if known else -1, known, view.intent(wish.key))


def _is_written(lane: Lane, column: str, entry: NewEntry) -> bool:
    query = f"SELECT l.leaf FROM decision d JOIN ledger l ON l.entry = d.{column} WHERE d.key = %s"
    row = lane.connection.execute(query, (entry.body["key"],)).fetchone()
    return row is not None and bytes(row[0]) == entry.leaf


def _again(work: Callable[[], T]) -> T:
    """Do it; where the connection is lost on the way, once more on another: both functions know what they did before.

    Raises Unavailable; at once where the server could not be reached in the first place.
    """
    waits = list(AGAIN_S)
    lost: Exception | None = None
    while True:
        try:
            return work()
        except psycopg.Error as exc:
            if not _is_gone(exc) or not waits:
                raise as_unavailable(exc) from exc
            lost = exc
        except Unavailable:
            if lost is None or not waits:
                raise
        time.sleep(waits.pop(0))


def _is_gone(exc: psycopg.Error) -> bool:
    if isinstance(exc, errors.InterfaceError):
        return True
    return isinstance(exc, psycopg.OperationalError) and (exc.sqlstate is None or exc.sqlstate.startswith(GONE))
