"""Errors that do not cost the same: a threshold for a mean loss, by betting down the ranks."""

import math
from typing import TYPE_CHECKING

from interlock.engine.oversight.binomial import EQUALITY_SLACK

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

# Mean losses bet on, as shares of the budget, with equal stakes: what did best of the grids compared in decision 0009.
BETS = (0.0, 0.25, 0.5)
_BISECTIONS = 40


def log_wealth_down(losses: "Floats", budget: float) -> "Floats":
    """Log wealth after each case of a ranking, against "the mean loss is over `budget`"; losses in [0, 1], any length.

    The wealth is the mean over q = budget x BETS of prod (1 + lambda_q (budget - L)), lambda_q = (budget - q) / (budget
    (1 - budget)): the promotion test's kind of bets, for losses (Waudby-Smith and Ramdas 2024, section 4). At
    a fixed rank it does not depend on the order of the cases above, so its expectation is at most 1 there if their
    mean loss is over budget; from there on down it is a supermartingale while every further case loses at least
    `budget` on average. It then exceeds 1/delta at any rank below with probability at most delta (Ville 1939).
    """
    import numpy as np

    paths = [np.cumsum(_log_factors(losses, budget, bet)) for bet in BETS]
    wealth: Floats = np.logaddexp.reduce(np.stack(paths), axis=0) - math.log(len(BETS))
    return wealth


def log_wealth_joint(losses: "Floats", budget: float) -> "Floats":
    """The same after each case of the ranking, all further down counting with no loss; it only falls on the way."""
    import numpy as np

    spare = np.arange(len(losses) - 1, -1, -1, dtype=np.float64)
    paths = [np.cumsum(_log_factors(losses, budget, bet)) + spare * _log_factor(0.0, budget, bet) for bet in BETS]
    wealth: Floats = np.logaddexp.reduce(np.stack(paths), axis=0) - math.log(len(BETS))
    return wealth


def upper_limit(losses: "Floats", delta: float, *, n_without_loss: int = 0) -> float:
    """Upper (1 - delta) limit of the mean loss: the least budget that these losses prove, by bisection."""
    import numpy as np

    values, counts = np.unique(losses, return_counts=True)
    low, high = 0.0, 1.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2.0
        paths = [
            float((counts * _log_factors(values, middle, bet)).sum()) + n_without_loss * _log_factor(0.0, middle, bet)
            for bet in BETS
        ]
        proved = float(np.logaddexp.reduce(paths)) - math.log(len(BETS)) >= needed(delta)
        low, high = (low, middle) if proved else (middle, high)
    return high


def needed(delta: float) -> float:
    """Log wealth that decides."""
    return -math.log(delta) - EQUALITY_SLACK


def _log_factors(losses: "Floats", budget: float, bet: float) -> "Floats":
    import numpy as np

    stake = (1.0 - bet) / (1.0 - budget)
    with np.errstate(divide="ignore"):  # a full loss ends the bet on no loss at all: its wealth is 0 from then on
        factors: Floats = np.log(np.maximum(1.0 + stake * (budget - losses), 0.0))
    return factors


def _log_factor(loss: float, budget: float, bet: float) -> float:
    return math.log1p((1.0 - bet) / (1.0 - budget) * (budget - loss))
