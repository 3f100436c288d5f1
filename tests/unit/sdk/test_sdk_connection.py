"""A connection over a run time that only counts: forks, threads, the end."""

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest

from interlock.surfaces.sdk.connection import Connection, without_secrets
from interlock.surfaces.sdk.house import House
from interlock.terms.errors import Unavailable

# Newer Pythons warn of forks among threads; that these go well is what is tested here.
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
CLOSED = r"this connection was closed: open another, interlock\.connect"


class Opened:
    """What a connection has opened, and what was closed of it."""

    def __init__(self) -> None:
        self.opened = 0
        self.closed = 0

    def open(self) -> House:
        self.opened += 1
        threading.Event().wait(0.01)  # long enough for others to come
        return cast("House", self)

    def close(self) -> None:
        self.closed += 1


def _is(house: House, counted: object) -> bool:
    return house is counted


def in_child(work: Callable[[], bool]) -> bool:
    """What a forked child says of itself."""
    pid = os.fork()
    if pid == 0:
        try:
            os._exit(0 if work() else 1)
        finally:
            os._exit(2)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_threads_of_a_forked_child_open_one_store_between_them() -> None:
    counted = Opened()
    connection = Connection("store", counted.open)

    def work() -> bool:
        with ThreadPoolExecutor(8) as pool:
            houses = list(pool.map(lambda _: connection.house, range(32)))
        return counted.opened == 2 and len(set(map(id, houses))) == 1

    assert in_child(work)
    assert _is(connection.house, counted)
    assert (counted.opened, counted.closed) == (1, 0)


def test_a_fork_while_another_thread_holds_the_connections_lock_does_not_hang() -> None:
    began, go_on = threading.Event(), threading.Event()
    counted = Opened()
    connection = Connection("store", counted.open)
    connection.after_fork_in_child()  # nothing is open yet: the next thread that asks opens, under the lock

    def slow() -> House:
        began.set()
        go_on.wait(10)
        return counted.open()

    connection._opener = slow
    thread = threading.Thread(target=lambda: connection.house)
    thread.start()
    assert began.wait(10)
    go_on_in_child = in_child(lambda: _opens_its_own(connection, counted))
    go_on.set()
    thread.join()
    assert go_on_in_child


def _opens_its_own(connection: Connection, counted: Opened) -> bool:
    connection._opener = counted.open
    return _is(connection.house, counted)


def test_a_child_closes_its_own_and_leaves_its_parents_alone() -> None:
    counted = Opened()
    connection = Connection("store", counted.open)

    def work() -> bool:
        connection.close()  # it has opened none
        return counted.closed == 0

    assert in_child(work)
    assert _is(connection.house, counted)
    assert counted.closed == 0
    connection.close()
    connection.close()
    assert counted.closed == 1


def test_a_closed_connection_opens_nothing_and_starts_no_thread() -> None:
    counted = Opened()
    with Connection("store", counted.open) as connection:
        pass

    async def later() -> None:
        await connection.in_thread(lambda: None)

    with pytest.raises(Unavailable, match=CLOSED):
        _ = connection.house
    with pytest.raises(Unavailable, match=CLOSED):
        asyncio.run(later())
    assert counted.opened == 1
    assert repr(connection) == "<interlock.Connection store: closed>"


def test_two_event_loops_share_one_pool_of_threads() -> None:
    with Connection("store", Opened().open) as connection:

        async def names() -> set[str]:
            async def one() -> str:
                return await connection.in_thread(lambda: threading.current_thread().name)

            return set(await asyncio.gather(*[one() for _ in range(20)]))

        with ThreadPoolExecutor(2) as loops:
            found = set.union(*loops.map(lambda _: asyncio.run(names()), range(2)))
    assert all(name.startswith("interlock_") for name in found)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://ana:secret@host/db", "postgresql://ana@host/db"),
        ("postgresql://ana:se:cr@et@host/db", "postgresql://ana@host/db"),
        ("postgresql://host/db?user=ana&password=secret", "postgresql://host/db?user=ana&password=..."),
        ("postgresql://host/db?sslpassword=secret&x=1", "postgresql://host/db?sslpassword=...&x=1"),
        ("postgresql://host/db?PassWord=secret", "postgresql://host/db?PassWord=..."),
        ("sqlite:///store.db", "sqlite:///store.db"),
        ("store.db", "store.db"),
    ],
)
def test_no_password_is_shown_wherever_it_stands(address: str, shown: str) -> None:
    assert without_secrets(address) == shown
    assert "secret" not in shown
