"""interlock.ports.store.Store on one SQLite file: BEGIN IMMEDIATE is the fence, one writer at a time."""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeVar

from interlock.adapters.sqlite.connection import (
    as_unavailable,
    begin_writing,
    check_identity,
    identity,
    open_to_read,
    sql_translated,
)
from interlock.adapters.sqlite.forks import open_here, stores, was_in_use
from interlock.adapters.sqlite.group import Group, Job
from interlock.adapters.sqlite.halting import HaltingFlag
from interlock.adapters.sqlite.purge import empty_log
from interlock.adapters.sqlite.views import SqliteReading, SqliteTransaction
from interlock.ports.store import Transaction
from interlock.ports.tree import Tree
from interlock.terms.errors import Unavailable
from interlock.terms.ledger import TreeHead

T = TypeVar("T")

IDLE_READERS_MAX = 4


class SqliteStore:
    """A store in `path`. Safe for threads: writers take turns, readers do not wait for them nor hold them up.

    A forked child must open its own (its parent's is refused). Connections are closed before a fork, because a copy
    of an open one makes SQLite believe in locks that the child does not hold, and committed rows are lost.
    """

    def __init__(self, path: Path, tree: Tree) -> None:
        self.path = path
        self._tree = tree
        self._level = ""
        self._pid = os.getpid()
        self._lock = threading.RLock()
        self._writer: sqlite3.Connection | None = open_here(path)
        self._file = identity(path)
        self._group = Group(self._lock, self._perform)
        self._writing: int | None = None  # the thread whose transaction is open
        self._idle: list[sqlite3.Connection] = []
        self._readers_out = 0
        self._readers_lock = threading.Lock()
        self._flag = HaltingFlag(path)
        self._closed = False
        stores.add(self)

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[SqliteTransaction]:
        """Commits when the block ends, rolls back when it raises."""
        self._flag.stand_aside()
        self._check_usable()
        with self._lock, self._transaction(durable=durable) as tx:
            yield tx

    def run(self, work: Callable[[Transaction], T], *, durable: bool = True, ends: bool = False) -> T:
        """`work` in a transaction that it may share with other threads' (see interlock.adapters.sqlite.group).

        `ends`: it only ends what was begun before. No more of it can come than was begun, so a kill need not be let by.
        """
        if not ends:
            self._flag.stand_aside()
        self._check_usable()
        if not self._group.enter():
            return self._group.run(work, durable=durable, ends=ends)
        try:
            return self._alone(work, durable=durable, ends=ends)
        finally:
            self._group.leave()

    def seal(self) -> TreeHead:
        with self.transaction(durable=False) as tx:
            tx.seal()
            return tx.head()

    def purge(self) -> bool:
        self._check_usable()
        with self._lock, sql_translated(self.path):
            return empty_log(self._own_writer())

    def _alone(self, work: Callable[[Transaction], T], *, durable: bool, ends: bool) -> T:
        """Work that need not wait for others'. On the way of every effect: with as little around it as can be."""
        try:
            with self._lock:
                if not ends:
                    check_identity(self.path, self._file)
                tx = self._begin(durable=durable)
                try:
                    result = work(tx)
                    self._commit(tx)
                finally:
                    self._end(tx)
        except sqlite3.Error as exc:
            raise as_unavailable(exc, self.path) from exc
        return result

    def _perform(self, jobs: list[Job]) -> None:
        try:
            if not all(job.ends for job in jobs):
                check_identity(self.path, self._file)
            tx = self._begin(durable=any(job.durable for job in jobs))
            try:
                for job in jobs:
                    self._perform_one(job, tx)
                self._commit(tx)
            finally:
                self._end(tx)
        except sqlite3.Error as exc:
            raise as_unavailable(exc, self.path) from exc

    def _perform_one(self, job: Job, tx: SqliteTransaction) -> None:
        before = tx.savepoint()
        try:
            job.ended(job.work(tx))
        except sqlite3.Error:
            raise  # it may have ended the whole transaction: nobody's work is written
        except Exception as exc:  # noqa: BLE001 - a caller's own error is that caller's
            tx.back_to(before)
            job.failed(exc)

    @contextmanager
    def _transaction(self, *, durable: bool) -> Iterator[SqliteTransaction]:
        with sql_translated(self.path):
            check_identity(self.path, self._file)
            tx = self._begin(durable=durable)
            try:
                yield tx
                tx.seal()  # whoever changes authority leaves nothing unsealed
                self._commit(tx)
            finally:
                self._end(tx)

    def _begin(self, *, durable: bool) -> SqliteTransaction:
        db = self._writer or self._own_writer()
        if self._writing is not None:
            raise Unavailable("a transaction of this store is already open in this thread; nest nothing in it")
        level = "FULL" if durable else "NORMAL"
        if self._level != level:
            # In WAL mode NORMAL leaves the sync to the next FULL commit: survives kill -9, not a loss of power.
            db.execute(f"PRAGMA synchronous = {level}")
            self._level = level
        begin_writing(db)
        self._writing = threading.get_ident()
        return SqliteTransaction(db, self._tree)

    def _commit(self, tx: SqliteTransaction) -> None:
        self._check_usable()
        if tx.batch_full:
            tx.seal()
        tx.db.execute("COMMIT")

    def _end(self, tx: SqliteTransaction) -> None:
        db, self._writing = tx.db, None
        tx.end()
        self._leave(db)

    @contextmanager
    def reading(self) -> Iterator[SqliteReading]:
        """A consistent view: nothing that is committed meanwhile is seen.

        Within this thread's own transaction it is the transaction's view. Raises Unavailable where another file is
        there now.
        """
        self._check_usable()
        if self._writing == threading.get_ident():
            view = SqliteReading(self._own_writer())
            try:
                yield view
            finally:
                view.end()
            return
        check_identity(self.path, self._file)  # what is stopped in the file that is there now would not be seen
        with sql_translated(self.path):
            db = self._borrow()
            view = SqliteReading(db)
            try:
                db.execute("BEGIN")
                yield view
            finally:
                view.end()
                self._give_back(db)

    def halting(self) -> AbstractContextManager[None]:
        """Writers of every process pause meanwhile (bounded: a kill that died cannot block them)."""
        return self._flag.raised()

    def close(self) -> None:
        """Close all connections; views that are still open end with their blocks."""
        if os.getpid() != self._pid:
            return
        with self._lock:
            self._closed = True
            self._close_idle()
            self._flag.close()

    def _check_usable(self) -> None:
        if os.getpid() != self._pid:
            raise Unavailable("this store was opened before a fork; open a new one in the child process")
        if self._closed:
            raise Unavailable(f"the store {self.path} was closed; open it again")

    def _own_writer(self) -> sqlite3.Connection:
        if self._writer is None:  # closed for a fork
            self._check_usable()
            self._writer, self._level = open_here(self.path), ""
        return self._writer

    def _leave(self, db: sqlite3.Connection) -> None:
        if os.getpid() != self._pid:
            return
        if db.in_transaction:
            db.execute("ROLLBACK")
        if self._closed:
            self._close_idle()

    def _borrow(self) -> sqlite3.Connection:
        with self._readers_lock:
            db = self._idle.pop() if self._idle else open_to_read(self.path)
            self._readers_out += 1
        return db

    def _give_back(self, db: sqlite3.Connection) -> None:
        if os.getpid() != self._pid:
            return
        with self._readers_lock:
            self._readers_out -= 1
            if db.in_transaction:
                db.execute("ROLLBACK")
            if self._closed or len(self._idle) >= IDLE_READERS_MAX:
                db.close()
            else:
                self._idle.append(db)

    def _close_idle(self) -> None:
        """Close what nobody uses at this moment; the caller holds the writers' lock."""
        if self._writer is not None and self._writing is None:
            self._writer.close()
            self._writer = None
        with self._readers_lock:
            while self._idle:
                self._idle.pop().close()

    def __del__(self) -> None:
        if getattr(self, "_idle", None) is not None:
            self.close()

    def before_fork(self) -> None:
        """Close what can be closed, and let no other thread open it until the fork is over."""
        if os.getpid() == self._pid:
            self._lock.acquire()
            self._close_idle()
            self._readers_lock.acquire()

    def after_fork_in_parent(self) -> None:
        """Go on; the connections are opened again when they are needed."""
        if os.getpid() == self._pid:
            self._readers_lock.release()
            self._lock.release()

    def after_fork_in_child(self) -> None:
        """Remember a file of which this process inherited an open connection: it must not be opened here."""
        if self._writing is not None or self._readers_out:
            was_in_use(self.path)
