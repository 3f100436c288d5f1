"""interlock.ports.gateway.changes.Changes on SQLite, which tells on each request, and on any store that is asked."""

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

from interlock.adapters.sqlite.connection import check_identity, identity, open_to_read
from interlock.ports.gateway.changes import BLIND_S
from interlock.terms.errors import Unavailable

LOOK_S = 0.001  # requests of the same millisecond share a look
SAME_FILE_S = 0.02  # whether it is still the same file costs more than what is in it
POLL_S = 0.02


class _Seen:
    """The version that was seen last, and whether that is too long ago."""

    def __init__(self, where: str, monotonic: Callable[[], float]) -> None:
        self._where, self._monotonic = where, monotonic
        self._version, self._at_s = 0, float("-inf")
        self._why = "it was never looked at"

    def saw(self, version: int, at_s: float) -> None:
        self._version, self._at_s = version, at_s

    def failed(self, exc: Exception) -> None:
        self._why = str(exc)

    def version(self, now_s: float) -> int:
        if now_s - self._at_s > BLIND_S:
            raise Unavailable(f"{self._where} could not be looked at for {BLIND_S:.0f} s ({self._why})")
        return self._version


class SqliteChanges:
    """A connection that SQLite tells of every commit of others (PRAGMA data_version).

    A change is seen by the first request that begins `LOOK_S` or more after its commit; nobody has to announce it.
    Where two threads ask at once one of them looks, and the other is told what was seen before.
    """

    def __init__(self, path: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._path, self._monotonic = path, monotonic
        self._seen = _Seen(f"the store {path}", monotonic)
        self._looked_s, self._commits, self._version = float("-inf"), -1, 0
        self._db: sqlite3.Connection | None = None
        self._file, self._check_s = identity(path), float("-inf")
        self._looking = threading.Lock()

    def version(self) -> int:
        now_s = self._monotonic()
        if now_s - self._looked_s >= LOOK_S and self._looking.acquire(blocking=False):
            try:
                self._looked_s = now_s
                self._look(now_s)
            except (sqlite3.Error, Unavailable) as exc:
                self._seen.failed(exc)
                self._let_go()
            finally:
                self._looking.release()
        return self._seen.version(now_s)

    def close(self) -> None:
        with self._looking:
            self._let_go()

    def _let_go(self) -> None:
        self._check_s = float("-inf")
        if self._db is not None:
            self._db.close()
            self._db = None

    def _look(self, now_s: float) -> None:
        if now_s >= self._check_s:
            check_identity(self._path, self._file)
            self._check_s = now_s + SAME_FILE_S
        if self._db is None:
            self._db, self._commits = open_to_read(self._path), -1
        (commits,) = self._db.execute("PRAGMA data_version").fetchone()
        if commits != self._commits:
            (version,) = self._db.execute("SELECT version FROM authority").fetchone()
            self._commits, self._version = commits, int(version)
        self._seen.saw(self._version, now_s)


class PolledChanges:
    """A thread that asks a store 50 times a second: a change is seen `POLL_S` and one look after its commit.

    `ask` is the store's version of what is on record; it raises Unavailable.
    """

    def __init__(self, ask: Callable[[], int], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._ask, self._monotonic = ask, monotonic
        self._seen = _Seen("the store", monotonic)
        self._ended = threading.Event()
        self._look()
        self._thread = threading.Thread(target=self._run, name="gateway-changes", daemon=True)
        self._thread.start()

    def version(self) -> int:
        return self._seen.version(self._monotonic())

    def close(self) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(POLL_S):
            self._look()

    def _look(self) -> None:
        began_s = self._monotonic()
        try:
            self._seen.saw(self._ask(), began_s)
        except Unavailable as exc:
            self._seen.failed(exc)
