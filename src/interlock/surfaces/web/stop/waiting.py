"""What must not keep a page waiting: until a stop is quiet, and while a drill is held."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from interlock.flows.action.drill import drill
from interlock.flows.action.quiet import wait_until_quiet
from interlock.flows.action.runtime import RunTime
from interlock.terms.errors import BadInput, Refused, Unavailable
from interlock.terms.kill import Fenced
from interlock.terms.person import Person

log = logging.getLogger("interlock.web")
AT_ONCE = 4
WAITING_MAX = 64
WAIT_S = 60.0
DRILL_WAIT_S = 10.0
FULL = "too much is waited for already: ask again in a minute"


class Waiting:
    """A few threads for that. What they find is on record; only why one failed is kept here, by scope."""

    def __init__(self, rt: RunTime) -> None:
        self._rt = rt
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="interlock-stop")
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._busy: set[str] = set()
        self._failed: dict[str, str] = {}

    def settle(self, fenced: Fenced) -> bool:
        """Have it put on record when this stop is quiet; False where that is being done, or too much else is."""
        rt = self._rt

        def work() -> object:
            pause = self._ended.wait
            return wait_until_quiet(rt.store, rt.drain, fenced, clock=rt.clock, pause=pause, wait_s=WAIT_S)

        return self._begin(fenced.scope, work)

    def drill(self, scope: str, by: Person) -> bool:
        """Have a drill held; False as `settle`."""
        return self._begin(scope, lambda: drill(self._rt, scope, by=by, wait_s=DRILL_WAIT_S))

    def is_busy(self, scope: str) -> bool:
        """Whether something is waited for there."""
        with self._lock:
            return scope in self._busy

    def failure(self, scope: str) -> str:
        """Why the last wait of a scope ended without a record, "" where it did not."""
        with self._lock:
            return self._failed.get(scope, "")

    def close(self) -> None:
        """Wait for nothing any more: what is known by then is put on record."""
        self._ended.set()
        self._threads.shutdown(cancel_futures=True)

    def _begin(self, scope: str, work: Callable[[], object]) -> bool:
        with self._lock:
            if scope in self._busy or len(self._busy) >= WAITING_MAX or self._ended.is_set():
                return False
            self._busy.add(scope)
            self._failed.pop(scope, None)
        self._threads.submit(self._done, scope, work)
        return True

    def _done(self, scope: str, work: Callable[[], object]) -> None:
        failed = ""
        try:
            work()
        except (BadInput, Refused, Unavailable) as exc:
            failed = str(exc)
        except Exception:
            log.exception("what was waited for at '%s' failed", scope)
            failed = "the server failed at this; its log says why"
        with self._lock:
            self._busy.discard(scope)
            if failed:
                self._failed[scope] = failed
