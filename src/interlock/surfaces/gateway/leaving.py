"""A client that leaves while it waits for its answer: nobody goes on with what it asked for."""

import asyncio
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Protocol

from interlock.flows.gateway.request.arrival import Arrival

CONNECTION = "interlock.connection"  # where the state of a request has a weak reference to what it came by


class Connection(Protocol):
    """What knows when a client leaves."""

    def watch(self, left: Callable[[], object]) -> None:
        """Call this, once, where the client leaves from now on."""
        ...

    def unwatch(self) -> None:
        """Nobody waits any more."""
        ...


class _Unwatched:
    """A server that tells nothing: what is asked there is gone on with."""

    def watch(self, left: Callable[[], object]) -> None:
        del left

    def unwatch(self) -> None:
        pass


_UNWATCHED = _Unwatched()


def connection_of(scope: Mapping[str, Any]) -> Connection:
    """The connection that a request came by. What receives requests puts it into their state: to ask `receive` for the
    end would take a task for each.
    """
    state = scope.get("state")
    reference: Callable[[], Connection | None] | None = None if state is None else state.get(CONNECTION)
    return _UNWATCHED if reference is None else reference() or _UNWATCHED


class Waiting:
    """A `with` block of the running task that ends where the client leaves; `arrival.has_left` then says so."""

    __slots__ = ("_arrival", "_connection", "_task")

    def __init__(self, connection: Connection, arrival: Arrival) -> None:
        self._connection, self._arrival = connection, arrival
        self._task = asyncio.current_task()

    def __enter__(self) -> None:
        self._connection.watch(self._leave)

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, where: TracebackType | None
    ) -> bool:
        self._connection.unwatch()
        if kind is not asyncio.CancelledError or not self._arrival.has_left or self._task is None:
            return False
        return self._task.uncancel() == 0  # whoever else cancelled it meanwhile is not to be kept from it

    def _leave(self) -> None:
        self._arrival.has_left = True
        if self._task is not None:
            self._task.cancel()
