"""Figures with their interval and denominator; exact where it can be, and said so where it is not."""

import math
from typing import TYPE_CHECKING

from interlock.engine.oversight.binomial import share_in_open_unit, whole_count
from interlock.terms.estimate import Estimate

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

_EXACT = "exact (Clopper-Pearson)"
_ORDER = "exact (order statistics)"
_WEIGHTED = "approximate (weighted by 1/probability; Clopper-Pearson at the effective sample size)"
_BOUNDED = "guaranteed (empirical Bernstein limits)"
_STUDENT = "approximate (Student t)"


def rate(wrong: int, n: int, level: float = 0.95) -> Estimate:
    """The share `wrong` / `n` with the exact two-sided interval of Clopper and Pearson (1934).

    Value and interval are None for n = 0. Raises ValueError where `wrong` is not a whole number from 0 to `n`.
    """
    n = whole_count("n", n)
    wrong = whole_count("wrong", wrong)
    level = share_in_open_unit("level", level)
    if wrong > n:
        raise ValueError(f"wrong is {wrong} of n = {n}: there cannot be more wrong cases than cases")
    if n == 0:
        return Estimate(None, None, None, 0, _EXACT, level)
    low, high = _clopper_pearson(wrong, n, level)
    return Estimate(wrong / n, low, high, n, _EXACT, level)


def quantile(values: "npt.ArrayLike", q: float, level: float = 0.95) -> Estimate:
    """The `q`-quantile, an observed value, with limits that are observed values too; in the unit of `values`.

    Distribution-free: the j-th smallest value is at or under the quantile with a binomial probability (David and
    Nagaraja 2003, 7.1), so coverage is at least `level`. `low` or `high` is None where n is too small for one.
    """
    import numpy as np
    from scipy.special import bdtr

    q = share_in_open_unit("q", q)
    level = share_in_open_unit("level", level)
    ordered = np.sort(_finite(values))
    n = len(ordered)
    if n == 0:
        return Estimate(None, None, None, 0, _ORDER, level)
    tail = (1.0 - level) / 2.0
    at_most = bdtr(np.arange(n), n, q)  # P(at most j of n values lie under the quantile), j = 0 .. n-1
    below = int(np.searchsorted(at_most, tail, side="right"))  # greatest j with P(at most j - 1) <= tail
    above = int(np.searchsorted(at_most, 1.0 - tail))  # least j with P(at most j) >= 1 - tail
    point = max(0, math.ceil(n * q - 1e-9) - 1)
    return Estimate(
        value=float(ordered[point]),
        low=float(ordered[below - 1]) if below > 0 else None,
        high=float(ordered[above]) if above < n else None,
        n=n,
        method=_ORDER,
        level=level,
    )


def mean(values: "npt.ArrayLike", level: float = 0.95, *, bounds: tuple[float, float] | None = None) -> Estimate:
    """The arithmetic mean, in the unit of `values`.

    With `bounds` = (least, greatest) that no value can leave, the interval is guaranteed at every n (Maurer and
    Pontil 2009, theorem 4, both sides) and wide. Without them it is Student's t, approximate: it is too short for few
    and skewed values, so no gate should rest on it. `low` and `high` are None for n < 2. Raises ValueError on values
    that are not finite or leave the bounds.
    """
    level = share_in_open_unit("level", level)
    column = _finite(values)
    n = len(column)
    method = _STUDENT if bounds is None else _BOUNDED
    if n == 0:
        return Estimate(None, None, None, 0, method, level)
    middle = float(column.mean())
    if bounds is not None:
        _check_bounds(column, bounds)
    if n < 2:
        return Estimate(middle, None, None, n, method, level)
    if bounds is None:
        from scipy.special import stdtrit

        half = float(stdtrit(n - 1, (1.0 + level) / 2.0)) * float(column.std(ddof=1)) / math.sqrt(n)
        return Estimate(middle, middle - half, middle + half, n, method, level)
    least, greatest = bounds
    log_term = math.log(4.0 / (1.0 - level))
    spread = math.sqrt(2.0 * float(column.var(ddof=1)) * log_term / n)
    half = spread + 7.0 * (greatest - least) * log_term / (3.0 * (n - 1))
    return Estimate(middle, max(least, middle - half), min(greatest, middle + half), n, method, level)


def weighted_rate(wrong: "npt.ArrayLike", probability: "npt.ArrayLike", level: float = 0.95) -> Estimate:
    """Error share of all cases from audited ones that were drawn with recorded, unequal probabilities.

    `wrong`: 0 or 1 for each audited case; `probability`: with which it was drawn, in (0, 1]. The ratio estimate of
    Hajek (1971): each case counts 1/probability. Its interval is approximate: Clopper-Pearson at Kish's effective
    sample size (Korn and Graubard 1998); equal probabilities give the exact one. It is too short where the errors lie
    among cases that were seldom drawn: there it held in 82 % of simulated periods instead of 95 %, and
    `guaranteed_rate` is the one to use. `n` is the number of audited cases.
    """
    import numpy as np

    level = share_in_open_unit("level", level)
    labels, drawn = _finite(wrong, "wrong"), _finite(probability, "probability")
    if len(labels) != len(drawn):
        raise ValueError(f"wrong has {len(labels)} entries and probability {len(drawn)}: give one of each a case")
    for name, fits, allowed in (
        ("wrong", (labels == 0.0) | (labels == 1.0), "0 or 1"),
        ("probability", (drawn > 0.0) & (drawn <= 1.0), "the probability of the draw, over 0 and at most 1"),
    ):
        bad = np.flatnonzero(~fits)
        if len(bad):
            raise ValueError(f"{name}[{bad[0]}] is {(labels if name == 'wrong' else drawn)[bad[0]]}: give {allowed}")
    if not len(labels):
        return Estimate(None, None, None, 0, _WEIGHTED, level)
    weights = float(drawn.min()) / drawn  # scaled so that tiny probabilities cannot overflow
    share = float((weights * labels).sum() / weights.sum())
    n_effective = float(weights.sum() ** 2 / (weights**2).sum())
    low, high = _clopper_pearson(share * n_effective, n_effective, level)
    return Estimate(share, low, high, len(labels), _WEIGHTED, level)


def _clopper_pearson(wrong: float, n: float, level: float) -> tuple[float, float]:
    from scipy.special import betaincinv

    tail = (1.0 - level) / 2.0
    low = float(betaincinv(wrong, n - wrong + 1.0, tail)) if wrong > 0 else 0.0
    high = float(betaincinv(wrong + 1.0, n - wrong, 1.0 - tail)) if wrong < n else 1.0
    return low, high


def _check_bounds(column: "Floats", bounds: tuple[float, float]) -> None:
    import numpy as np

    least, greatest = bounds
    if not least < greatest:
        raise ValueError(f"bounds are {bounds}: give the least and the greatest value possible, in this order")
    outside = np.flatnonzero((column < least) | (column > greatest))
    if len(outside):
        raise ValueError(f"values[{outside[0]}] is {column[outside[0]]}, outside the bounds {bounds}: mend either")


def _finite(values: "npt.ArrayLike", name: str = "values") -> "Floats":
    import numpy as np

    column: Floats = np.asarray(values, dtype=np.float64)
    if column.ndim != 1:
        raise ValueError(f"{name} has {column.ndim} dimensions: give one flat column")
    bad = np.flatnonzero(~np.isfinite(column))
    if len(bad):
        raise ValueError(f"{name}[{bad[0]}] is {column[bad[0]]}: give finite numbers, or leave the entry out")
    return column
