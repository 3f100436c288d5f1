"""interlock.ports.store.Store on one SQLite file: BEGIN IMMEDIATE is the fence, one writer at a time."""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from interlock.adapters.sqlite.connection import open_store_file, translated
from interlock.adapters.sqlite.reading import SqliteReading, SqliteTransaction
from interlock.terms.errors import Unavailable

HALTING_PAUSE_S = 0.002
HALTING_PAUSE_MAX_S = 5.0


class SqliteStore:
    """A store in `path`. Safe for threads; a forked child must open its own (a parent's connection is refused)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._pid = os.getpid()
        self._lock = threading.RLock()
        self._db = open_store_file(path)
        self._halting_flag = path.with_name(path.name + ".halting")
        self._halting_here = False

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[SqliteTransaction]:
        """Commits when the block ends, rolls back when it raises."""
        self._stand_aside()
        with self._lock, translated(self.path):
            db = self._own()
            if db.in_transaction:
                raise Unavailable("a transaction of this store is already open in this thread; nest nothing in it")
            # In WAL mode NORMAL leaves the sync to the next FULL commit: survives kill -9, not a loss of power.
            db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            db.execute("BEGIN IMMEDIATE")
            try:
                yield SqliteTransaction(db)
                db.execute("COMMIT")
            finally:
                self._roll_back_what_is_open(db)

    @contextmanager
    def reading(self) -> Iterator[SqliteReading]:
        """A consistent view: nothing that is committed meanwhile is seen."""
        with self._lock, translated(self.path):
            db = self._own()
            if db.in_transaction:
                yield SqliteReading(db)
                return
            db.execute("BEGIN")
            try:
                yield SqliteReading(db)
            finally:
                db.execute("ROLLBACK")

    @contextmanager
    def halting(self) -> Iterator[None]:
        """Writers of every process pause while the flag file exists (bounded: a killed killer cannot block them)."""
        with translated(self.path):
            self._halting_flag.touch()
        self._halting_here = True
        try:
            yield
        finally:
            self._halting_here = False
            self._halting_flag.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the connection."""
        if os.getpid() == self._pid:
            self._db.close()

    @staticmethod
    def _roll_back_what_is_open(db: sqlite3.Connection) -> None:
        if db.in_transaction:
            db.execute("ROLLBACK")

    def _stand_aside(self) -> None:
        give_up = time.monotonic() + HALTING_PAUSE_MAX_S
        while not self._halting_here and self._halting_flag.exists() and time.monotonic() < give_up:
            time.sleep(HALTING_PAUSE_S)

    def _own(self) -> sqlite3.Connection:
        if os.getpid() != self._pid:
            raise Unavailable("this store was opened before a fork; open a new one in the child process")
        return self._db
