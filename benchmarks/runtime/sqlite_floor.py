"""What a journaled action costs on SQLite alone: an intent inserted and committed, then set to done and committed."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
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
    with sqlite_actions(folder, durability) as act:
        warm = timed(act, seconds=WARM_UP_S, cpu=time.thread_time)
        done = timed(act, seconds=seconds, first=len(warm.each_us), cpu=time.thread_time)
    return done.floor(f"SQLite {durability}")


@contextmanager
def sqlite_actions(folder: Path, durability: Durability, *, added_s: float = 0.0) -> Iterator[Callable[[int], None]]:
    """A new store in this folder, and what does one action of a number in it.

    `added_s`: the commit of an intent takes so much longer, as on a slower disk.
    """
    connection = _new_store(folder, durability)
    lazily = durability is Durability.INTENT

    def act(number: int) -> None:
        row = intent_row(number)
        _commit(connection, INSERT, row)
        if added_s:
            time.sleep(added_s)
        if lazily:
            connection.execute(SYNC_NORMAL)
        _commit(connection, COMPLETE, row[:1])
        if lazily:
            connection.execute(SYNC_FULL)

    try:
        yield act
    finally:
        connection.close()


def sqlite_group(folder: Path, *, callers: int, seconds: float, added_s: float = 0.0) -> Floor:
    """Threads that act at the same time; intents and completions that wait together are committed together.

    `added_s`: each commit that waits for the disk takes so much longer, as on a slower one.
    """
    connection = _new_store(folder, Durability.BOTH)
    group, started = _Group(connection, added_s), list[tuple[float, float]]()
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

    def __init__(self, connection: sqlite3.Connection, added_s: float) -> None:
        self._connection = connection
        self._added_s = added_s
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
        durable = any(job.statement is INSERT for job in jobs)
        self._connection.execute(SYNC_FULL if durable else SYNC_NORMAL)
        self._connection.execute("BEGIN IMMEDIATE")
        for job in jobs:
            self._connection.execute(job.statement, job.values)
        self._connection.execute("COMMIT")
        if durable and self._added_s:
            time.sleep(self._added_s)
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
