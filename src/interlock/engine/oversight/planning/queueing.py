"""Will a queue of reviews keep to its due times? A simulation on recorded arrivals and recorded service times."""

import heapq
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.engine.oversight.planning.simulation import Spread, spread

if TYPE_CHECKING:
    import numpy as np

DAY_S, HOUR_S, WEEK_H = 86_400.0, 3_600.0, 168
REVIEWERS_MAX = 1_000
EACH_WEEKDAY_TWICE = 2  # recorded days of each weekday with which a weekday is drawn from its own
EVENTS_MAX = 200_000


@dataclass(frozen=True, slots=True)
class Arrival:
    """A review that comes at `second` of its day (UTC) and is due `due_s` seconds later."""

    second: float
    due_s: float


@dataclass(frozen=True, slots=True)
class RecordedDay:
    """One whole day of the past: its weekday (0 is Monday) and its arrivals in order of time."""

    weekday: int
    arrivals: tuple[Arrival, ...]


@dataclass(frozen=True, slots=True)
class QueueSetting:
    """What a rehearsal rests on. `service_s` are recorded service times.

    `staffed`: hours of the week (0 is Monday, 0:00 to 1:00 UTC) in which people decide. `waiting_s`: for each review
    that waits at the start, in how many seconds it is due (late ones are under 0). The rehearsal starts on `weekday` at
    `second` of the day and goes on for `days` days.
    """

    recorded: tuple[RecordedDay, ...]
    service_s: tuple[float, ...]
    staffed: frozenset[int]
    waiting_s: tuple[float, ...]
    weekday: int
    second: float
    days: int

    def __post_init__(self) -> None:
        """Raises ValueError naming what is missing."""
        if not any(day.arrivals for day in self.recorded):
            raise ValueError("no arrival is recorded: there is nothing to resample")
        if not self.service_s or not min(self.service_s) >= 0:
            raise ValueError("service_s: give at least one service time, each of 0 seconds or more")
        if not self.staffed or not self.staffed <= set(range(WEEK_H)):
            raise ValueError("staffed: give at least one hour of the week, 0 to 167")
        if not 0 <= self.weekday < 7 or not 0 <= self.second < DAY_S or self.days < 1:
            raise ValueError("the start is a weekday (0 to 6) and a second of the day, and lasts at least one day")


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Share of the reviews due within the time that were decided in time: over `runs` simulated futures.

    `on_time` has the median and the limits between which 90 % of the futures lie; futures in which nothing is due are
    left out.
    """

    reviewers: int
    on_time: Spread
    runs: int


def rehearse(setting: QueueSetting, *, reviewers: int, runs: int, rng: "np.random.Generator") -> Rehearsal:
    """Simulate `runs` futures with so many people, who take what is due first, one review at a time.

    Whole recorded days are drawn again with replacement, so what belongs to a day stays together; a weekday from its
    own kind, where each is on record twice. Service times are drawn one by one. Nobody begins a review outside of
    staffed hours; one that was begun is ended. Raises ValueError for no reviewer and no run.
    """
    if reviewers < 1 or runs < 1:
        raise ValueError(f"reviewers and runs are at least 1, not {reviewers} and {runs}")
    wait_s = _until_staffed(setting.staffed)
    shares = [_run(setting, reviewers, wait_s, rng) for _ in range(runs)]
    return Rehearsal(reviewers, spread([share for share in shares if share is not None]), runs)


def reviewers_needed(
    setting: QueueSetting,
    *,
    target: float,
    runs: int,
    rng: Callable[[], "np.random.Generator"],
    start: int = 1,
) -> Rehearsal | None:
    """The least number of people with whom at least `target` is on time in 95 % of the futures; None over 1,000.

    `rng` makes the same generator for each number, so that more people meet the same futures.
    """
    low, high = 0, max(1, start)
    best: Rehearsal | None = None
    while best is None and high <= REVIEWERS_MAX:
        found = rehearse(setting, reviewers=high, runs=runs, rng=rng())
        if _meets(found, target):
            best = found
        else:
            low, high = high, high * 2
    if best is None:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        found = rehearse(setting, reviewers=middle, runs=runs, rng=rng())
        if _meets(found, target):
            high, best = middle, found
        else:
            low = middle
    return best


def knows_weekdays(recorded: Sequence[RecordedDay]) -> bool:
    """Whether each weekday is on record twice: with less, a day is like any other."""
    weekdays = [day.weekday for day in recorded]
    return all(weekdays.count(weekday) >= EACH_WEEKDAY_TWICE for weekday in range(7))


def runs_for(setting: QueueSetting, *, runs_max: int = 200, runs_min: int = 40) -> int:
    """How many futures can be simulated in a few seconds."""
    per_day = sum(len(day.arrivals) for day in setting.recorded) / len(setting.recorded)
    events = max(1.0, per_day * setting.days + len(setting.waiting_s))
    return max(runs_min, min(runs_max, math.floor(EVENTS_MAX / events)))


def _meets(found: Rehearsal, target: float) -> bool:
    return found.on_time.low is not None and found.on_time.low >= target


def _run(setting: QueueSetting, reviewers: int, wait_s: Sequence[float], rng: "np.random.Generator") -> float | None:
    """The share on time in one future, None where nothing was due in it."""
    coming = _drawn(setting, rng)
    end = setting.days * DAY_S
    service = rng.integers(len(setting.service_s), size=len(coming) + len(setting.waiting_s)).tolist()
    queue = list(setting.waiting_s)
    heapq.heapify(queue)
    free = [0.0] * reviewers
    offset = setting.weekday * DAY_S + setting.second
    done = on_time = 0
    place = taken = 0
    while queue or place < len(coming):
        now = free[0] if queue else max(free[0], coming[place][0])
        now += _rest(now + offset, wait_s)
        while place < len(coming) and coming[place][0] <= now:
            heapq.heappush(queue, coming[place][1])
            place += 1
        due = heapq.heappop(queue)
        ended = now + setting.service_s[service[taken]]
        taken += 1
        heapq.heapreplace(free, ended)
        if 0 <= due <= end:  # what is late already says nothing, what is due later is not known yet
            done += 1
            on_time += ended <= due
    return on_time / done if done else None


def _rest(moment: float, wait_s: Sequence[float]) -> float:
    """Seconds from a moment of the week until people are there; 0 where they are."""
    hour = int(moment // HOUR_S)
    wait = wait_s[hour % WEEK_H]
    return wait - (moment - hour * HOUR_S) if wait else 0.0


def _until_staffed(staffed: frozenset[int]) -> list[float]:
    """From the beginning of each hour of the week, seconds until the next staffed hour begins; 0 for a staffed one."""
    wait = []
    for hour in range(WEEK_H):
        ahead = next(ahead for ahead in range(WEEK_H) if (hour + ahead) % WEEK_H in staffed)
        wait.append(ahead * HOUR_S)
    return wait


def _drawn(setting: QueueSetting, rng: "np.random.Generator") -> list[tuple[float, float]]:
    """(arrival, due) in seconds from the start, in order."""
    own = [[day for day in setting.recorded if day.weekday == weekday] for weekday in range(7)]
    weekly = knows_weekdays(setting.recorded)
    coming: list[tuple[float, float]] = []
    for ahead in range(setting.days + 1):
        days = own[(setting.weekday + ahead) % 7] if weekly else setting.recorded
        begins = ahead * DAY_S - setting.second
        for one in days[int(rng.integers(len(days)))].arrivals:
            at = begins + one.second
            if 0 <= at < setting.days * DAY_S:
                coming.append((at, at + one.due_s))
    return coming
