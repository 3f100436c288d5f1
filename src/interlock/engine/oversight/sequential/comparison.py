"""Is the new release no worse than the old one? Both answer the same cases; it may be looked at after each."""

import math
from collections.abc import Mapping
from typing import Any, Self

from interlock.engine.oversight.binomial import EQUALITY_SLACK, share_in_open_unit, whole_count
from interlock.engine.oversight.sequential.observed import is_wrong, read_decided_at, state_of_kind

_STAKES = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)  # as shares of the greatest stake that can never lose everything


class NonInferiorityTest:
    """A test martingale against "the new release is wrong more often than the old one by `margin` or more".

    Each case, answered by both, gives D = (new wrong) - (old wrong). The wealth is the mean over stakes s of prod (1 +
    s (margin - D)), s at most 1/(1 - margin): while E(D | the past) >= margin it is a nonnegative supermartingale, so
    P(it ever reaches 1/delta) <= delta (Ville 1939; bets as in Waudby-Smith and Ramdas 2024).

    Where both releases give the same answer D is 0 whatever the truth: such cases count (`observe_same`) and need no
    label. That is why a changed prompt re-earns its grant on few labels.

    Proved: on the traffic that these cases are a random sample of, new error rate < old error rate + margin. Where the
    cases are those that the old release applies under a certificate (budget a, delta_1), the new one is there within a
    + margin with probability 1 - delta_1 - delta. Not proved: that either is good.
    `decided` stays true once reached; `decided_at` is the number of cases, with and without a label, that it took.
    """

    def __init__(self, margin: float, delta: float = 0.05) -> None:
        """`margin` and `delta` are shares in (0, 1); raises ValueError otherwise."""
        self.margin = share_in_open_unit("margin", margin)
        self.delta = share_in_open_unit("delta", delta)
        self.n_same = self.n_worse = self.n_better = self.n_both = 0
        self.decided_at: int | None = None
        self._needed = -math.log(self.delta) - EQUALITY_SLACK
        stakes = [share / (1.0 - self.margin) for share in _STAKES]
        self._logs = tuple(
            (math.log1p(s * self.margin), math.log1p(s * (self.margin - 1.0)), math.log1p(s * (self.margin + 1.0)))
            for s in stakes
        )

    @property
    def n(self) -> int:
        """Cases that both releases answered."""
        return self.n_same + self.n_worse + self.n_better + self.n_both

    @property
    def n_labelled(self) -> int:
        """Cases whose truth a person had to say."""
        return self.n - self.n_same

    @property
    def decided(self) -> bool:
        """Whether it was proved that the new release is worse by less than the margin."""
        return self.decided_at is not None

    @property
    def log_wealth(self) -> float:
        """Natural log of the wealth; 0 before the first case. It depends on the counts alone."""
        equal = self.n_same + self.n_both
        logs = [equal * e + self.n_worse * w + self.n_better * b for e, w, b in self._logs]
        top = max(logs)
        return top + math.log(sum(math.exp(log - top) for log in logs) / len(logs))

    @property
    def wealth(self) -> float:
        """Evidence, 1 at the start, 1/delta to decide; infinite where a float cannot hold it."""
        log_wealth = self.log_wealth
        return math.exp(log_wealth) if log_wealth < 709.0 else math.inf

    def observe(self, wrong_old: int, wrong_new: int) -> bool:
        """One case that a person judged, in the order of judging; returns `decided`. Raises ValueError."""
        old, new = is_wrong(wrong_old), is_wrong(wrong_new)
        self.n_worse += new and not old
        self.n_better += old and not new
        self.n_both += old == new
        return self._look()

    def observe_same(self, n: int = 1) -> bool:
        """`n` cases on which both releases gave the same answer; no label needed. Returns `decided`."""
        self.n_same += whole_count("n", n)
        return self._look()

    def expected_cases(self, worse: float, better: float) -> int | None:
        """About how many cases it takes if shares `worse` and `better` of them differ; None: never, at these rates.

        Approximate: log(number of stakes / delta) over the growth of the best stake (Wald 1945). Times the share of
        cases with different answers it is the number of labels.
        """
        if not (0.0 <= worse <= 1.0 and 0.0 <= better <= 1.0 and worse + better <= 1.0):
            raise ValueError(f"worse is {worse!r} and better {better!r}: give shares of all cases, together at most 1")
        growth = max((1.0 - worse - better) * e + worse * w + better * b for e, w, b in self._logs)
        return math.ceil((self._needed + math.log(len(_STAKES))) / growth) if growth > 0.0 else None

    def merge(self, other: "NonInferiorityTest") -> "NonInferiorityTest":
        """One test over the disjoint cases of both; no decision of a part is inherited. Raises ValueError."""
        if (self.margin, self.delta) != (other.margin, other.delta):
            raise ValueError("margin or delta differ: only tests of the same promise can be merged")
        merged = NonInferiorityTest(self.margin, self.delta)
        for name in ("n_same", "n_worse", "n_better", "n_both"):
            setattr(merged, name, getattr(self, name) + getattr(other, name))
        merged._look()
        return merged

    def to_state(self) -> dict[str, Any]:
        """Everything needed to go on elsewhere, ready for JSON."""
        names = ("margin", "delta", "n_same", "n_worse", "n_better", "n_both", "decided_at")
        return {"kind": "non-inferiority", "format": 1} | {name: getattr(self, name) for name in names}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """The test as saved by `to_state`. Raises ValueError."""
        counts = ("n_same", "n_worse", "n_better", "n_both")
        known = state_of_kind("non-inferiority", state, entries=("margin", "delta", *counts, "decided_at"))
        test = cls(known["margin"], known["delta"])
        for name in counts:
            setattr(test, name, whole_count(name, known[name]))
        test.decided_at = read_decided_at(known, at_most=test.n)
        return test

    def _look(self) -> bool:
        if self.decided_at is None and self.log_wealth >= self._needed:
            self.decided_at = self.n
        return self.decided
