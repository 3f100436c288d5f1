"""Tests whose audits a judge steers: a model says which cases look wrong, people look, and only people supply labels.

For every case the judge gives q, its guess that the case is wrong, and the case is audited by a random draw with a
known probability pi. Z = q + (A / pi) (Y - q), A = 1 where it was audited and Y = 1 where it was wrong, has the same
mean as Y whatever the judge says (Robins, Rotnitzky and Zhao 1994). So bets on the mean of Z (Waudby-Smith and Ramdas
2024) are valid with any judge; a wrong one costs power.

Stakes are fixed beforehand and never read q or pi. What is assumed of a case given those *before* it need not hold
given its own guess: a good judge's "right" makes the case less often wrong than the budget, and a stake that grew with
it would win on a release that is as bad as the budget.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from interlock.engine.oversight.binomial import EQUALITY_SLACK, share_in_open_unit, whole_count
from interlock.engine.oversight.sequential.estimate_limits import EstimateLimits
from interlock.engine.oversight.sequential.monitor import CEILING, restart_weight
from interlock.engine.oversight.sequential.observed import (
    is_wrong,
    read_decided_at,
    read_sums,
    refuse_missed_decision,
    run_length_in,
    state_of_kind,
)

# As shares of the greatest stake that can never lose everything. Proving a low rate wants stakes near it, as one
# mistake found among cases that looked right weighs 1/pi; watching for a high one wants all sizes, as the limits may be
# tight.
_STAKES_UNDER = (0.95, 0.8, 0.6, 0.4, 0.2)
_STAKES_OVER = tuple(2.0**-k for k in range(1, 9))


def estimate_range(guess: float, audit_probability: float) -> tuple[float, float]:
    """The least and the greatest Z that a case with this guess and audit probability can have."""
    return guess * (1.0 - 1.0 / audit_probability), guess + (1.0 - guess) / audit_probability


class _Judged(ABC):
    """Evidence `sums`, one a stake; `least` and `most` are the declared limits of Z that keep every factor positive."""

    kind: ClassVar[str]
    setting: ClassVar[str]
    proves_under: ClassVar[bool] = False  # whether it bets on a rate under the budget, or on one over it
    limit: float

    def __init__(self, budget: float, *, least: float, most: float) -> None:
        self.budget = share_in_open_unit("budget", budget)
        self.limits = EstimateLimits.declared(least, most)
        self.n = self.n_audited = self.n_wrong = 0
        self.decided_at: int | None = None
        if self.proves_under:
            self.stakes = tuple(-share / (self.limits.most - self.budget) for share in _STAKES_UNDER)
        else:
            self.stakes = tuple(share / (self.budget - self.limits.least) for share in _STAKES_OVER)
        self.sums = [self._start()] * len(self.stakes)

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
        at least 1 / (most - least); `wrong`: what the auditor found, None where the case was not drawn. A drawn case
        whose finding is not there yet holds back those after it. A guess whose Z could leave the declared limits is
        moved to the nearest one that keeps it inside: any guess is valid. Raises ValueError on anything else.
        """
        guess = self._guess(judge, audit_probability)
        z = guess
        if wrong is not None:
            was_wrong = is_wrong(wrong)
            z += (was_wrong - guess) / audit_probability
            self.n_audited += 1
            self.n_wrong += was_wrong
        self.move(z)
        return self.decided_at is not None

    def move(self, z: float) -> None:
        """Take one case whose Z is known to be within the limits; `observe` makes sure of that."""
        joining, gap = self.joining(self.n), z - self.budget
        self.sums = [(s + joining) * (1.0 + stake * gap) for s, stake in zip(self.sums, self.stakes, strict=True)]
        self.n += 1
        statistic = sum(self.sums) / len(self.sums)
        if statistic >= self.limit:
            if self.decided_at is None:
                self.decided_at = self.n
            if statistic > CEILING:
                self.sums = [min(s, CEILING) for s in self.sums]

    def to_state(self) -> dict[str, Any]:
        """Everything needed to go on elsewhere, ready for JSON, exact to the last bit."""
        return {
            "kind": self.kind,
            "format": 1,
            "budget": self.budget,
            self.setting: getattr(self, self.setting),
            "least": self.limits.least,
            "most": self.limits.most,
            "n": self.n,
            "n_audited": self.n_audited,
            "n_wrong": self.n_wrong,
            "decided_at": self.decided_at,
            "sums": list(self.sums),
        }

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
        test.sums = read_sums(known, len(test.stakes))
        if not test.n_wrong <= test.n_audited <= test.n:
            raise ValueError(
                f"the saved state has {test.n_wrong} wrong of {test.n_audited} audited of {test.n} cases: "
                "read it from the journal again"
            )
        refuse_missed_decision(decided=test.decided, over_limit=test.statistic / test.limit - 1.0)
        return test

    @classmethod
    @abstractmethod
    def _rebuilt(cls, known: Mapping[str, Any]) -> Self:
        """A new one with the saved settings."""

    def _start(self) -> float:
        return 0.0

    @abstractmethod
    def joining(self, n: int) -> float:
        """Weight of the copy that starts after `n` cases, 0 where none does."""

    def _guess(self, judge: float, audit_probability: float) -> float:
        if not 0.0 <= judge <= 1.0:
            raise ValueError(f"judge is {judge!r}: give its guess that the case is wrong, 0 to 1")
        if not 0.0 < audit_probability <= 1.0:
            raise ValueError(
                f"audit_probability is {audit_probability!r}: give the one of the draw, over 0 and at most 1"
            )
        least, most = self.limits.least, self.limits.most
        weight = 1.0 / audit_probability
        if judge * (1.0 - weight) >= least and judge + (1.0 - judge) * weight <= most:
            return judge
        if not self.limits.fit(audit_probability):
            raise ValueError(
                f"audit_probability {audit_probability!r} is too small for limits of {least:.4g} to "
                f"{most:.4g}: audit every case with at least 1 / (most - least), or declare wider ones"
            )
        low, high = self.limits.guesses(audit_probability)
        return min(max(judge, low), high)


