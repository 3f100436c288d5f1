"""Error shares of all cases from audits of unequal, recorded probability; guaranteed at every number of cases."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from interlock.engine.oversight.binomial import share_in_open_unit, whole_count
from interlock.engine.oversight.estimate import rate
from interlock.terms.estimate import Estimate

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

_BETTING = "guaranteed (betting on Horvitz-Thompson terms)"
_STRATA = "guaranteed (Clopper-Pearson a stratum at 1 - delta / strata, added with stratum weights)"
_HALVINGS = 50  # a limit is found to 2^-50 of the way and rounded outwards


def guaranteed_rate(
    wrong: "npt.ArrayLike", probability: "npt.ArrayLike", *, n_cases: int, floor: float, level: float = 0.95
) -> Estimate:
    """Error share of all `n_cases` from audited ones of unequal probability; covers at least as often as `level`.

    `wrong`: 0 or 1 for *every* case that was drawn, in any order; `probability`: with which it was drawn, from
    `floor`, fixed beforehand, to 1. `n_cases` counts all cases that could have been drawn, audited or not. Each case
    is a term: wrong/probability if drawn, else 0 (Horvitz and Thompson 1952). For a constant bet c the product of
    1 + c (term - m) has a mean of at most 1 when the mean error share is m (independent draws, and the geometric mean
    is at most the arithmetic); a mixture of bets, fixed by `n_cases`, `floor` and `level` alone, is turned into limits
    by Markov's inequality (Waudby-Smith and Ramdas 2024, with bets that do not look at the past: cases may differ and
    come in any order). Nothing is asked of the judge that steered: only the draws are random, so cases may depend on
    each other, and the rule may be fitted again on earlier audits. For one look, after the last draw.

    Much shorter than the empirical Bernstein limits of Maurer and Pontil (2009), longer than those of `weighted_rate`,
    which are approximate: simulated, they held in 82 % of periods, not 95 %, where all errors lay among cases drawn at
    the floor. Where the probability takes few values, `stratified_rate` is mostly shorter.

    `n` of the answer is the number of audits; no figure without any. Raises ValueError naming the entry and the mend.
    """
    level = share_in_open_unit("level", level)
    n_cases = whole_count("n_cases", n_cases, least=1)
    floor = _floor(floor)
    labels, drawn = _audits(wrong, probability, floor)
    if len(labels) > n_cases:
        raise ValueError(f"{len(labels)} audits of n_cases = {n_cases}: count the cases that were not audited too")
    if not len(labels):
        return Estimate(None, None, None, 0, _BETTING, level)
    terms = 1.0 / drawn[labels == 1.0]
    log_limit = math.log(2.0 / (1.0 - level))
    bets = _bets(n_cases, floor, log_limit)
    return Estimate(
        value=min(1.0, float(terms.sum()) / n_cases),
        low=_low(terms, n_cases, bets, log_limit),
        high=_high(terms, n_cases, bets, log_limit),
        n=len(labels),
        method=_BETTING,
        level=level,
    )


def stratified_rate(
    wrong: Sequence[int], audited: Sequence[int], sizes: Sequence[int], *, level: float = 0.95
) -> Estimate:
    """Error share of all cases from counts a stratum: `wrong` of `audited` of `sizes` cases, drawn alike within each.

    Exact limits of Clopper and Pearson (1934) in each stratum, the chance of error 1 - `level` spent in equal parts on
    the strata that were audited (Bonferroni), then added with weights size / all. A stratum without audits may hold
    any share from 0 to 1, and then there are limits but no value. `n` is the number of audits. Prefer few strata.
    Raises ValueError naming the stratum and the mend.
    """
    level = share_in_open_unit("level", level)
    strata = _strata(wrong, audited, sizes)
    total = sum(size for _, _, size in strata)
    n = sum(count for _, count, _ in strata)
    if not n:
        return Estimate(None, None, None, 0, _STRATA, level)
    spent = (1.0 - level) / sum(1 for _, count, size in strata if count and size)
    value: float | None = 0.0
    low = high = 0.0
    for k, count, size in strata:
        part, weight = rate(k, count, 1.0 - spent), size / total
        low += weight * (part.low or 0.0)
        high += weight * (1.0 if part.high is None else part.high)
        if size:
            value = None if value is None or part.value is None else value + weight * part.value
    return Estimate(value, low, min(1.0, high), n, _STRATA, level)


def _bets(n_cases: int, floor: float, log_limit: float) -> "Floats":
    """Bets from the boldest that keeps the product positive, halved down to the best for the greatest variance."""
    import numpy as np

    mildest = math.sqrt(2.0 * log_limit * floor / n_cases)
    steps = max(0, math.ceil(math.log2(floor / mildest))) + 1
    return np.asarray(floor * 0.5 ** np.arange(steps))


def _high(terms: "Floats", n_cases: int, bets: "Floats", log_limit: float) -> float:
    import numpy as np

    weights = np.log(bets / bets.sum())  # bold bets pay when errors are few, the usual case

    def is_too_high(m: float) -> bool:
        with np.errstate(divide="ignore"):  # a bet that loses everything is worth nothing from then on
            growth = np.log1p(np.maximum(bets * (m - terms[:, None]), -1.0)).sum(axis=0)
        return bool(np.logaddexp.reduce(weights + (n_cases - len(terms)) * np.log1p(bets * m) + growth) >= log_limit)

    if not is_too_high(1.0):
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        low, high = (low, middle) if is_too_high(middle) else (middle, high)
    return high


def _low(terms: "Floats", n_cases: int, bets: "Floats", log_limit: float) -> float:
    import numpy as np

    if not len(terms):
        return 0.0
    bold = np.concatenate([bets, bets[0] * np.array([2.0, 4.0])])  # what is won on an error has no ceiling

    def is_too_low(m: float) -> bool:
        placed = np.minimum(bold, 0.5 / m)  # never more than half of what there is
        growth = np.log1p(placed * (terms[:, None] - m)).sum(axis=0)
        each = (n_cases - len(terms)) * np.log1p(-placed * m) + growth
        return bool(np.logaddexp.reduce(each) - math.log(len(bold)) >= log_limit)

    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if is_too_low(middle) else (low, middle)
    return low


def _audits(wrong: "npt.ArrayLike", probability: "npt.ArrayLike", floor: float) -> tuple["Floats", "Floats"]:
    import numpy as np

    labels, drawn = np.asarray(wrong, dtype=np.float64), np.asarray(probability, dtype=np.float64)
    if labels.ndim != 1 or labels.shape != drawn.shape:
        raise ValueError(
            f"wrong has the shape {labels.shape} and probability {drawn.shape}: give one of each an audit, in columns"
        )
    bad = np.flatnonzero((labels != 0.0) & (labels != 1.0))
    if len(bad):
        raise ValueError(
            f"wrong[{bad[0]}] is {labels[bad[0]]}: give 0 or 1 for every case drawn; wait for its label, or take 1"
        )
    bad = np.flatnonzero(~((drawn >= floor) & (drawn <= 1.0)))
    if len(bad):
        raise ValueError(f"probability[{bad[0]}] is {drawn[bad[0]]}: give what it was drawn with, {floor} (floor) to 1")
    return labels, drawn


def _strata(wrong: Sequence[int], audited: Sequence[int], sizes: Sequence[int]) -> list[tuple[int, int, int]]:
    if not len(wrong) == len(audited) == len(sizes) or not len(sizes):
        raise ValueError(
            f"wrong, audited and sizes have {len(wrong)}, {len(audited)} and {len(sizes)} entries: give one of each a "
            "stratum, and at least one stratum"
        )
    strata = []
    for i, (k, count, size) in enumerate(zip(wrong, audited, sizes, strict=True)):
        each = whole_count(f"wrong[{i}]", k), whole_count(f"audited[{i}]", count), whole_count(f"sizes[{i}]", size)
        if not each[0] <= each[1] <= each[2]:
            raise ValueError(f"stratum {i}: {each[0]} wrong of {each[1]} audited of {each[2]} cases: mend the counts")
        strata.append(each)
    return strata


def _floor(floor: float) -> float:
    if not 0.0 < floor <= 1.0:
        raise ValueError(f"floor is {floor!r}: give the least probability of the draws, over 0 and at most 1")
    return float(floor)
