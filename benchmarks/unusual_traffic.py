"""How often is quiet traffic told as unusual, and what is found of three things that are?

    python benchmarks/unusual_traffic.py          # about a minute

The traffic is authored: requests an hour are drawn around a daily shape, times a weekly one, times a factor of the day
(log-normal, 15 %); a request costs 2 cents, one in a hundred fails. Quiet are 60 days of each client after the first
20, or the first 60. The rate of false alarms is given with two standard errors, estimated over clients (days of one
client are not independent). Ends with status 1 where it is above what the rule states by more than these, where one day
of the week has more than 2.5 times of what is stated, or where a burst of one usual day goes untold in more than one
case in ten. Shown beside that: the same for the plain rule "more than on any day before", how many days a slow growth
takes, at which hour a burst at night is told, and how often both are told of a client that is new.
"""

import math
import random
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from interlock.engine.gateway.unusual import PAST_MAX, PAST_MIN, ClientDay, Past, above_all_before, first_models
from interlock.terms.gateway.unusual import UnusualRule
from runtime.bars import Bars

CLIENTS, QUIET, SPREAD = 400, 60, 0.15
COST_MICRO_USD, FAIL = 20_000, 0.01
BASES = (50, 500, 5_000)  # requests on a usual day
WEEKS = {
    "every day alike": (1.0,) * 7,
    "an office": (1.0, 1.0, 1.0, 1.0, 1.0, 0.2, 0.1),
    "a peak on Mondays": (1.6, 1.0, 1.0, 1.0, 1.0, 0.2, 0.1),
    "a mild rhythm": (1.1, 1.05, 1.0, 1.0, 0.95, 0.6, 0.5),
}
_shape = [max(0.1, math.sin((hour - 5) / 24 * 2 * math.pi) + 1) for hour in range(24)]
HOURS = [share / sum(_shape) for share in _shape]
Rule = Callable[[Sequence[ClientDay]], bool]


def spend_told(days: Sequence[ClientDay]) -> bool:
    return any(one.rule is UnusualRule.SPEND for one in above_all_before(Past("c", "w", None, tuple(days))))


def failures_told(days: Sequence[ClientDay]) -> bool:
    return any(one.rule is UnusualRule.FAILURES for one in above_all_before(Past("c", "w", None, tuple(days))))


def plain(days: Sequence[ClientDay]) -> bool:
    """What is compared: more than on any day before."""
    some = days[-1 - PAST_MAX :]
    return some[-1].cost_micro_usd > max(day.cost_micro_usd for day in some[:-1])


@dataclass(slots=True)
class Client:
    """One authored client, whose weeks begin on any day."""

    draw: random.Random
    week: Sequence[float]
    base: float = 0.0
    begins: int = 0

    def __post_init__(self) -> None:
        self.base, self.begins = self.draw.choice(BASES), self.draw.randrange(7)

    def hours(self, day: int, growth: float = 1.0) -> list[int]:
        """Requests of each hour of a day."""
        of_day = self.base * growth * self.week[(day + self.begins) % 7]
        of_day *= self.draw.lognormvariate(-(SPREAD**2) / 2, SPREAD)
        return [self._count(of_day * share) for share in HOURS]

    def day(self, number: int, requests: int) -> ClientDay:
        """As it is counted."""
        return ClientDay(str(number), requests * COST_MICRO_USD, self._count(requests * FAIL), 0)

    def _count(self, mean: float) -> int:
        return max(0, round(self.draw.gauss(mean, math.sqrt(mean))))


