"""The floors do the work that they say they time: every action intended, committed and completed, and fenced."""

import multiprocessing
import sqlite3
import threading
from pathlib import Path

import psycopg
import pytest

from postgres_server import Databases
from runtime.floors import Durability, Floor, fsync, postgres_floor, sqlite_alone, sqlite_group
from runtime.intent import EPOCH, intent_row
from runtime.postgres_floor import ADMIT, SCHEMA, SCOPE_LOCK
from runtime.processes import answer
from runtime.timing import Timed, quantile, timed

BRIEFLY_S = 0.1
BLOCKED_S = 0.2
COUNTED = "SELECT count(*), count(*) FILTER (WHERE state = 'done') FROM floor_intent"


def plausible(floor: Floor, *, callers: int, written: int, done: int) -> bool:
    """Warm-up writes too, so there are more rows than timed actions; and no caller was busy for longer than it took."""
    busy_s = (
        floor.actions * floor.wall_p50_us / 1e6
    )  # at most twice the sum: half of the actions took the median or more
    return (
        floor.callers == callers
        and 0 < floor.actions < written == done
        and 0 < floor.wall_p50_us <= floor.wall_p99_us
        and floor.cpu_us > 0
        and busy_s <= 2 * callers * (floor.actions / floor.rate_per_s)
    )


@pytest.mark.parametrize("durability", Durability)
def test_sqlite_alone_intends_and_completes_every_action(tmp_path: Path, durability: Durability) -> None:
    floor = sqlite_alone(tmp_path, durability, seconds=BRIEFLY_S)

    with sqlite3.connect(tmp_path / "floor.db") as connection:
        written, done = connection.execute(COUNTED).fetchone()
    connection.close()
    assert plausible(floor, callers=1, written=written, done=done), (floor, written, done)
    assert floor.engine == f"SQLite {durability}"


def test_sqlite_in_groups_intends_and_completes_every_action(tmp_path: Path) -> None:
    floor = sqlite_group(tmp_path, callers=8, seconds=BRIEFLY_S)

    with sqlite3.connect(tmp_path / "floor.db") as connection:
        written, done = connection.execute(COUNTED).fetchone()
    connection.close()
    assert plausible(floor, callers=8, written=written, done=done), (floor, written, done)


@pytest.mark.parametrize(("processes", "lazily"), [(1, True), (2, False)])
def test_postgres_intends_and_completes_every_action(postgres: Databases, processes: int, lazily: bool) -> None:
    url = postgres.new_database()
    floor = postgres_floor(url, processes=processes, seconds=BRIEFLY_S, lazily=lazily)

    with psycopg.connect(url) as connection:
        [(written, done)] = connection.execute(COUNTED).fetchall()
    assert plausible(floor, callers=processes, written=written, done=done), (floor, written, done)


def test_the_postgres_intent_is_fenced_even_where_it_waited_for_the_lock(postgres: Databases) -> None:
    url = postgres.new_database()
    admitted: list[object] = []

    def admit(number: int) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            admitted.append(connection.execute(ADMIT, intent_row(number)).fetchone())

    with psycopg.connect(url) as raising:
        raising.execute(SCHEMA)
        raising.commit()
        admit(0)
        raising.execute("SELECT pg_advisory_xact_lock(%s)", [SCOPE_LOCK])
        raising.execute("UPDATE floor_scope SET epoch = %s", [EPOCH + 1])
        waiting = threading.Thread(target=admit, args=(1,))
        waiting.start()
        waiting.join(BLOCKED_S)
        assert (waiting.is_alive(), admitted) == (True, [(True,)])
        raising.commit()
        waiting.join()
        [(written,)] = raising.execute("SELECT count(*) FROM floor_intent").fetchall()

    assert (admitted, written) == ([(True,), (False,)], 1)


def test_a_process_that_fails_fails_the_measurement() -> None:
    told = multiprocessing.get_context("spawn").Queue()
    told.put("OperationalError: gone")
    with pytest.raises(RuntimeError, match="OperationalError: gone"):
        answer(told, 0.0)
    told.close()


def test_the_disk_is_timed_and_nothing_is_left(tmp_path: Path) -> None:
    disk = fsync(tmp_path, seconds=BRIEFLY_S)

    assert disk.writes > 0
    assert 0 < disk.p50_us <= disk.p99_us
    assert list(tmp_path.iterdir()) == []


def test_an_action_is_numbered_timed_and_divided_by() -> None:
    numbers: list[int] = []
    cpu = iter((1.0, 1.5))
    done = timed(numbers.append, seconds=0.0, first=7, cpu=lambda: next(cpu))

    assert (numbers, len(done.each_us), done.cpu_s) == ([7], 1, 0.5)
    assert Timed((1.0, 9.0, 2.0, 3.0), elapsed_s=2.0, cpu_s=4e-6).floor("x", callers=3) == Floor(
        "x", 3, 4, wall_p50_us=2.0, wall_p99_us=9.0, rate_per_s=2.0, cpu_us=1.0
    )
    with pytest.raises(ValueError, match="nothing was measured"):
        quantile((), 0.5)
