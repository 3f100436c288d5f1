"""Certify a confidence threshold: what may be applied automatically under a proved error bound."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.engine.oversight.binomial import EQUALITY_SLACK, share_in_open_unit
from interlock.engine.oversight.threshold.candidates import starting_rank
from interlock.engine.oversight.threshold.labelled import RankedCases, confidence_column, rank_cases
from interlock.engine.oversight.threshold.labels import labels_needed
from interlock.engine.oversight.wording import assumptions_in_words
from interlock.terms.certificate import Certificate, Promise

if TYPE_CHECKING:
    import numpy.typing as npt

    from interlock.engine.oversight.threshold.labelled import Counts


@dataclass(frozen=True, slots=True)
class _Chosen:
    threshold: float
    n_above: int
    n_wrong_above: int


def certify(
    confidence: "npt.ArrayLike",
    wrong: "npt.ArrayLike",
    *,
    budget: float,
    delta: float = 0.05,
    promise: Promise | str = Promise.SELECTIVE,
    candidates: "npt.ArrayLike | None" = None,
) -> Certificate:
    """The lowest confidence threshold whose promise holds with probability 1 - delta, or a certificate of none.

    `confidence`: one number in [0, 1] a labelled case; `wrong`: 1 or True where the proposal was wrong, else 0; any
    flat sequences of one length, in any order. `budget`: the greatest error share allowed; `delta`: the probability
    with which the promise may fail; both in (0, 1). Ties are never cut.

    Selective promise: fixed-sequence testing down the ranks with exact binomial p-values (Maurer et al. 1995;
    Angelopoulos et al. 2021, "Learn then Test"), from the first end of a tie at or after m0(r); exact when the error
    rate above a threshold does not fall as the threshold is lowered from there on. Joint promise: the wrong cases at
    or over a threshold can only grow as it is lowered, so the lowest one that the exact binomial test passes holds
    without any such assumption. `candidates`: thresholds fixed beforehand on other, unlabelled cases
    (`candidate_thresholds`); then these are walked from the highest down, and the selective promise too is exact
    whatever the curve.

    Raises ValueError, naming the entry and the mend, on lengths that differ, confidences or labels that are missing or
    out of range, shares outside (0, 1), an unknown promise.
    """
    budget = share_in_open_unit("budget", budget)
    delta = share_in_open_unit("delta", delta)
    promise = _read_promise(promise)
    cases = rank_cases(confidence, wrong)
    fixed = None if candidates is None else _at_thresholds(cases, candidates)
    if promise is Promise.JOINT:
        chosen = _lowest_joint(cases if fixed is None else fixed, budget, delta)
        method = "exact binomial test of the joint risk, lowest passing threshold, ties kept whole"
    elif fixed is not None:
        chosen = _walk(fixed, 0, budget, delta)
        method = f"fixed-sequence exact binomial tests over {len(fixed.scores)} thresholds fixed beforehand"
    else:
        rank, errors = starting_rank(cases.n, budget, delta)
        chosen = _walk(cases, rank, budget, delta)
        method = f"fixed-sequence exact binomial tests from rank {rank} (room for {errors} errors), ties kept whole"
    return _certificate(cases.n, chosen, budget, delta, promise, method, fixed_candidates=candidates is not None)


def _read_promise(promise: Promise | str) -> Promise:
    try:
        return Promise(promise)
    except ValueError:
        known = " or ".join(repr(str(each)) for each in Promise)
        raise ValueError(f"promise is {promise!r}: say {known}") from None


def _at_thresholds(cases: RankedCases, candidates: "npt.ArrayLike") -> RankedCases:
    """The counts at the candidates, descending, in place of those at every tie's end."""
    import numpy as np

    thresholds = np.unique(confidence_column("candidates", candidates))[::-1]
    if not len(thresholds):
        raise ValueError("candidates is empty: give at least one threshold, or None to walk every confidence seen")
    blocks_above = np.searchsorted(-cases.scores, -thresholds, side="right")
    above = np.concatenate(([0], cases.n_above))[blocks_above]
    wrong_above = np.concatenate(([0], cases.n_wrong_above))[blocks_above]
    return RankedCases(cases.n, thresholds, above, wrong_above)