def quiet(week: Sequence[float], begin: int, rule: Rule, *, seed: int) -> tuple[float, float, float, float]:
    """The rate of false alarms, two standard errors of it, what is stated, and that of the worst day of the week."""
    rates, by_weekday, stated = [], [0] * 7, 0.0
    for number in range(CLIENTS):
        client = Client(random.Random(seed + number), week)
        days, told = [client.day(day, sum(client.hours(day))) for day in range(begin)], 0
        for day in range(begin, begin + QUIET):
            days.append(client.day(day, sum(client.hours(day))))
            is_told = rule(days)
            told += is_told
            by_weekday[(day + client.begins) % 7] += is_told
            stated += 1 / (min(len(days), PAST_MAX + 1) // 7 * 7)
        rates.append(told / QUIET)
    error = 2 * statistics.stdev(rates) / math.sqrt(CLIENTS)
    return statistics.mean(rates), error, stated / (CLIENTS * QUIET), 7 * max(by_weekday) / (CLIENTS * QUIET)


def burst(week: Sequence[float], size: float, rule: Rule, *, begin: int = 60) -> tuple[float, float]:
    """How often a burst at two in the night is told on its day, and at which hour (UTC) as a rule."""
    told, hours = 0, []
    for number in range(CLIENTS):
        client = Client(random.Random(10_000 + number), week)
        days = [client.day(day, sum(client.hours(day))) for day in range(begin)]
        requests = client.hours(begin)
        requests[2] += round(size * client.base)
        for hour in range(24):
            if rule([*days, client.day(begin, sum(requests[: hour + 1]))]):
                told += 1
                hours.append(hour)
                break
    return told / CLIENTS, statistics.median(hours) if hours else math.nan


def drift(week: Sequence[float], a_day: float) -> float:
    """Days until a client whose spend grows by so much each day is told, as a rule."""
    found = []
    for number in range(CLIENTS):
        client = Client(random.Random(20_000 + number), week)
        days = [client.day(day, sum(client.hours(day))) for day in range(60)]
        for day in range(60, 120):
            days.append(client.day(day, sum(client.hours(day, (1 + a_day) ** (day - 59)))))
            if spend_told(days):
                found.append(day - 59)
                break
    return statistics.median(found)


def main() -> int:
    bars = Bars()
    for name, week in WEEKS.items():
        for begin in (PAST_MIN, 60):
            for words, rule, seed in (("spend", spend_told, 1), ("failures", failures_told, 2)):
                rate, error, stated, worst = quiet(week, begin, rule, seed=seed)
                of = f"{name}, {begin} days known, {words}: false alarms in 100 client days"
                bars.at_most(
                    f"{of} (+- {100 * error:.2f}, stated {100 * stated:.2f})", 100 * (rate - error), 100 * stated
                )
                bars.at_most("... on the day of the week with most, times what is stated", worst / stated, 2.5)
        rate, error, stated, worst = quiet(week, 60, plain, seed=1)
        bars.without(f"{name}, plain rule: {100 * rate:.2f} +- {100 * error:.2f}, worst day {worst / stated:.1f} times")
    for name, week in WEEKS.items():
        for size in (0.5, 1.0, 3.0):
            told, hour = burst(week, size, spend_told)
            words = f"{name}: a burst of {size:g} usual days at 2 in the night is told, share"
            if size < 1.0:
                bars.without(f"{words} {told:.2f}, at {hour:.0f} h; plain rule {burst(week, size, plain)[0]:.2f}")
            else:
                bars.at_least(f"{words} (at {hour:.0f} h; plain rule {burst(week, size, plain)[0]:.2f})", told, 0.9)
        bars.without(f"{name}: told after {drift(week, 0.01):.0f} days of 1 %, {drift(week, 0.03):.0f} of 3 % a day")
    return _new(bars)


def _new(bars: Bars) -> int:
    """A model that a client never used is a fact, and no estimate; a client that is new has no past."""
    days = tuple(ClientDay(str(day), 100 * COST_MICRO_USD, 0, 0) for day in range(30))
    used = {str(day): {"small"} for day in range(29)} | {"29": {"small", "large"}}
    bars.at_least(
        "a model that is new to a client is told", len(list(first_models(Past("c", "w", None, days), used))), 1
    )
    flood = (ClientDay("0", 0, 0, 0), ClientDay("1", 10**12, 0, 0))
    bars.without(
        f"a client in its first {PAST_MIN} days is told of no spend ({spend_told(flood)}): its limits bound that"
    )
    return 1 if bars.missed else 0


if __name__ == "__main__":
    sys.exit(main())
