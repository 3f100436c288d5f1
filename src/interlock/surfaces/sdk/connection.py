"""A connection to a run time. It survives a fork: a child opens its own when it first needs one."""

import os
import threading
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
THREADS = 32  # store steps of one event loop that may wait at the same time; they are committed in groups


class Connection:
    """What `interlock.connect` returns. Safe for threads, event loops and forked workers; close it, or use `with`."""

    def __init__(self, address: str, opener: Callable[[], House]) -> None:
        self.address = address
        self._opener = opener
        self._lock = threading.Lock()
        self._closed = False
        self._pid = os.getpid()
        self._pool: ThreadPoolExecutor | None = None
        self._house: House | None = opener()

    @property
    def house(self) -> House:
        """The run time of this process. Raises Unavailable where the connection was closed or cannot be opened."""
        if self._closed:
            raise Unavailable("this connection was closed: open another, interlock.connect(...)")
        house = self._house
        if house is not None and self._pid == os.getpid():
            return house
        return self._opened_again()

    def _opened_again(self) -> House:
        if self._pid != os.getpid():  # what was inherited belongs to the parent, its lock and its threads too
            self._lock, self._pool, self._house, self._pid = threading.Lock(), None, None, os.getpid()
        with self._lock:
            if self._house is None:
                self._house = self._opener()
            return self._house

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

        if self._pool is None or self._pid != os.getpid():
            self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="interlock")
        return asyncio.get_running_loop().run_in_executor(self._pool, work)

    def close(self) -> None:
        """Close what this process opened; what a forked child opened is its own."""
        self._closed = True
        if self._pid != os.getpid():
            return
        if self._pool is not None:
            self._pool.shutdown(wait=True)
        if self._house is not None:
            self._house.close()

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
    return f"{scheme}{mark}{user.partition(':')[0]}{at}{host}" if mark else address
