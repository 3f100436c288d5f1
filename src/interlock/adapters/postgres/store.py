"""interlock.ports.store.Store on PostgreSQL: one governing transaction at a time, cases beside it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TypeVar

import psycopg

from interlock.adapters.postgres.clock import ServerClock
from interlock.adapters.postgres.connection import APPEND, DESK, Lane, Lanes, as_unavailable, connect, make_schema
from interlock.adapters.postgres.unsettled import let_go, take_in
from interlock.adapters.postgres.views import PostgresReading, PostgresTransaction, named
from interlock.adapters.sql.sealing import ROOT, SEAL, UNSEALED, sealed
from interlock.ports.store import Transaction
from interlock.ports.tree import Tree
from interlock.terms.errors import Unavailable
from interlock.terms.ledger import TreeHead

T = TypeVar("T")
BLOCKS_MAX = 8


class PostgresStore:
    """A store in the database that `address` names. Safe for threads; a forked child must open its own.

    `clock` tells the server's time.
    """

    def __init__(self, address: str, tree: Tree, clock: ServerClock | None = None) -> None:
        self.clock = clock or ServerClock()
        first = connect(address)
        try:
            make_schema(first)
            with _translated():
                self.clock.ask(first)
        finally:
            first.close()
        self._tree = tree
        self._lanes = Lanes(address, lanes_max=BLOCKS_MAX, greeted=self.clock.ask_now_and_then)
        self._own = threading.local()

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[PostgresTransaction]:
        """Commits when the block ends, rolls back when it raises."""
        if getattr(self._own, "tx", None) is not None:
            raise Unavailable("a transaction of this store is already open in this thread; nest nothing in it")
        with self._lane() as lane, _translated():
            db = lane.connection
            with db.transaction():
                if not durable:
                    db.execute("SET LOCAL synchronous_commit = off")
                db.execute("SELECT pg_advisory_xact_lock(%s)", (DESK,))
                tx = self._own.tx = PostgresTransaction(db)
                try:
                    yield tx
                    self._lanes.check_usable()
                finally:
                    self._own.tx = None
                    tx.end()

    def run(self, work: Callable[[Transaction], T], *, durable: bool = True) -> T:
        """`work` in a transaction of its own: the server itself commits in groups."""
        with self.transaction(durable=durable) as tx:
            return work(tx)

    @contextmanager
    def reading(self) -> Iterator[PostgresReading]:
        """A consistent view: nothing that is committed meanwhile is seen.

        Within this thread's own transaction it is the transaction's view.
        """
        own = getattr(self._own, "tx", None)
        if own is not None:
            yield own
            return
        with self._lane() as lane, _translated():
            db = lane.connection
            with db.transaction():
                db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                view = PostgresReading(db)
                try:
                    yield view
                finally:
                    view.end()

    def authority_version(self) -> int:
        """As a view says it, by one bare question: who asks 50 times a second pays a fifth. Raises Unavailable."""
        with self._lane() as lane, _translated():
            answer = lane.connection.pgconn.exec_(b"SELECT version FROM authority")
            if answer.status != psycopg.pq.ExecStatus.TUPLES_OK:
                raise psycopg.OperationalError(answer.get_error_message())
            version = answer.get_value(0, 0) if answer.ntuples else None
        if version is None:
            raise Unavailable("the store's authority version is missing: run `interlock ledger verify`")
        return int(version)

    def seal(self) -> TreeHead:
        """Take every entry that is written by now into the tree."""
        with self._lane() as lane, _translated():
            db = lane.connection
            with db.transaction():
                db.execute("SET LOCAL synchronous_commit = off")  # nobody waits for the disk while nobody may write
                # While nobody writes, the line is drawn: what has a lower number is there now or never will be.
                db.execute("SELECT pg_advisory_xact_lock(%s)", (APPEND,))
                row = db.execute("SELECT coalesce(max(entry), -1) FROM ledger").fetchone()
                let_go(db)
            line = int(row[0]) if row else -1
            with db.transaction():
                db.execute("SELECT 1 FROM ledger_head FOR UPDATE")
                view = PostgresReading(db)
                old = view.head()
                leaves = view.stream(
                    UNSEALED.replace("ORDER", "AND entry <= :line ORDER"), {"last": old.last, "line": line}
                )
                head, roots = sealed(old, ((entry, leaf) for entry, leaf in leaves), self._tree)
                if head.size > old.size:
                    take_in(db, after=old.last, line=head.last)
                    db.execute(named(SEAL), {"size": head.size, "last": head.last, "peaks": b"".join(head.peaks)})
                    for one in roots:
                        db.execute(named(ROOT), {"size": one.size, "last": one.last, "root": one.root})
                view.end()
        return head

    def purge(self) -> bool:
        """Let the server use the space of rows that are gone again."""
        with self._lane() as lane, _translated():
            lane.connection.execute("VACUUM ledger, payload, traffic")
        return True

    def halting(self) -> AbstractContextManager[None]:
        """Nothing to do: PostgreSQL's lock queue is fair, no writer overtakes a kill."""
        return nullcontext()

    def close(self) -> None:
        """Close all connections."""
        self._lanes.close()

    @contextmanager
    def _lane(self) -> Iterator[Lane]:
        held = getattr(self._own, "held", 0)
        with self._lanes.taken(at_once=held > 0) as lane:
            self._own.held = held + 1
            try:
                yield lane
            finally:
                self._own.held = held


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as exc:
        raise as_unavailable(exc) from exc
