"""What a journaled action costs on PostgreSQL alone: a fenced intent, committed, then its completion.

The intent is one call of a function: it takes a shared lock that falls with the transaction, reads the epoch in a
second statement, which under READ COMMITTED sees what was committed before the lock was granted, and inserts.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import psycopg

from runtime.intent import COLUMNS, EPOCH, WARM_UP_S, intent_row
from runtime.processes import in_processes
from runtime.timing import Floor, Timed, timed

SCOPE_LOCK = 4711
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
    at_rest(url)
    tasks = [_Task(url, caller, seconds, lazily) for caller in range(processes)]
    together = in_processes(_measure, tasks, seconds=seconds)
    return together.floor(f"PostgreSQL fenced, completion {'lazy' if lazily else 'durable'}", callers=processes)


def at_rest(url: str) -> None:
    """Let the server write out what it still holds of what was done before: that is no part of what comes next."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")


def _measure(task: _Task, ready: Callable[[], object]) -> Timed:
    with psycopg.connect(task.url, autocommit=True) as connection:
        complete = COMPLETE_LAZILY if task.lazily else COMPLETE

        def act(number: int) -> None:
            row = intent_row(number, task.caller)
            admitted = connection.execute(ADMIT, row, prepare=True).fetchone()
            if admitted != (True,):
                raise RuntimeError("the fence refused an intent of the present epoch")
            connection.execute(complete, row[:1], prepare=True)

        warm = timed(act, seconds=WARM_UP_S, cpu=time.process_time)
        ready()
        return timed(act, seconds=task.seconds, first=len(warm.each_us), cpu=time.process_time)
