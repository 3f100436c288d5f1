"""Floor and product in short turns, one after the other, so that whatever else the machine does hits both."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from runtime.timing import quantile

TURNS_MIN = 7


@dataclass(frozen=True, slots=True)
class Took:
    """What one action took in a turn, its mean: what is done now and then for many (checkpoints, seals) is in it."""

    wall_us: float
    cpu_us: float


def took(
    act: Callable[[int], object], numbers: range, *, cpu: Callable[[], float] = time.thread_time, lasts_s: float = 60.0
) -> Took:
    """Act for each number; with those that were reached where a slow disk lets it last longer than `lasts_s`."""
    cpu_start, start, done = cpu(), time.perf_counter(), 0
    for number in numbers:
        act(number)
        done += 1
        if time.perf_counter() > start + lasts_s:
            break
    return Took(1e6 * (time.perf_counter() - start) / done, 1e6 * (cpu() - cpu_start) / done)


@dataclass(frozen=True, slots=True)
class Spread:
    """The quarter, the half and three quarters of the turns."""

    low: float
    mid: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Of one figure a turn."""
        return cls(*(quantile(values, share) for share in (0.25, 0.5, 0.75)))

    def words(self, digits: int = 0) -> str:
        """The median, and the quarters."""
        return f"{self.mid:,.{digits}f} ({self.low:,.{digits}f}..{self.high:,.{digits}f})"


@dataclass(slots=True)
class Turns:
    """What an action took in each turn, for each way to do it."""

    taken: dict[str, list[Took]] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """How many turns each way had."""
        return min(map(len, self.taken.values()))

    def wall_us(self, way: str) -> Spread:
        """Wall time of an action."""
        return Spread.of([one.wall_us for one in self.taken[way]])

    def cpu_us(self, way: str) -> Spread:
        """Processor time of an action."""
        return Spread.of([one.cpu_us for one in self.taken[way]])

    def ratio(self, way: str, floor: str) -> Spread:
        """Wall time in times the floor's, each turn by the floor's of the same turn."""
        pairs = zip(self.taken[way], self.taken[floor], strict=True)
        return Spread.of([one.wall_us / least.wall_us for one, least in pairs])

    def cpu_over_us(self, way: str, floor: str) -> Spread:
        """Processor time over the floor's of the same turn."""
        pairs = zip(self.taken[way], self.taken[floor], strict=True)
        return Spread.of([one.cpu_us - least.cpu_us for one, least in pairs])


def in_turns(ways: Mapping[str, Callable[[], Took]], *, seconds: float) -> Turns:
    """Each way once a turn, until the time is up, at least seven times; the first turn of each only warms up."""
    turns = Turns({name: [] for name in ways})
    for way in ways.values():
        way()
    end = time.monotonic() + seconds
    while time.monotonic() < end or turns.number < TURNS_MIN:
        for name, way in ways.items():
            turns.taken[name].append(way())
    return turns
