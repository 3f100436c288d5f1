"""What a journaled action costs on PostgreSQL alone: a fenced intent, committed, then its completion.

The intent is one call of a function: it takes a shared lock that falls with the transaction, reads the epoch in a
second statement, which under READ COMMITTED sees what was committed before the lock was granted, and inserts.
"""

import multiprocessing
import queue
import time
from dataclasses import dataclass
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import Any

import psycopg

from runtime.intent import COLUMNS, EPOCH, WARM_UP_S, intent_row
from runtime.timing import Floor, Timed, timed

SCOPE_LOCK = 4711
STARTED_WITHIN_S = 60.0
_TYPES = {name: kind.replace("INTEGER", "bigint") for name, kind in COLUMNS.items()}
_ARGUMENTS = ", ".join(kind.split()[0] for kind in _TYPES.values())
_VALUES = ", ".join(f"${number}" for number, _ in enumerate(_TYPES, 1))
SCHEMA = f"""
DROP TABLE IF EXISTS floor_intent, floor_scope;
CREATE TABLE floor_scope (name text PRIMARY KEY, epoch bigint NOT NULL);
INSERT INTO floor_scope VALUES ('all', {EPOCH});
CREATE TABLE floor_intent ({", ".join(f"{name} {kind}" for name, kind in _TYPES.items())});
CREATE OR REPLACE FUNCTION floor_admit({_ARGUMENTS}) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared({SCOPE_LOCK});
  IF (SELECT epoch FROM floor_scope WHERE name = 'all') <> $3 THEN
    RETURN false;
  END IF;
  INSERT INTO floor_intent VALUES ({_VALUES});
  RETURN true;
END $$;
"""
ADMIT = f"SELECT floor_admit({', '.join('%s' for _ in _TYPES)})".encode()
COMPLETE = b"UPDATE floor_intent SET state = 'done' WHERE key = %s"
# For this transaction only, and in the same statement: the commit that follows does not wait for the disk.
COMPLETE_LAZILY = COMPLETE + b" AND set_config('synchronous_commit', 'off', true) IS NOT NULL"


@dataclass(frozen=True, slots=True)
class _Task:
    """What a process is to do."""

    url: str
    caller: int
    seconds: float
    lazily: bool


def postgres_floor(url: str, *, processes: int, seconds: float, lazily: bool = True) -> Floor:
    """Processes with one connection each that act at the same time; its tables in this database are made anew.

    `lazily`: the commit of a completion does not wait for the disk. Raises RuntimeError where a process failed.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SCHEMA)
        connection.execute("CHECKPOINT")  # the databases' making is not part of what is measured
    spawn = multiprocessing.get_context("spawn")  # a forked process would share this one's state
    ready, told = spawn.Barrier(processes), spawn.Queue()
    workers = [
        spawn.Process(target=_work, args=(_Task(url, caller, seconds, lazily), ready, told), daemon=True)
        for caller in range(processes)
    ]
    try:
        for worker in workers:
            worker.start()
        ended = [_answer(told, seconds) for _ in workers]
    finally:
        for worker in workers:
            worker.terminate()
            worker.join()
        told.close()
    all_us = [each for done in ended for each in done.each_us]
    together = Timed(all_us, max(done.elapsed_s for done in ended), sum(done.cpu_s for done in ended))
    return together.floor(f"PostgreSQL fenced, completion {'lazy' if lazily else 'durable'}", callers=processes)


def _answer(told: "Queue[Any]", seconds: float) -> Timed:
    try:
        answer = told.get(timeout=STARTED_WITHIN_S + seconds)
    except queue.Empty:
        raise RuntimeError("a process that measures PostgreSQL said nothing; was it killed?") from None
    if not isinstance(answer, Timed):
        raise RuntimeError(f"a process that measures PostgreSQL failed: {answer}")
    return answer


def _work(task: _Task, ready: Barrier, told: "Queue[Any]") -> None:
    try:
        told.put(_measure(task, ready))
    except Exception as exc:  # noqa: BLE001 - the parent raises it
        ready.abort()
        told.put(f"{type(exc).__name__}: {exc}")


def _measure(task: _Task, ready: Barrier) -> Timed:
    with psycopg.connect(task.url, autocommit=True) as connection:
        complete = COMPLETE_LAZILY if task.lazily else COMPLETE

        def act(number: int) -> None:
            row = intent_row(number, task.caller)
            admitted = connection.execute(ADMIT, row, prepare=True).fetchone()
            if admitted != (True,):
                raise RuntimeError("the fence refused an intent of the present epoch")
            connection.execute(complete, row[:1], prepare=True)

        warm = timed(act, seconds=WARM_UP_S, cpu=time.process_time)
        ready.wait(STARTED_WITHIN_S)
        return timed(act, seconds=task.seconds, first=len(warm.each_us), cpu=time.process_time)
