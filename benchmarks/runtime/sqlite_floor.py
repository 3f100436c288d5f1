"""What a journaled action costs on SQLite alone: an intent inserted and committed, then set to done and committed."""

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from pathlib import Path

from runtime.intent import COLUMNS, WARM_UP_S, intent_row
from runtime.timing import Floor, Timed, timed

INSERT = f"INSERT INTO floor_intent VALUES ({', '.join('?' * len(COLUMNS))})"
# In a statement of its own where a completion is lazy: SQLite cannot change it within a transaction.
SYNC_FULL, SYNC_NORMAL = "PRAGMA synchronous = FULL", "PRAGMA synchronous = NORMAL"
COMPLETE = "UPDATE floor_intent SET state = 'done' WHERE key = ?"
BUSY_S = 60.0


class Durability(StrEnum):
    """Which of the two commits wait for the disk."""

    INTENT = "FULL, completion NORMAL"
    BOTH = "FULL"
    NEITHER = "NORMAL"


def sqlite_alone(folder: Path, durability: Durability, *, seconds: float) -> Floor:
    """One thread, one action after the other, in a new store in this folder."""
    connection = _new_store(folder, durability)
    lazily = durability is Durability.INTENT

    def act(number: int) -> None:
        row = intent_row(number)
        _commit(connection, INSERT, row)
        if lazily:
            connection.execute(SYNC_NORMAL)
        _commit(connection, COMPLETE, row[:1])
        if lazily:
            connection.execute(SYNC_FULL)

    try:
        warm = timed(act, seconds=WARM_UP_S, cpu=time.thread_time)
        done = timed(act, seconds=seconds, first=len(warm.each_us), cpu=time.thread_time)
    finally:
        connection.close()
    return done.floor(f"SQLite {durability}")


def sqlite_group(folder: Path, *, callers: int, seconds: float) -> Floor:
    """Threads that act at the same time; intents and completions that wait together are committed together."""
    connection = _new_store(folder, Durability.BOTH)
    group, started = _Group(connection), list[tuple[float, float]]()
    ready = threading.Barrier(callers, action=lambda: started.append(_now()), timeout=BUSY_S)

    def caller(who: int) -> Timed:
        def act(number: int) -> None:
            row = intent_row(number, who)
            group.commit(INSERT, row)
            group.commit(COMPLETE, row[:1])

        warm = timed(act, seconds=WARM_UP_S, cpu=time.thread_time)
        ready.wait()
        return timed(act, seconds=seconds, first=len(warm.each_us), cpu=time.thread_time)

    try:
        with ThreadPoolExecutor(callers) as threads:
            ended = list(threads.map(caller, range(callers)))
        wall_s, cpu_s = (end - start for start, end in zip(started[0], _now(), strict=True))
    finally:
        connection.close()
    together = Timed([each for done in ended for each in done.each_us], wall_s, cpu_s)
    return together.floor(f"SQLite {Durability.INTENT}, group commit", callers=callers)


def _now() -> tuple[float, float]:
    """Wall time, and processor time of all threads: seconds."""
    return time.perf_counter(), time.process_time()


class _Group:
    """Commits together what waits together.

    Who comes to an idle engine commits; who comes later waits for that, and the first of them then commits for all.
    Each is woken once, by a lock of its own: one lock for all goes from caller to caller only to find the work done.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._mutex = threading.Lock()
        self._waiting: list[_Job] = []
        self._busy = False

    def commit(self, statement: str, values: tuple[object, ...]) -> None:
        job = _Job(statement, values)
        with self._mutex:
            self._waiting.append(job)
            leads, self._busy = not self._busy, True
        if not leads and not job.woken.acquire(timeout=BUSY_S):
            raise RuntimeError("whoever committed for this caller failed")
        if not job.done:
            self._commit_all()

    def _commit_all(self) -> None:
        with self._mutex:
            jobs, self._waiting = self._waiting, []
        self._connection.execute(SYNC_FULL if any(job.statement is INSERT for job in jobs) else SYNC_NORMAL)
        self._connection.execute("BEGIN IMMEDIATE")
        for job in jobs:
            self._connection.execute(job.statement, job.values)
        self._connection.execute("COMMIT")
        with self._mutex:
            heir = self._waiting[0] if self._waiting else None
            self._busy = heir is not None
        for job in jobs:
            job.done = True
            job.woken.release()
        if heir is not None:
            heir.woken.release()


class _Job:
    __slots__ = ("done", "statement", "values", "woken")

    def __init__(self, statement: str, values: tuple[object, ...]) -> None:
        self.statement = statement
        self.values = values
        self.done = False
        self.woken = threading.Lock()
        self.woken.acquire()


def _new_store(folder: Path, durability: Durability) -> sqlite3.Connection:
    path = folder / "floor.db"
    for each in folder.glob(f"{path.name}*"):
        each.unlink()
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=BUSY_S)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(SYNC_NORMAL if durability is Durability.NEITHER else SYNC_FULL)
    types = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    connection.execute(f"CREATE TABLE floor_intent ({types}) STRICT")
    return connection


def _commit(connection: sqlite3.Connection, statement: str, values: tuple[object, ...]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(statement, values)
    connection.execute("COMMIT")
