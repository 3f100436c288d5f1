"""Permutation p-values that stop as soon as nothing can come of them."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

EXCEEDANCES = 20
BATCH = 500


def draws_for(level: float, *, most: int) -> int:
    """How many permutations let a p-value get to half of `level`, from 999 to `most`."""
    return min(most, max(999, math.ceil(2.0 / level)))


def permutation_p(
    observed: float, draw: "Callable[[int], npt.NDArray[np.float64]]", *, draws: int, exceedances: int = EXCEEDANCES
) -> float:
    """Sequential Monte Carlo p-value (Besag and Clifford 1991): P(p <= q) <= q for each q under exchangeability.

    `draw(k)` gives k statistics of random relabellings. Draws end at the `exceedances`-th one that is at least
    `observed` (p is then exceedances / draws made), else after `draws` of them with p = (exceeding + 1) / (draws + 1).
    """
    import numpy as np

    # Sums of the same terms in another order are equal, not larger.
    bar = observed - 1e-9 * max(1.0, abs(observed))
    made = exceeding = 0
    while made < draws:
        batch = draw(min(BATCH, draws - made))
        hits = np.flatnonzero(batch >= bar)
        if exceeding + len(hits) >= exceedances:
            return exceedances / (made + int(hits[exceedances - exceeding - 1]) + 1)
        exceeding += len(hits)
        made += len(batch)
    return (exceeding + 1) / (draws + 1)
