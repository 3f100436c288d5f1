"""Monitors of random audits: one demotes soon after a change, one makes statements that hold for ever."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from operator import mul
from typing import Any, ClassVar, Self

from interlock.engine.oversight.binomial import EQUALITY_SLACK, share_in_open_unit
from interlock.engine.oversight.sequential.observed import (
    is_wrong,
    read_counts,
    read_decided_at,
    read_sums,
    refuse_missed_decision,
    run_length_in,
    state_of_kind,
)

_WORSENINGS = (1.5, 2.0, 3.0, 5.0, 10.0)  # error rates watched for, as multiples of the budget
_COPY_EVERY = 25  # audits between two copies of the restarted process
# Sum over b >= 0 of 1/((b+1) ln^2(b+1+e)), rounded up: the first million terms and 1/ln(10^6) for the rest.
_WEIGHTS_TOTAL = 1.5421
CEILING = 1e300  # far over any alarm; holding a statistic down keeps it valid and lets it never overflow


def worse_rates(budget: float) -> tuple[float, ...]:
    """The error rates watched for, none more than half-way from the budget to 1: any rate over the budget is valid."""
    return tuple(min(budget * times, (1.0 + budget) / 2.0) for times in _WORSENINGS)


class _Monitor(ABC):
    """Five evidence `sums`, one a worse rate q, moved by (q/budget)^x ((1-q)/(1-budget))^(1-x) at each audit."""

    kind: ClassVar[str]
    setting: ClassVar[str]  # name of the second argument, beside the budget
    limit: float

    def __init__(self, budget: float, _setting: float) -> None:
        self.budget = share_in_open_unit("budget", budget)
        self.n = 0
        self.n_wrong = 0
        self.decided_at: int | None = None
        rates = worse_rates(self.budget)
        self._if_wrong = tuple(q / self.budget for q in rates)
        self._if_right = tuple((1.0 - q) / (1.0 - self.budget) for q in rates)
        self.sums = [0.0] * len(rates)

    @property
    def decided(self) -> bool:
        """Whether the alarm was raised, now or earlier."""
        return self.decided_at is not None

    @property
    def statistic(self) -> float:
        """What is compared with `limit`: at or over it the alarm is raised. 0 before the first audit."""
        return sum(self.sums) / len(self.sums)

    def observe(self, wrong: int) -> bool:
        """Take one audited case (1 or True: wrong), in the order of audits; returns `decided`. Raises ValueError."""
        was_wrong = is_wrong(wrong)
        joining = self.joining(self.n)
        factors = self._if_wrong if was_wrong else self._if_right
        self.sums = list(map(mul, [evidence + joining for evidence in self.sums], factors))
        self.n += 1
        self.n_wrong += was_wrong
        statistic = self.statistic
        if statistic >= self.limit:
            if self.decided_at is None:
                self.decided_at = self.n
            if statistic > CEILING:
                self.sums = [min(s, CEILING) for s in self.sums]
        return self.decided_at is not None

    def to_state(self) -> dict[str, Any]:
        """Everything needed to go on elsewhere, ready for JSON, exact to the last bit."""
        return {
            "kind": self.kind,
            "format": 1,
            "budget": self.budget,
            self.setting: getattr(self, self.setting),
            "n": self.n,
            "n_wrong": self.n_wrong,
            "decided_at": self.decided_at,
            "sums": list(self.sums),
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """The monitor as saved by `to_state`; going on from it equals never having stopped. Raises ValueError."""
        known = state_of_kind(cls.kind, state, entries=("budget", cls.setting, "n", "n_wrong", "decided_at", "sums"))
        monitor = cls(known["budget"], known[cls.setting])
        monitor.n, monitor.n_wrong = read_counts(known)
        monitor.decided_at = read_decided_at(known, at_most=monitor.n)
        monitor.sums = read_sums(known, len(_WORSENINGS))
        refuse_missed_decision(decided=monitor.decided, over_limit=monitor.statistic / monitor.limit - 1.0)
        return monitor

    @property
    def factors(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """What moves each of the `sums` at a wrong case, and at a right one."""
        return self._if_wrong, self._if_right

    @abstractmethod
    def joining(self, n: int) -> float:
        """Weight of the copy that starts after `n` audits, 0 where none does."""


class DemotionMonitor(_Monitor):
    """Shiryaev-Roberts e-detector: demote when its `statistic` reaches `run_length`.

    R_q <- (R_q + 1) (q/budget)^x ((1-q)/(1-budget))^(1-x), averaged over q = budget x 1.5, 2, 3, 5, 10 (Shin, Ramdas
    and Rinaldo 2022). While each audited case is wrong with probability at most `budget`, given those before it, the
    average number of audits to a (then false) demotion is at least `run_length`, and P(one within m audits) <= m /
    run_length.

    `decided` stays true once reached (`decided_at` says at which audit); later audits are still recorded and still move
    `statistic`. A new grant starts a new monitor. The order of audits matters, so two monitors cannot be merged into
    the one that would have seen both streams; `pooled` (in pooling.py) has what holds for several streams together.
    """

    kind = "demotion"
    setting = "run_length"

    def __init__(self, budget: float, run_length: float = 10_000) -> None:
        """`budget` a share in (0, 1); `run_length` in audits, from 1 to 10^12. Raises ValueError otherwise."""
        super().__init__(budget, run_length)
        self.run_length = run_length_in("audits", run_length)
        self.limit = self.run_length * (1.0 - EQUALITY_SLACK)

    def joining(self, n: int) -> float:
        """Every audit starts a copy of weight 1."""
        del n
        return 1.0


class BreachMonitor(_Monitor):
    """Restarted e-process: its alarm says "over budget" and is ever false with probability at most `delta`.

    Every 25 audits a new copy of the betting process starts with weight w_b = 1/((b+1) ln^2(b+1+e)) / 1.5421, so that
    the weights of all copies that will ever start sum to at most 1. The weighted sum, plus the weight not yet
    started, is a nonnegative supermartingale that starts at 1 while the conditional error rate is at most `budget`;
    it reaches 1/delta with probability at most delta (Ville 1939). `statistic` leaves the weight not yet started out.
    All copies for one q move by the same factor, so one sum a q is kept and an audit costs the same however many
    copies run.

    `decided` stays true once reached (`decided_at` says at which audit); later audits are still recorded. Which copy an
    audit meets depends on its place, so two monitors cannot be merged; `pooled` averages those of several streams.
    """

    kind = "breach"
    setting = "delta"

    def __init__(self, budget: float, delta: float = 0.05) -> None:
        """`budget` and `delta` are shares in (0, 1); raises ValueError otherwise."""
        super().__init__(budget, delta)
        self.delta = share_in_open_unit("delta", delta)
        self.limit = (1.0 - EQUALITY_SLACK) / self.delta

    def joining(self, n: int) -> float:
        """The weight of copy n/25 where n is a multiple of 25, else 0."""
        return restart_weight(n)


def copy_weight(copy: int) -> float:
    """Weight of copy 0, 1, 2, ... of the restarted process; all of them together at most 1."""
    return 1.0 / ((copy + 1) * math.log(copy + 1 + math.e) ** 2 * _WEIGHTS_TOTAL)


def restart_weight(n: int) -> float:
    """Weight of the copy of a restarted process that begins after `n` observations; 0 where none does."""
    copy, since_start = divmod(n, _COPY_EVERY)
    return 0.0 if since_start else copy_weight(copy)
