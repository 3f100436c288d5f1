"""The promotion gate: labels prove an error rate below budget, looked at whenever one likes."""

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self

from interlock.engine.oversight.binomial import EQUALITY_SLACK, share_in_open_unit
from interlock.engine.oversight.sequential.observed import (
    ROUNDING,
    is_wrong,
    read_counts,
    read_decided_at,
    refuse_missed_decision,
    state_of_kind,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Counts = npt.NDArray[np.int64]

# Error rates bet on, as shares of the budget. Of some 700 sets compared, those that take no more labels than 0, 1/8,
# 1/4, 1/2, 3/4 do at any true rate from 0 to 3/4 of the budget, and a tenth fewer at half, look like this one. More
# weight at 0 saves a perfect release 8 % and costs all others 3 to 8 %.
_BETS = (0.0, 0.1, 0.25, 0.4, 0.65)
_MOST_ERRORS = 200  # planning stops here: a gate that takes more errors than this is no plan
_NEGLIGIBLE = 1e-18


class PromotionTest:
    """A test martingale against "the error rate is over `budget`": promote once its wealth reaches 1/delta.

    The wealth is the mean over five q < budget of prod (q/budget)^x ((1-q)/(1-budget))^(1-x), x = 1 for a wrong case.
    While each case is wrong with probability at least `budget`, given those before it, P(it ever reaches 1/delta) is at
    most delta (Ville 1939), so looking after every label costs nothing.

    `decided` stays true once reached; later labels are still counted and still move `wealth`, but the promotion is not
    withdrawn here: taking authority back is a monitor's work. `decided_at` is the number of labels it took.
    """

    def __init__(self, budget: float, delta: float = 0.05) -> None:
        """`budget` and `delta` are shares in (0, 1); raises ValueError otherwise."""
        self.budget = share_in_open_unit("budget", budget)
        self.delta = share_in_open_unit("delta", delta)
        self.n = 0
        self.n_wrong = 0
        self.decided_at: int | None = None
        self._needed = -math.log(self.delta) - EQUALITY_SLACK
        log_right_at_budget = math.log1p(-self.budget)
        self._if_wrong = tuple(math.log(bet) if bet else -math.inf for bet in _BETS)
        self._if_right = tuple(math.log1p(-bet * self.budget) - log_right_at_budget for bet in _BETS)

    @property
    def decided(self) -> bool:
        """Whether the labels so far proved the error rate to be at most the budget."""
        return self.decided_at is not None

    @property
    def log_wealth(self) -> float:
        """Natural log of the wealth; 0 before the first label."""
        return self._log_wealth(self.n, self.n_wrong)

    @property
    def wealth(self) -> float:
        """Evidence against "over budget", 1 at the start, 1/delta to decide; infinite where a float cannot hold it."""
        log_wealth = self.log_wealth
        return math.exp(log_wealth) if log_wealth < 709.0 else math.inf

    def observe(self, wrong: int) -> bool:
        """Take one judged case (1 or True: wrong), in the order of judging; returns `decided`. Raises ValueError."""
        self.n_wrong += is_wrong(wrong)
        self.n += 1
        if self.decided_at is None and self.log_wealth >= self._needed:
            self.decided_at = self.n
        return self.decided_at is not None

    def expected_labels(self, error_rate: float) -> int | None:
        """Median number of labels, from the first, until the test decides if the true rate is `error_rate` in [0, 1).

        Exact, by following the binomial law from one decision point to the next. None when the test would more likely
        than not never decide within 200 errors: the rate is then at, near or over the budget.
        """
        return self._median_labels(error_rate, 0, 0)

    def labels_remaining(self, error_rate: float) -> int | None:
        """Median number of further labels from here, 0 once decided; otherwise as `expected_labels`."""
        return 0 if self.decided else self._median_labels(error_rate, self.n, self.n_wrong)

    def to_state(self) -> dict[str, Any]:
        """Everything needed to go on elsewhere, ready for JSON. The wealth depends on the counts alone."""
        return {
            "kind": "promotion",
            "format": 1,
            "budget": self.budget,
            "delta": self.delta,
            "n": self.n,
            "n_wrong": self.n_wrong,
            "decided_at": self.decided_at,
        }

    def merge(self, other: "PromotionTest") -> "PromotionTest":
        """One test over the labels of both, of disjoint cases of the same release.

        The wealth depends on the counts alone, so this is the test that would have seen all labels in the order of
        judging, looked at now: valid while each case is wrong with probability at least `budget` given those of *both*
        parts before it, and where it was not the outcomes that chose which parts to merge. Whether it is decided is
        read from the merged wealth; a decision of a part was paid for by that part's delta and is not inherited, so
        who acts on parts and on the whole spends one delta on each. Raises ValueError where budget or delta differ.
        """
        for name in ("budget", "delta"):
            mine, theirs = getattr(self, name), getattr(other, name)
            if mine != theirs:
                raise ValueError(
                    f"{name} is {mine} here and {theirs} there: only tests of the same promise can be merged"
                )
        merged = PromotionTest(self.budget, self.delta)
        merged.n, merged.n_wrong = self.n + other.n, self.n_wrong + other.n_wrong
        merged.decided_at = merged.n if merged.log_wealth >= merged._needed else None
        return merged

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """The test as saved by `to_state`; going on from it equals never having stopped. Raises ValueError."""
        known = state_of_kind("promotion", state, entries=("budget", "delta", "n", "n_wrong", "decided_at"))
        test = cls(known["budget"], known["delta"])
        test.n, test.n_wrong = read_counts(known)
        test.decided_at = read_decided_at(known, at_most=test.n)
        refuse_missed_decision(decided=test.decided, over_limit=test.log_wealth - test._needed)
        if test.decided_at is not None:
            fewest_errors = max(0, test.n_wrong - (test.n - test.decided_at))
            if test._log_wealth(test.decided_at, fewest_errors) < test._needed - ROUNDING:
                raise ValueError(
                    f"the saved state was decided at case {test.decided_at}, too early for {test.n_wrong} wrong of "
                    f"{test.n}: read it from the journal again"
                )
        return test

    def decision_points(self, error_rate: float, *, n: int = 0, n_wrong: int = 0) -> Iterator[tuple[int, float]]:
        """(labels, P(decided by then)) wherever the test can decide, if the true rate is `error_rate`.

        Without an error the wealth grows and with one it falls, so a test with k errors decides at exactly the number
        of labels at which k errors are few enough. Between these points the errors are binomial.
        """
        undecided, decided = {n_wrong: 1.0}, 0.0  # probability by number of errors
        for errors in range(n_wrong, _MOST_ERRORS + 1):
            point = self._labels_at(errors)
            if point <= n:
                continue
            undecided = _after_more_labels(undecided, point - n, error_rate)
            decided += undecided.pop(errors, 0.0)
            n = point
            yield n, decided

    def _median_labels(self, error_rate: float, n: int, n_wrong: int) -> int | None:
        if not 0.0 <= error_rate < 1.0:
            raise ValueError(f"error_rate is {error_rate!r}: give a share from 0, below 1 (0.01 for 1 %)")
        points = self.decision_points(error_rate, n=n, n_wrong=n_wrong)
        return next((labels - n for labels, decided in points if decided >= 0.5), None)

    def _labels_at(self, errors: int) -> int:
        """Least number of labels that decides with this many errors."""
        too_few, enough = errors, errors + 1
        while self._log_wealth(enough, errors) < self._needed:
            too_few, enough = enough, 2 * enough
        while enough - too_few > 1:
            middle = (too_few + enough) // 2
            if self._log_wealth(middle, errors) < self._needed:
                too_few = middle
            else:
                enough = middle
        return enough

    def log_wealth_at(self, n: "Counts", n_wrong: "Counts") -> "Floats":
        """`log_wealth` for arrays of counts, which need not be those of this test."""
        import numpy as np

        right = n - n_wrong
        never_wrong = np.where(n_wrong == 0, right * self._if_right[0], -np.inf)  # 0 x -inf is not a number
        others = [n_wrong * w + right * r for w, r in zip(self._if_wrong[1:], self._if_right[1:], strict=True)]
        path: Floats = np.logaddexp.reduce(np.stack([never_wrong, *others]), axis=0) - math.log(len(_BETS))
        return path

    def _log_wealth(self, n: int, n_wrong: int) -> float:
        right = n - n_wrong
        if n_wrong:
            bets = [n_wrong * w + right * r for w, r in zip(self._if_wrong, self._if_right, strict=True)]
        else:
            bets = [right * r for r in self._if_right]  # 0 x -inf is not a number
        top = max(bets)
        return top + math.log(sum([math.exp(bet - top) for bet in bets]) / len(bets))


def _after_more_labels(by_errors: Mapping[int, float], labels: int, error_rate: float) -> dict[int, float]:
    """The law of the number of errors after so many more labels; terms too small to matter are left out."""
    after: dict[int, float] = {}
    more = _binomial_law(labels, error_rate)
    for errors, probability in by_errors.items():
        for added, chance in more:
            mass = probability * chance
            if mass > _NEGLIGIBLE:
                after[errors + added] = after.get(errors + added, 0.0) + mass
    return after


def _binomial_law(n: int, rate: float) -> list[tuple[int, float]]:
    if rate == 0.0:
        return [(0, 1.0)]
    log_odds = math.log(rate) - math.log1p(-rate)
    log_term, law = n * math.log1p(-rate), []
    for errors in range(n + 1):
        term = math.exp(log_term)
        if term > _NEGLIGIBLE:
            law.append((errors, term))
        elif errors > n * rate:
            break
        if errors < n:
            log_term += math.log((n - errors) / (errors + 1)) + log_odds
    return law
