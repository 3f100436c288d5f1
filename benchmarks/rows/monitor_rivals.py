"""Other ways to watch audits, written out here because the comparison is all that they are for."""

import math

from river.drift import ADWIN
from scipy.special import bdtr, bdtrc

WORSENINGS = (1.5, 2.0, 3.0, 5.0, 10.0)
LOOK_EVERY = 50  # cases a week; a figure read off once a week is what people do


class CumulativeBinomial:
    """All audits so far, once a week: is the error rate over budget, at the 5 % level of a single look?"""

    def __init__(self, budget: float, delta: float = 0.05) -> None:
        self.budget, self.delta = budget, delta
        self.n = self.n_wrong = 0

    def observe(self, wrong: int) -> bool:
        self.n += 1
        self.n_wrong += bool(wrong)
        if self.n % LOOK_EVERY or not self.n_wrong:
            return False
        return bool(bdtrc(self.n_wrong - 1, self.n, self.budget) <= self.delta)


class BettingProcess:
    """One e-process from the first audit on: mean over worse rates q of prod (q/budget)^x ((1-q)/(1-budget))^(1-x)."""

    def __init__(self, budget: float, delta: float = 0.05) -> None:
        rates = [min(budget * times, (1.0 + budget) / 2.0) for times in WORSENINGS]
        self.log_if_wrong = [math.log(q / budget) for q in rates]
        self.log_if_right = [math.log((1.0 - q) / (1.0 - budget)) for q in rates]
        self.log_wealth = [0.0] * len(rates)
        self.needed = len(rates) / delta

    def observe(self, wrong: int) -> bool:
        moves = self.log_if_wrong if wrong else self.log_if_right
        self.log_wealth = [log + move for log, move in zip(self.log_wealth, moves, strict=True)]
        return sum(math.exp(min(log, 700.0)) for log in self.log_wealth) >= self.needed


class AdaptiveWindow:
    """ADWIN (Bifet and Gavalda 2007), river's own with its defaults; an alarm is a change to a higher rate."""

    def __init__(self, _budget: float) -> None:
        self.window = ADWIN()  # type: ignore[no-untyped-call]

    def observe(self, wrong: int) -> bool:
        before = self.window.estimation
        self.window.update(int(wrong))  # type: ignore[no-untyped-call]
        return bool(self.window.drift_detected and self.window.estimation > before)


def rate_within_budget(n: int, n_wrong: int, budget: float) -> bool:
    """Promote when the rate of the labelled cases is within budget."""
    return n_wrong <= budget * n


def binomial_passes(n: int, n_wrong: int, budget: float, delta: float = 0.05) -> bool:
    """Promote when the exact test of a single look passes."""
    return bool(bdtr(n_wrong, n, budget) <= delta)
