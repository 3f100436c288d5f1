"""Group commit: whoever gets the turn does the work of all who wait, and one sync serves them all."""

from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from interlock.ports.store import Transaction
from interlock.terms.errors import Unavailable

T = TypeVar("T")
GROUP_MAX = 64
UNSET = object()


class Job:
    """One caller's work, and what came of it."""

    __slots__ = ("_error", "_result", "durable", "work")

    def __init__(self, work: Callable[[Transaction], Any], *, durable: bool) -> None:
        self.work = work
        self.durable = durable
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
    """The jobs that wait, and the turn to do them. `perform` runs some in one transaction and ends each of them."""

    def __init__(self, turn: AbstractContextManager[object], perform: Callable[[list[Job]], None]) -> None:
        self._turn = turn
        self._perform = perform
        self._waiting: deque[Job] = deque()

    def run(self, work: Callable[[Transaction], T], *, durable: bool) -> T:
        """Do the work, alone or with others' in one transaction; returns or raises what the work did."""
        job = Job(work, durable=durable)
        self._waiting.append(job)
        with self._turn:
            while not job.done:
                self._perform_next()
        result: T = job.outcome()
        return result

    def _perform_next(self) -> None:
        jobs = [self._waiting.popleft() for _ in range(min(GROUP_MAX, len(self._waiting)))]
        try:
            self._perform(jobs)
        except BaseException as exc:
            # Also those that were done: what they wrote was not committed.
            for job in jobs:
                job.failed(_as_unavailable(exc))
            if not isinstance(exc, Exception):
                raise  # somebody stopped this thread; the others' work was not written


def _as_unavailable(exc: BaseException) -> BaseException:
    if isinstance(exc, Exception):
        return exc
    return Unavailable("the thread that wrote for several was stopped; nothing was written, try again")