class JudgedPromotionTest(_Judged):
    """Promote once the wealth of bets against "the error rate is over `budget`" reaches 1/delta.

    While each case is wrong with probability at least `budget`, given those before it, P(ever reached) <= delta. A
    judge shortens promotion only where cases that it lets pass are audited nearly as often as the others: one mistake
    found among them weighs 1/pi.
    """

    kind, setting, proves_under = "judged promotion", "delta", True

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

    def joining(self, n: int) -> float:
        """None: a promotion test is one process from its first case on."""
        del n
        return 0.0


class JudgedDemotionMonitor(_Judged):
    """Shiryaev-Roberts e-detector on Z: demote when its statistic reaches `run_length`.

    While each case is wrong with probability at most `budget`, given those before it, the average number of *cases*,
    audited or not, to a false demotion is at least `run_length` (Shin, Ramdas and Rinaldo 2022; all that it needs is
    that each factor is at most 1 on average). At an audit share of
    10 % a run length of 100,000 cases is one of 10,000 audits.
    """

    kind, setting = "judged demotion", "run_length"

    def __init__(self, budget: float, run_length: float = 100_000, *, least: float, most: float) -> None:
        """`budget` in (0, 1); `run_length` in cases, 1 to 10^12; `least`, `most`: limits of Z. Raises ValueError."""
        self.run_length = run_length_in("cases", run_length)
        self.limit = self.run_length * (1.0 - EQUALITY_SLACK)
        super().__init__(budget, least=least, most=most)

    @classmethod
    def _rebuilt(cls, known: Mapping[str, Any]) -> Self:
        return cls(known["budget"], known["run_length"], least=known["least"], most=known["most"])

    def joining(self, n: int) -> float:
        """Every case starts a copy of weight 1."""
        del n
        return 1.0


class JudgedBreachMonitor(_Judged):
    """Restarted e-process on Z: its alarm says "over budget" and is ever false with probability at most `delta`.

    As `BreachMonitor`, with a new copy every 25 *cases*.
    """

    kind, setting = "judged breach", "delta"

    def __init__(self, budget: float, delta: float = 0.05, *, least: float, most: float) -> None:
        """`budget` and `delta` in (0, 1); `least`, `most`: limits of Z. Raises ValueError otherwise."""
        self.delta = share_in_open_unit("delta", delta)
        self.limit = (1.0 - EQUALITY_SLACK) / self.delta
        super().__init__(budget, least=least, most=most)

    @classmethod
    def _rebuilt(cls, known: Mapping[str, Any]) -> Self:
        return cls(known["budget"], known["delta"], least=known["least"], most=known["most"])

    def joining(self, n: int) -> float:
        """The weight of copy n/25 where n is a multiple of 25, else 0."""
        return restart_weight(n)
