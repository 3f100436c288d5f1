"""Is the new release no worse than the old one? Both answer the same cases; it may be looked at after each."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from interlock.engine.oversight.binomial import EQUALITY_SLACK, share_in_open_unit, whole_count
from interlock.engine.oversight.sequential.observed import (
    ROUNDING,
    is_wrong,
    read_decided_at,
    refuse_missed_decision,
    state_of_kind,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Counts = npt.NDArray[np.int64]

_STAKES = (0.05, 0.1, 0.25, 0.5, 0.9)  # as shares of the greatest stake that can never lose everything
_COUNTS = ("n_same", "n_worse", "n_better", "n_both", "n_held")


class NonInferiorityTest:
    """A test martingale against "the new release is wrong more often than the old one by `margin` or more".

    Each case, answered by both, gives D = (new wrong) - (old wrong). The wealth is the mean over stakes s of prod (1 +
    s (margin - D)), s at most 1/(1 - margin): while E(D | the past) >= margin it is a nonnegative supermartingale, so
    P(it ever reaches 1/delta) <= delta (Ville 1939; bets as in Waudby-Smith and Ramdas 2024).

    Where both releases give the same answer D is 0 whatever the truth: such cases count (`observe_same`) and need no
    label. That is why a changed prompt re-earns its grant on few labels. Cases count in the order they came: one whose
    answers differ must not wait outside while later ones with the same answer are counted, or those alone would
    decide. `hold` it: it then counts as worse, which can only delay the decision, until `observe(..., held=True)`.

    Proved: on the traffic that these cases are a random sample of, new error rate < old error rate + margin. Where the
    cases are those that the old release applies under a certificate (budget a, delta_1), the new one is there within a
    + margin with probability 1 - delta_1 - delta. Not proved: that either is good, that the new one is no worse at all,
    anything about cases that only the new one would apply, and that a chain of such proofs stays near where it
    started: margins add up, so do the deltas.
    `decided` stays true once reached; `decided_at` is the number of cases, with and without a label, that it took.
    """

    def __init__(self, margin: float, delta: float = 0.05) -> None:
        """`margin` and `delta` are shares in (0, 1); raises ValueError otherwise."""
        self.margin = share_in_open_unit("margin", margin)
        self.delta = share_in_open_unit("delta", delta)
        self.n_same = self.n_worse = self.n_better = self.n_both = self.n_held = 0
        self.decided_at: int | None = None
        self.needed = -math.log(self.delta) - EQUALITY_SLACK
        stakes = [share / (1.0 - self.margin) for share in _STAKES]
        self._logs = tuple(
            (math.log1p(s * self.margin), math.log1p(s * (self.margin - 1.0)), math.log1p(s * (self.margin + 1.0)))
            for s in stakes
        )

    @property
    def n(self) -> int:
        """Cases that both releases answered, held ones included."""
        return self.n_same + self.n_worse + self.n_better + self.n_both + self.n_held

    @property
    def n_labelled(self) -> int:
        """Cases whose truth a person had to say."""
        return self.n_worse + self.n_better + self.n_both

    @property
    def decided(self) -> bool:
        """Whether it was proved that the new release is worse by less than the margin."""
        return self.decided_at is not None

    @property
    def log_wealth(self) -> float:
        """Natural log of the wealth; 0 before the first case. It depends on the counts alone."""
        return self._log_wealth(self.n_same + self.n_both, self.n_worse + self.n_held, self.n_better)

    @property
    def wealth(self) -> float:
        """Evidence, 1 at the start, 1/delta to decide; infinite where a float cannot hold it."""
        log_wealth = self.log_wealth
        return math.exp(log_wealth) if log_wealth < 709.0 else math.inf

    def observe(self, wrong_old: int, wrong_new: int, *, held: bool = False) -> bool:
        """One case that a person judged; returns `decided`. Raises ValueError.

        `held`: it is one of those that were held, in whatever order these are judged.
        """
        old, new = is_wrong(wrong_old), is_wrong(wrong_new)
        if held and not self.n_held:
            raise ValueError("no case is held: leave `held` out, or hold a case when it comes")
        self.n_held -= held
        self.n_worse += new and not old
        self.n_better += old and not new
        self.n_both += old == new
        return self._look()

    def hold(self, n: int = 1) -> bool:
        """`n` cases with different answers that nobody has judged yet: they count as worse. Returns `decided`."""
        self.n_held += whole_count("n", n)
        return self.decided

    def observe_same(self, n: int = 1) -> bool:
        """`n` cases on which both releases gave the same answer; no label needed. Returns `decided`.

        The same as one by one: where they decide, `decided_at` is the one that did.
        """
        before = self.n
        self.n_same += whole_count("n", n)
        if not self.decided and self._look():
            self.decided_at = before + self._fewest_same(n)
        return self.decided

    def expected_cases(self, worse: float, better: float) -> int | None:
        """About how many cases it takes if shares `worse` and `better` of them differ; None: never, at these rates.

        Approximate: log(number of stakes / delta) over the growth of the best stake (Wald 1945). Times the share of
        cases with different answers it is the number of labels.
        """
        if not (0.0 <= worse <= 1.0 and 0.0 <= better <= 1.0 and worse + better <= 1.0):
            raise ValueError(f"worse is {worse!r} and better {better!r}: give shares of all cases, together at most 1")
        growth = max((1.0 - worse - better) * e + worse * w + better * b for e, w, b in self._logs)
        return math.ceil((self.needed + math.log(len(_STAKES))) / growth) if growth > 0.0 else None

    def merge(self, other: "NonInferiorityTest") -> "NonInferiorityTest":
        """One test over the disjoint cases of both; no decision of a part is inherited. Raises ValueError.

        Valid while E(D | the past of *both* parts) >= margin under the hypothesis, and where it was not the outcomes
        that chose which parts to merge.
        """
        if (self.margin, self.delta) != (other.margin, other.delta):
            raise ValueError("margin or delta differ: only tests of the same promise can be merged")
        merged = NonInferiorityTest(self.margin, self.delta)
        for name in _COUNTS:
            setattr(merged, name, getattr(self, name) + getattr(other, name))
        merged._look()
        return merged

    def to_state(self) -> dict[str, Any]:
        """Everything needed to go on elsewhere, ready for JSON."""
        names = ("margin", "delta", *_COUNTS, "decided_at")
        return {"kind": "non-inferiority", "format": 1} | {name: getattr(self, name) for name in names}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """The test as saved by `to_state`. Raises ValueError."""
        known = state_of_kind("non-inferiority", state, entries=("margin", "delta", *_COUNTS, "decided_at"))
        test = cls(known["margin"], known["delta"])
        for name in _COUNTS:
            setattr(test, name, whole_count(name, known[name]))
        test.decided_at = read_decided_at(known, at_most=test.n)
        refuse_missed_decision(decided=test.decided, over_limit=test.log_wealth - test.needed)
        if test.decided_at is not None and test._best_log_wealth(test.decided_at) < test.needed - ROUNDING:
            raise ValueError(
                f"the saved state was decided at case {test.decided_at} of {test.n}, too early for its counts: "
                "read it from the journal again"
            )
        return test

    def log_wealth_at(self, equal: "Counts", worse: "Counts", better: "Counts") -> "Floats":
        """`log_wealth` for arrays of counts, which need not be those of this test."""
        import numpy as np

        logs = np.stack([equal * e + worse * w + better * b for e, w, b in self._logs])
        path: Floats = np.logaddexp.reduce(logs, axis=0) - math.log(len(_STAKES))
        return path

    def _log_wealth(self, equal: int, worse: int, better: int) -> float:
        logs = [equal * e + worse * w + better * b for e, w, b in self._logs]
        top = max(logs)
        return top + math.log(sum([math.exp(log - top) for log in logs]) / len(logs))

    def _best_log_wealth(self, n: int) -> float:
        """The most that the first `n` cases can have proved, whatever the order of those that were counted."""
        worse = max(0, self.n_worse - (self.n - n))
        better = min(self.n_better, n - worse)
        return self._log_wealth(n - worse - better, worse, better)

    def _fewest_same(self, n: int) -> int:
        """How many of the last `n` cases with the same answer it took: each of them adds to the wealth."""
        equal, worse = self.n_same + self.n_both - n, self.n_worse + self.n_held
        too_few, enough = 0, n
        while enough - too_few > 1:
            middle = (too_few + enough) // 2
            if self._log_wealth(equal + middle, worse, self.n_better) < self.needed:
                too_few = middle
            else:
                enough = middle
        return enough

    def _look(self) -> bool:
        if self.decided_at is None and self.log_wealth >= self.needed:
            self.decided_at = self.n
        return self.decided
