"""The counters of one process: found by what a request counts on, turned with the windows, tidied up once a second."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from interlock.engine.gateway.limits.counted import Counted, counters_of
from interlock.flows.gateway.limits.counter import Counter, WindowBlock
from interlock.ports.clock import Clock
from interlock.terms.gateway.authority import TrafficAuthority
from interlock.terms.gateway.client import Client

COUNTERS_MAX = 20_000
FOUND_MAX = 10_000
LOOK_AT_CLOCK_S = 0.25  # a clock that is set forward is followed no later than that

Told = list[tuple[WindowBlock, int]]


@dataclass(slots=True)
class _Found:
    """What requests under one authority count on, by who sends them and to which model."""

    authority: TrafficAuthority
    counters: dict[tuple[object, ...], tuple[Counter, ...]] = field(default_factory=dict)

    def holds_for(self, other: TrafficAuthority) -> bool:
        """Whether another authority has the same limits; it is compiled anew whenever something is recorded."""
        mine = self.authority
        return mine.gateway_limits == other.gateway_limits and mine.plan.limits == other.plan.limits


class CounterBook:
    """Owned by one thread. `monotonic` tells seconds and never goes back; `now` is the time of the last look."""

    def __init__(self, clock: Clock, monotonic: Callable[[], float]) -> None:
        self._clock, self._monotonic = clock, monotonic
        self.now = clock()
        self._look_at_s = monotonic()
        self._counters: dict[Counted, Counter] = {}
        self._found: dict[str, _Found] = {}
        self._left: list[WindowBlock] = []

    def counters(self, authority: TrafficAuthority, client: Client, model: str) -> tuple[Counter, ...]:
        """What a request counts on, in the present windows."""
        if self._monotonic() >= self._look_at_s:
            self._look()
        found = self._found.get(authority.workflow)
        if found is None or found.authority is not authority:
            found = self._of(authority, found)
        key = (client.name, client.workflow, client.tenant, client.limits, model)
        counters = found.counters.get(key)
        if counters is None:
            gateway, plan = authority.gateway_limits, authority.plan.limits
            counters = tuple(map(self._counter, counters_of(client, model, gateway=gateway, plan=plan)))
            if len(found.counters) >= FOUND_MAX:
                found.counters.clear()
            found.counters[key] = counters
        return counters

    def tell(self, block: WindowBlock) -> None:
        """The room of a block that was left has changed: what is in it goes to the store once more."""
        block.is_left = False
        self._left.append(block)

    def tidied(self, *, all_: bool = False) -> tuple[Told, Told]:
        """What goes back to the store, and what it must be told of; out of the rooms. `all_`: whatever there is."""
        self._look()
        if len(self._counters) > COUNTERS_MAX:
            self._forget()
        back: Told = []
        owed: Told = []
        for block in self._blocks():
            if not block.room:  # as in most, of clients that do nothing just now: requests wait meanwhile
                block.low = 0
                continue
            amount = block.surplus(ended=all_ or block.is_left)
            if amount > 0:
                back.append((block, amount))
            elif amount < 0:
                owed.append((block, -amount))
        return back, owed

    def _blocks(self) -> Iterator[WindowBlock]:
        left, self._left = self._left, []
        for block in left:
            block.is_left = True
            yield block
        for counter in self._counters.values():
            yield counter.block

    def _look(self) -> None:
        """At the clock. Where a window is over, its counters go on in the next one."""
        self.now = max(self.now, self._clock())
        for counter in self._counters.values():
            if (old := counter.turn(self.now)) is not None:
                self._left.append(old)
        minute_left_s = 60 - self.now.second - self.now.microsecond / 1e6
        self._look_at_s = self._monotonic() + min(LOOK_AT_CLOCK_S, minute_left_s)

    def _of(self, authority: TrafficAuthority, found: _Found | None) -> _Found:
        if found is not None and found.holds_for(authority):
            found.authority = authority
            return found
        self._found[authority.workflow] = found = _Found(authority)
        return found

    def _counter(self, counted: Counted) -> Counter:
        if counted not in self._counters:
            self._counters[counted] = Counter(counted, self.now)
        return self._counters[counted]

    def _forget(self) -> None:
        """Begin anew: what was leased goes back, what is reserved is settled in its own block."""
        self._left += [counter.block for counter in self._counters.values()]
        self._counters.clear()
        self._found.clear()
