"""Group commit: who comes to an idle store does the work of all who wait, and one sync serves them all."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from interlock.ports.store import Transaction
from interlock.terms.errors import Unavailable

T = TypeVar("T")
GROUP_MAX = 64
UNSET = object()


class Job:
    """One caller's work, and what came of it. `woken` is let go once: when it is done, or when it is to lead."""

    __slots__ = ("_error", "_result", "durable", "ends", "woken", "work")

    def __init__(self, work: Callable[[Transaction], Any], *, durable: bool, ends: bool) -> None:
        self.work = work
        self.durable = durable
        self.ends = ends
        self.woken = threading.Lock()
        self.woken.acquire()
        self._result: Any = UNSET
        self._error: BaseException | None = None

    @property
    def done(self) -> bool:
        """Whether it has a result or an error."""
        return self._result is not UNSET or self._error is not None

    def ended(self, result: Any) -> None:
        """Keep the result; it counts only once the group is committed."""
        self._result = result

    def failed(self, error: BaseException) -> None:
        """Keep the first error; it takes the place of a result."""
        self._error = self._error or error

    def outcome(self) -> Any:
        """The result; raises the error."""
        if self._error is not None:
            raise self._error
        return self._result


class Group:
    """The jobs that wait. `perform` does some in one transaction, while `turn` is held, and ends each of them.

    Who comes while somebody works waits for that; the first of them then works for all who have come meanwhile. Each is
    woken once, by a lock of its own: one lock for all would go from caller to caller only to find the work done.
    """

    def __init__(self, turn: AbstractContextManager[object], perform: Callable[[list[Job]], None]) -> None:
        self._turn = turn
        self._perform = perform
        self._mutex = threading.Lock()
        self._waiting: list[Job] = []
        self._heir: Job | None = None
        self._busy = False

    def enter(self) -> bool:
        """Whether nobody was at work: the caller now is, with no job, until it leaves."""
        with self._mutex:
            entered, self._busy = not self._busy, True
        return entered

    def leave(self) -> None:
        """Let those who came meanwhile go on."""
        with self._mutex:
            follower = self._next()
        if follower is not None:
            follower.woken.release()

    def run(self, work: Callable[[Transaction], T], *, durable: bool, ends: bool) -> T:
        """Do the work, alone or with others' in one transaction; returns or raises what the work did."""
        job = Job(work, durable=durable, ends=ends)
        with self._mutex:
            self._waiting.append(job)
            leads, self._busy = not self._busy, True
        if not leads:
            self._wait(job)
        if not job.done:
            self._lead(job)
        result: T = job.outcome()
        return result

    def _wait(self, job: Job) -> None:
        try:
            job.woken.acquire()
        except BaseException:  # this thread was stopped: nobody may wait for it to lead
            with self._mutex:
                if job in self._waiting:
                    self._waiting.remove(job)
                follower = self._next() if self._heir is job else None
            if follower is not None:
                follower.woken.release()
            raise

    def _lead(self, own: Job) -> None:
        jobs: list[Job] = []
        try:
            with self._turn:
                with self._mutex:
                    jobs = self._waiting[:GROUP_MAX]
                    del self._waiting[:GROUP_MAX]
                    self._heir = None
                self._perform_all(jobs)
        finally:
            with self._mutex:
                follower = self._next()
            for job in jobs:
                if job is not own:
                    job.woken.release()
            if follower is not None:
                follower.woken.release()

    def _perform_all(self, jobs: list[Job]) -> None:
        try:
            self._perform(jobs)
        except BaseException as exc:
            # Also those that were done: what they wrote was not committed.
            for job in jobs:
                job.failed(_as_unavailable(exc))
            if not isinstance(exc, Exception):
                raise

    def _next(self) -> Job | None:
        """Who leads now, None where nobody waits; the caller holds the mutex and wakes whom this returns."""
        self._heir = self._waiting[0] if self._waiting else None
        self._busy = self._heir is not None
        return self._heir


def _as_unavailable(exc: BaseException) -> BaseException:
    if isinstance(exc, Exception):
        return exc
    return Unavailable("the thread that wrote for several was stopped; nothing was written, try again")
