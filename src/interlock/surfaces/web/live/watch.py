"""One look at the store for all visitors: whoever has a page open is woken when something was stopped or resumed."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from interlock.flows.action.drill import Drills
from interlock.flows.action.halts import Halted, Halts
from interlock.ports.store import Store
from interlock.terms.errors import Unavailable

LOOK_S = 0.25
LISTENERS_MAX = 512
OF_ONE_MAX = 32  # a browser opens six; whoever opens more must not keep others from hearing of a stop


class Full(Exception):
    """As many pages listen already as this server tells."""


class Watch:
    """What is stopped, and who waits to hear of it. `look` is called again and again, from a thread of its own."""

    def __init__(self, store: Store) -> None:
        self.halts = Halts(store)
        self.drills = Drills(store)
        self.closed = False
        self._lock = threading.Lock()
        self._listeners: dict[tuple[asyncio.AbstractEventLoop, asyncio.Event], str] = {}
        self._seen: Halted | None = None

    def now(self) -> Halted | None:
        """What is stopped at this moment, None where the store cannot be read: then nobody knows."""
        try:
            return self.halts.now()
        except Unavailable:
            return None

    def look(self) -> None:
        """Wake whoever listens, where that is other than it was at the last look."""
        found = self.now()
        if found != self._seen:
            self._seen = found
            self._wake()

    def close(self) -> None:
        """The server stops: nobody is kept listening."""
        self.closed = True
        self._wake()

    @contextmanager
    def listening(self, name: str) -> Iterator[asyncio.Event]:
        """An event of the running loop that is set at each change, for a page of the person named. Raises Full."""
        listener = asyncio.get_running_loop(), asyncio.Event()
        with self._lock:
            of_one = sum(other == name for other in self._listeners.values())
            if len(self._listeners) >= LISTENERS_MAX or of_one >= OF_ONE_MAX:
                raise Full
            self._listeners[listener] = name
        try:
            yield listener[1]
        finally:
            with self._lock:
                self._listeners.pop(listener, None)

    def _wake(self) -> None:
        with self._lock:
            listeners = tuple(self._listeners)
        for loop, event in listeners:
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)
