"""Drain locks of effects that run elsewhere: they end with the lease, for whoever holds it may die unseen."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from interlock.engine.timestamp import moment
from interlock.flows.action.admit import LEASE_S
from interlock.ports.clock import Clock
from interlock.ports.drain import Drain
from interlock.ports.journal import Admission, Answer, Journal, Wish
from interlock.terms.ledger import NewEntry


class Leases:
    """What is held, and until when. `ended` is called from time to time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._held: dict[int, tuple[dt.datetime, Callable[[], None]]] = {}
        self._count = 0

    def until(self, end: dt.datetime, let_go: Callable[[], None]) -> Callable[[], None]:
        """Hold something until a time; the answer lets go of it earlier, and may be called again."""
        with self._lock:
            self._count += 1
            number = self._count
            self._held[number] = (end, let_go)

        def release() -> None:
            self._let_go(number)

        return release

    def within(self, seconds: float, let_go: Callable[[], None]) -> Callable[[], None]:
        """The same for a number of seconds from now."""
        return self.until(self._clock() + dt.timedelta(seconds=seconds), let_go)

    def ended(self) -> int:
        """Let go of what is held longer than its lease; how many these were."""
        now = self._clock()
        with self._lock:
            over = [number for number, (end, _) in self._held.items() if end <= now]
        return sum(self._let_go(number) for number in over)

    def _let_go(self, number: int) -> bool:
        with self._lock:
            _, let_go = self._held.pop(number, (None, None))
        if let_go is not None:
            let_go()
        return let_go is not None


class LeasedJournal:
    """interlock.ports.journal.Journal whose admissions end with their leases."""

    def __init__(self, journal: Journal, leases: Leases) -> None:
        self._journal, self._leases = journal, leases

    def admit(self, wishes: Sequence[Wish]) -> tuple[Admission, ...]:
        """As the journal does; the locks of what is admitted are let go of when its lease has ended."""
        admissions = self._journal.admit(wishes)
        return tuple(self._leased(*pair) for pair in zip(wishes, admissions, strict=True))

    def settle(self, entry: NewEntry, admission: Admission | None = None, *, durable: bool) -> bool:
        """As the journal does."""
        return self._journal.settle(entry, admission, durable=durable)

    def used(self, workflow: str, counters: Sequence[str]) -> Mapping[str, int]:
        """As the journal does."""
        return self._journal.used(workflow, counters)

    def _leased(self, wish: Wish, admission: Admission) -> Admission:
        if admission.answer is not Answer.ADMITTED or not wish.scopes:
            return admission
        end = moment(str(wish.entry.body["lease_until"]))
        return replace(admission, release=self._leases.until(end, admission.release))


class LeasedDrain:
    """interlock.ports.drain.Drain whose holders have a lease."""

    def __init__(self, drain: Drain, leases: Leases) -> None:
        self._drain, self._leases = drain, leases

    @contextmanager
    def hold(self, scopes: tuple[str, ...]) -> Iterator[None]:
        """As the drain does, for the time of a lease at most."""
        stack = ExitStack()
        stack.enter_context(self._drain.hold(scopes))
        release = self._leases.within(LEASE_S, stack.close)
        try:
            yield
        finally:
            release()

    def emptied(self, scope: str, *, timeout_s: float) -> bool:
        """As the drain does."""
        return self._drain.emptied(scope, timeout_s=timeout_s)
