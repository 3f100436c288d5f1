"""A connection to a run time. It survives a fork: a child opens its own when it first needs one."""

import atexit
import os
import re
import threading
import weakref
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

from interlock.surfaces.sdk.house import House
from interlock.surfaces.sdk.workflow import Workflow
from interlock.terms.errors import Unavailable
from interlock.terms.intent import KillReport
from interlock.terms.person import Person

T = TypeVar("T")
CLOSED = "this connection was closed: open another, interlock.connect(...)"
THREADS = 32  # store steps of one event loop that may wait at the same time; they are committed in groups


class Connection:
    """What `interlock.connect` returns. Safe for threads, event loops and forked workers; close it, or use `with`."""

    def __init__(self, address: str, opener: Callable[[], House]) -> None:
        self.address = address
        self._opener = opener
        self._lock = threading.Lock()
        self._closed = False
        self._pool: ThreadPoolExecutor | None = None
        self._house: House | None = opener()
        _connections.add(self)

    @property
    def house(self) -> House:
        """The run time of this process. Raises Unavailable where the connection was closed or cannot be opened."""
        if self._closed:
            raise Unavailable(CLOSED)
        house = self._house
        return self._opened_again() if house is None else house

    def _opened_again(self) -> House:
        with self._lock:
            if self._closed:  # by another thread, meanwhile
                raise Unavailable(CLOSED)
            if self._house is None:
                self._house = self._opener()
            return self._house

    def after_fork_in_child(self) -> None:
        """Let go of what was inherited: it belongs to the parent, its lock and its threads too."""
        self._lock, self._pool, self._house = threading.Lock(), None, None

    def workflow(self, name: str) -> Workflow:
        """A governed workflow by its name. Raises BadInput where the store has none of that name."""
        return Workflow(self, name)

    def kill(self, scope: str, *, by: str, reason: str, wait_s: float = 10.0) -> KillReport:
        """Halt 'global', or tenant:NAME, workflow:NAME, action:NAME, segment:NAME. Raises BadInput, Unavailable."""
        return self.house.kill(scope, by=Person(by), reason=reason, wait_s=wait_s)

    def resume(self, scope: str, *, by: str, reason: str) -> int:
        """Let a halted scope work again; needs a person with the right to. Raises Refused, BadInput."""
        return self.house.resume(scope, by=Person(by), reason=reason)

    def in_thread(self, work: Callable[[], T]) -> Awaitable[T]:
        """Blocking work in a thread of this connection, to be awaited on the running event loop."""
        import asyncio  # a program without an event loop need not load one

        with self._lock:
            if self._pool is None and not self._closed:
                self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="interlock")
            pool = self._pool
        if pool is None:
            raise Unavailable(CLOSED)
        return asyncio.get_running_loop().run_in_executor(pool, work)

    def close(self) -> None:
        """Close what this process opened; what a forked child opened is its own."""
        with self._lock:
            self._closed = True
            pool, self._pool, house, self._house = self._pool, None, self._house, None
        if pool is not None:
            pool.shutdown(wait=True)
        if house is not None:
            house.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "closed" if self._closed else "open"
        return f"<interlock.Connection {self.address}: {state}>"


def without_secrets(address: str) -> str:
    """An address as it may be shown: without a password."""
    scheme, mark, rest = address.partition("://")
    user, at, host = rest.rpartition("@")
    shown = re.sub(r"(?i)(\w*password=)[^&]*", r"\1...", host)
    return f"{scheme}{mark}{user.partition(':')[0]}{at}{shown}" if mark else address


_connections: "weakref.WeakSet[Connection]" = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for connection in list(_connections):
        connection.after_fork_in_child()


@atexit.register
def _close_at_exit() -> None:
    for connection in list(_connections):  # a script need not close its connection
        connection.close()


# Done before any thread of the child can run, so that two of them do not open a store each.
os.register_at_fork(after_in_child=_after_fork_in_child)
