"""Tests whose audits a judge steers: a model says which cases look wrong, people look, and only people supply labels.

For every case the judge gives q, its guess that the case is wrong, and the case is audited with a known probability pi.
Z = q + (A / pi) (Y - q), A = 1 where it was audited and Y = 1 where it was wrong, has the same mean as Y whatever the
judge says (Robins, Rotnitzky and Zhao 1994). So bets on the mean of Z (Waudby-Smith and Ramdas 2024) are valid with any
judge; a wrong one costs power. Stakes are fixed beforehand and never read q or pi: a stake that did could bet on the
judge.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from interlock.engine.oversight.binomial import EQUALITY_SLACK, share_in_open_unit, whole_count
from interlock.engine.oversight.sequential.monitor import restart_weight
from interlock.engine.oversight.sequential.observed import is_wrong, read_decided_at, read_sums, state_of_kind

_STAKES = tuple(2.0**-k for k in range(1, 9))  # as shares of the greatest stake that can never lose everything
_CEILING = 1e300


def estimate_range(guess: float, audit_probability: float) -> tuple[float, float]:
    """The least and the greatest Z that a case with this guess and audit probability can have."""
    return guess - guess * (1.0 / audit_probability - 1.0), guess + (1.0 - guess) / audit_probability


class _Judged(ABC):
    """Evidence `sums`, one a stake; `least` and `most` are the declared limits of Z that keep every factor positive."""

    kind: ClassVar[str]
    setting: ClassVar[str]
    direction: ClassVar[float]  # +1: bets on a rate over the budget, -1: on one under it
    limit: float

    def __init__(self, budget: float, *, least: float, most: float) -> None:
        self.budget = share_in_open_unit("budget", budget)
        if not (-math.inf < least <= 0.0 and 1.0 <= most < math.inf):
            raise ValueError(
                f"least is {least!r} and most {most!r}: give limits of Z, at most 0 and at least 1; estimate_range"
                "(guess, audit_probability) has those of one case, take the widest of all that can occur"
            )
        self.least, self.most = float(least), float(most)
        self.n = self.n_audited = self.n_wrong = 0
        self.decided_at: int | None = None
        reach = self.most - self.budget if self.direction < 0 else self.budget - self.least
        self._stakes = tuple(self.direction * share / reach for share in _STAKES)
        self.sums = [self._start()] * len(_STAKES)

    @property
    def decided(self) -> bool:
        """Whether it was decided, now or earlier."""
        return self.decided_at is not None

    @property
    def statistic(self) -> float:
        """What is compared with `limit`."""
        return sum(self.sums) / len(self.sums)

    def observe(self, *, judge: float, audit_probability: float, wrong: int | None) -> bool:
        """Take one case, in order, audited or not; returns `decided`.

        `judge`: its guess in [0, 1] that the case is wrong; `audit_probability`: the one that the draw was made with,
        in (0, 1]; `wrong`: what the auditor found, None where the case was not drawn. Raises ValueError on anything
        else, and where this case's Z could leave the declared limits: then raise the audit probability, or declare
        wider ones.
        """
        low, high = self._limits_of(judge, audit_probability)
        if low < self.least * (1.0 + EQUALITY_SLACK) - EQUALITY_SLACK or high > self.most * (1.0 + EQUALITY_SLACK):
            raise ValueError(
                f"judge {judge!r} at audit_probability {audit_probability!r} gives Z from {low:.4g} to {high:.4g}, "
                f"declared were {self.least:.4g} to {self.most:.4g}: audit such cases with a higher probability"
            )
        z = judge
        if wrong is not None:
            was_wrong = is_wrong(wrong)
            z += (was_wrong - judge) / audit_probability
            self.n_audited += 1
            self.n_wrong += was_wrong
        joining, gap = self._joining(), z - self.budget
        # Held down far over any decision: a statistic that stays at the ceiling is valid and never overflows.
        self.sums = [
            min(_CEILING, (s + joining) * max(0.0, 1.0 + stake * gap))
            for s, stake in zip(self.sums, self._stakes, strict=True)
        ]
        self.n += 1
        if self.decided_at is None and self.statistic >= self.limit:
            self.decided_at = self.n
        return self.decided_at is not None

    def to_state(self) -> dict[str, Any]:
        """Everything needed to go on elsewhere, ready for JSON, exact to the last bit."""
        names = ("budget", self.setting, "least", "most", "n", "n_audited", "n_wrong", "decided_at")
        return (
            {"kind": self.kind, "format": 1} | {name: getattr(self, name) for name in names} | {"sums": list(self.sums)}
        )

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """As saved by `to_state`; going on from it equals never having stopped. Raises ValueError."""
        counts = ("n", "n_audited", "n_wrong")
        known = state_of_kind(
            cls.kind, state, entries=("budget", cls.setting, "least", "most", *counts, "decided_at", "sums")
        )
        test = cls._rebuilt(known)
        for name in counts:
            setattr(test, name, whole_count(name, known[name]))
        test.decided_at = read_decided_at(known, at_most=test.n)
        test.sums = read_sums(known, len(_STAKES))
        return test

    @classmethod
    @abstractmethod
    def _rebuilt(cls, known: Mapping[str, Any]) -> Self:
        """A new one with the saved settings."""

    def _start(self) -> float:
        return 0.0

    @abstractmethod
    def _joining(self) -> float:
        """Weight of the copy that starts with this case."""

    @staticmethod
    def _limits_of(judge: float, audit_probability: float) -> tuple[float, float]:
        if not 0.0 <= judge <= 1.0:
            raise ValueError(f"judge is {judge!r}: give its guess that the case is wrong, 0 to 1")
        if not 0.0 < audit_probability <= 1.0:
            raise ValueError(
                f"audit_probability is {audit_probability!r}: give the one of the draw, over 0 and at most 1"
            )
        return estimate_range(judge, audit_probability)


class JudgedPromotionTest(_Judged):
    """Promote once the wealth of bets against "the error rate is over `budget`" reaches 1/delta.

    While each case is wrong with probability at least `budget`, given those before it, P(ever reached) <= delta. Judges
    hardly shorten promotion: one audited mistake among cases that looked right weighs 1/pi.
    """

    kind, setting, direction = "judged promotion", "delta", -1.0

    def __init__(self, budget: float, delta: float = 0.05, *, least: float, most: float) -> None:
        """`budget` and `delta` in (0, 1); `least`, `most`: limits of Z. Raises ValueError otherwise."""
        self.delta = share_in_open_unit("delta", delta)
        self.limit = (1.0 - EQUALITY_SLACK) / self.delta
        super().__init__(budget, least=least, most=most)

    @property
    def wealth(self) -> float:
        """Evidence against "over budget", 1 at the start."""
        return self.statistic

    @classmethod
    def _rebuilt(cls, known: Mapping[str, Any]) -> Self:
        return cls(known["budget"], known["delta"], least=known["least"], most=known["most"])

    def _start(self) -> float:
        return 1.0

    def _joining(self) -> float:
        return 0.0


class JudgedDemotionMonitor(_Judged):
    """Shiryaev-Roberts e-detector on Z: demote when its statistic reaches `run_length`.

    While each case is wrong with probability at most `budget`, given those before it, the average number of *cases*,
    audited or not, to a false demotion is at least `run_length` (Shin, Ramdas and Rinaldo 2022). At an audit share of
    10 % a run length of 100,000 cases is one of 10,000 audits.
    """

    kind, setting, direction = "judged demotion", "run_length", 1.0

    def __init__(self, budget: float, run_length: float = 100_000, *, least: float, most: float) -> None:
        """`budget` in (0, 1); `run_length` in cases, 1 to 10^12; `least`, `most`: limits of Z. Raises ValueError."""
        if not 1.0 <= run_length <= 1e12:
            raise ValueError(f"run_length is {run_length!r}: give a number of cases from 1 to 10^12")
        self.run_length = float(run_length)
        self.limit = self.run_length * (1.0 - EQUALITY_SLACK)
        super().__init__(budget, least=least, most=most)

    @classmethod
    def _rebuilt(cls, known: Mapping[str, Any]) -> Self:
        return cls(known["budget"], known["run_length"], least=known["least"], most=known["most"])

    def _joining(self) -> float:
        return 1.0


class JudgedBreachMonitor(_Judged):
    """Restarted e-process on Z: its alarm says "over budget" and is ever false with probability at most `delta`.

    As `BreachMonitor`, with a new copy every 25 *cases*.
    """

    kind, setting, direction = "judged breach", "delta", 1.0

    def __init__(self, budget: float, delta: float = 0.05, *, least: float, most: float) -> None:
        """`budget` and `delta` in (0, 1); `least`, `most`: limits of Z. Raises ValueError otherwise."""
        self.delta = share_in_open_unit("delta", delta)
        self.limit = (1.0 - EQUALITY_SLACK) / self.delta
        super().__init__(budget, least=least, most=most)

    @classmethod
    def _rebuilt(cls, known: Mapping[str, Any]) -> Self:
        return cls(known["budget"], known["delta"], least=known["least"], most=known["most"])

    def _joining(self) -> float:
        return restart_weight(self.n)