def _walk(cases: RankedCases, start: int, budget: float, delta: float) -> _Chosen | None:
    """The last entry reached from the first one with at least `start` cases above it before a test fails."""
    import numpy as np

    first = int(np.searchsorted(cases.n_above, start))
    above, wrong_above = cases.n_above[first:], cases.n_wrong_above[first:]
    if not len(above):
        return None
    # Between errors the p-value only falls, so the walk can stop only where an error was added.
    tested = np.concatenate(([0], np.flatnonzero(np.diff(wrong_above)) + 1))
    failure = _first_failure(wrong_above[tested], above[tested], budget, delta)
    last = (len(above) if failure is None else int(tested[failure])) - 1
    return None if last < 0 else _pick(cases, first + last)


def _first_failure(wrong_above: "Counts", above: "Counts", budget: float, delta: float) -> int | None:
    """Index of the first test with a p-value over delta. Most walks end early, so the tests come in growing batches."""
    import numpy as np
    from scipy.special import bdtr

    begin, size = 0, 256
    while begin < len(above):
        part = slice(begin, begin + size)
        p_values = bdtr(wrong_above[part], above[part], budget)
        # written so that NaN fails; no case above a candidate proves nothing
        failed = np.flatnonzero(~((p_values <= delta * (1.0 + EQUALITY_SLACK)) & (above[part] > 0)))
        if len(failed):
            return begin + int(failed[0])
        begin, size = begin + size, 2 * size
    return None


def _lowest_joint(cases: RankedCases, budget: float, delta: float) -> _Chosen | None:
    """The lowest entry with BinomCDF(n_wrong_above; n, budget) <= delta; the counts only grow on the way down."""
    import numpy as np

    allowed = _errors_allowed(cases.n, budget, delta)
    passing = int(np.searchsorted(cases.n_wrong_above, allowed, side="right"))
    return None if passing == 0 else _pick(cases, passing - 1)


def _errors_allowed(n: int, budget: float, delta: float) -> int:
    """Most errors among n cases that still pass the exact test at `budget`; -1 where not even none passes."""
    from scipy.special import bdtr

    passes, fails = -1, n
    while fails - passes > 1:
        middle = (passes + fails) // 2
        if bdtr(middle, n, budget) <= delta * (1.0 + EQUALITY_SLACK):
            passes = middle
        else:
            fails = middle
    return passes


def _pick(cases: RankedCases, index: int) -> _Chosen:
    return _Chosen(float(cases.scores[index]), int(cases.n_above[index]), int(cases.n_wrong_above[index]))


def _certificate(
    n: int,
    chosen: _Chosen | None,
    budget: float,
    delta: float,
    promise: Promise,
    method: str,
    *,
    fixed_candidates: bool,
) -> Certificate:
    needed = labels_needed(budget, 0, delta)
    return Certificate(
        promise=promise,
        budget=budget,
        delta=delta,
        threshold=None if chosen is None else chosen.threshold,
        n_labelled=n,
        n_above=0 if chosen is None else chosen.n_above,
        n_wrong_above=0 if chosen is None else chosen.n_wrong_above,
        share=0.0 if chosen is None else chosen.n_above / n,
        bound=None if chosen is None else _bound(chosen, n, budget, delta, promise),
        labels_needed=needed,
        labels_missing=max(0, needed - n),
        method=method,
        assumptions=assumptions_in_words(
            promise, budget=budget, delta=delta, certified=chosen is not None, fixed_candidates=fixed_candidates
        ),
    )


def _bound(chosen: _Chosen, n: int, budget: float, delta: float, promise: Promise) -> float:
    """Exact upper (1 - delta) limit of the promised risk (Clopper and Pearson 1934)."""
    from scipy.special import betaincinv

    cases = n if promise is Promise.JOINT else chosen.n_above
    limit = float(betaincinv(chosen.n_wrong_above + 1, cases - chosen.n_wrong_above, 1.0 - delta))
    return min(limit, budget)  # the test passed, so anything above the budget is rounding
