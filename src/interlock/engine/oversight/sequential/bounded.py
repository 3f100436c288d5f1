"""Losses in [0, 1] against a budget for their mean, looked at after every case: three ways to bet, one answer.

For losses that weigh errors, and beside `PromotionTest` and `BreachMonitor` for errors that all count the same, where
those are sharper: their bets know that a loss is 0 or 1.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from interlock.engine.oversight.binomial import EQUALITY_SLACK, share_in_open_unit

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

Side = Literal["under", "over"]
Bets = Literal["hoeffding", "bernstein", "betting"]

_GREATEST = {"hoeffding": 1.0, "bernstein": 0.5}  # stakes; over 1/2 the Bernstein ones pay too much for the variance


@dataclass(frozen=True, slots=True)
class MeanProof:
    """`log_wealth[i]` after loss i; `decided_at` losses it took to prove the claim, None: not proved by these."""

    log_wealth: "Floats"
    decided_at: int | None

    @property
    def decided(self) -> bool:
        """Whether it was proved, at the end or earlier."""
        return self.decided_at is not None


def prove_mean(
    losses: "npt.ArrayLike",
    budget: float,
    delta: float = 0.05,
    *,
    side: Side = "under",
    bets: Bets = "betting",
    stake_share: float = 0.5,
) -> MeanProof:
    """Do these losses, in the order they came, prove that the mean loss is `side` (under, over) the `budget`?

    The wealth is a nonnegative supermartingale from 1 while each loss is on average, given those before it, on the
    other side of the budget or at it; so it ever reaches 1/delta with probability at most delta (Ville 1939). `bets`:

    - "hoeffding": prod exp(s (L - budget) - s^2/8), s as for a confidence sequence (Waudby-Smith and Ramdas 2024,
      section 3.1); knows only that losses lie in [0, 1], and is by far the slowest where they are small.
    - "bernstein": prod exp(s (L - budget) - (-ln(1 - s) - s) (L - mean so far)^2), the predictable plug-in empirical
      Bernstein process (section 3.2).
    - "betting": prod (1 + s (L - budget)) with the same stakes, at most `stake_share` of the greatest that can never
      lose everything (one side of the hedged capital process, section 4.2).

    "under" is "over" for 1 - L and 1 - budget. The stakes grow where the variance so far is small. `losses` and
    `budget` in units of the worst loss; time and memory grow with the number of losses (a million: well under a
    second). Raises ValueError naming the entry where a loss is not in [0, 1], or on an unknown side or way to bet.
    """
    import numpy as np

    budget, delta = share_in_open_unit("budget", budget), share_in_open_unit("delta", delta)
    for name, given, known in (("side", side, get_args(Side)), ("bets", bets, get_args(Bets))):
        if given not in known:
            raise ValueError(f"{name} is {given!r}: give one of {', '.join(known)}")
    if not 0.0 < stake_share <= 1.0:
        raise ValueError(f"stake_share is {stake_share!r}: give a share of the greatest stake, over 0 and at most 1")
    column = _losses(losses)
    if side == "under":
        column, budget = 1.0 - column, 1.0 - budget
    greatest = _GREATEST.get(bets, stake_share / budget)
    variance = np.full(len(column), 0.25) if bets == "hoeffding" else _variance_before(column)
    log_wealth: Floats = np.cumsum(_moves(column, budget, bets, np.minimum(_stakes(variance, delta), greatest)))
    reached = np.flatnonzero(log_wealth >= -math.log(delta) - EQUALITY_SLACK)
    return MeanProof(log_wealth, int(reached[0]) + 1 if len(reached) else None)


def _moves(column: "Floats", budget: float, bets: Bets, stakes: "Floats") -> "Floats":
    import numpy as np

    moves: Floats
    if bets == "hoeffding":
        moves = stakes * (column - budget) - stakes**2 / 8.0
    elif bets == "bernstein":
        price = -np.log1p(-stakes) - stakes
        moves = stakes * (column - budget) - price * (column - _mean_before(column)) ** 2
    else:
        with np.errstate(divide="ignore"):  # at stake_share 1 a full loss ends the bet: wealth 0 from then on
            moves = np.log1p(np.maximum(stakes * (column - budget), -1.0))
    return moves


def _stakes(variance: "Floats", delta: float) -> "Floats":
    """sqrt(2 ln(1/delta) / (t ln(1 + t) variance)) for t = 1, 2, ..."""
    import numpy as np

    t = np.arange(1, len(variance) + 1)
    stakes: Floats = np.sqrt(2.0 * math.log(1.0 / delta) / (t * np.log1p(t) * variance))
    return stakes


def _mean_before(column: "Floats") -> "Floats":
    """Mean of the losses before each, 0 before the first: as the stake, it may know the past alone."""
    import numpy as np

    means = np.cumsum(column) / np.arange(1, len(column) + 1)
    return np.concatenate(([0.0], means[:-1]))[: len(column)]


def _variance_before(column: "Floats") -> "Floats":
    """Variance of the losses before each, with one loss of 1/2 and variance 1/4 made up so that it is never 0."""
    import numpy as np

    seen = np.arange(1, len(column) + 1)
    mean = (0.5 + np.cumsum(column)) / (seen + 1)
    variance = (0.25 + np.cumsum((column - mean) ** 2)) / (seen + 1)
    return np.concatenate(([0.25], variance[:-1]))[: len(column)]


def _losses(losses: "npt.ArrayLike") -> "Floats":
    import numpy as np

    column: Floats = np.asarray(losses, dtype=np.float64)
    if column.ndim != 1:
        raise ValueError(f"losses has {column.ndim} dimensions: give one flat column, one entry a case")
    bad = np.flatnonzero(~((column >= 0.0) & (column <= 1.0)))
    if len(bad):
        raise ValueError(f"losses[{bad[0]}] is {column[bad[0]]}: give shares of the worst loss, 0 to 1")
    return column
