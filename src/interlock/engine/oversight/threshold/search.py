"""Which of the thresholds that the labelled cases offer is the lowest that a promise allows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.engine.oversight.binomial import EQUALITY_SLACK
from interlock.engine.oversight.threshold.labelled import RankedCases
from interlock.engine.oversight.threshold.looks import Look, rejection_probability
from interlock.engine.oversight.threshold.losses import log_wealth_down, log_wealth_joint, needed

if TYPE_CHECKING:
    import numpy.typing as npt

    from interlock.engine.oversight.threshold.labelled import Counts, Floats


@dataclass(frozen=True, slots=True)
class Chosen:
    """A threshold and the labelled cases at or over it."""

    threshold: float
    n_above: int
    n_wrong_above: int


def at_thresholds(cases: RankedCases, thresholds: "Floats") -> RankedCases:
    """The counts at these thresholds, descending, in place of those at every tie's end."""
    import numpy as np

    blocks_above = np.searchsorted(-cases.scores, -thresholds, side="right")
    above = np.concatenate(([0], cases.n_above))[blocks_above]
    wrong_above = np.concatenate(([0], cases.n_wrong_above))[blocks_above]
    return RankedCases(cases.n, thresholds, above, wrong_above, cases.losses)


def lowest_from_looks(cases: RankedCases, looks: Sequence[Look], budget: float, delta: float) -> Chosen | None:
    """From the lowest look that rejects, or else the first entry, down to the last entry before a test fails.

    The hypotheses "over budget at this entry" are nested where the error rate does not fall further down, so an entry
    is certified when each one above it is rejected, by itself or by anything below it (closed testing: Marcus, Peritz
    and Gabriel 1976). The test at an entry rejects on few enough errors there, or where a look still to come does; both
    together have probability at most delta, and past the last look it is the plain binomial test.
    """
    import numpy as np

    start = -1
    for look in looks:
        end = int(np.searchsorted(cases.n_above, look.rank))
        if end < len(cases.n_above) and cases.n_wrong_above[end] <= look.errors:
            start = max(start, end)
    if not looks or not len(cases.n_above):
        return None
    # Between errors the probability only falls, so the walk can stop only where an error was added. Without a look that
    # rejects it begins at the first entry: a large tie there may pass with more errors than any look has room for.
    added = np.flatnonzero(np.diff(cases.n_wrong_above[max(start, 0) :])) + max(start, 0) + 1
    tested = added if start >= 0 else np.concatenate(([0], added))
    near = tested[cases.n_above[tested] < looks[-1].rank]
    for end in near:
        rank, errors = int(cases.n_above[end]), int(cases.n_wrong_above[end])
        if rejection_probability(rank, errors, looks, budget) > delta * (1.0 + EQUALITY_SLACK):
            return _pick(cases, int(end) - 1) if end else None
    far = tested[len(near) :]
    failure = _first_failure(cases.n_wrong_above[far], cases.n_above[far], budget, delta)
    last = (len(cases.n_above) if failure is None else int(far[failure])) - 1
    return None if last < 0 else _pick(cases, last)


def walk_down(cases: RankedCases, budget: float, delta: float) -> Chosen | None:
    """From the first entry, in order, to the last one before an exact binomial test fails."""
    failure = _first_failure(cases.n_wrong_above, cases.n_above, budget, delta)
    last = (len(cases.n_above) if failure is None else failure) - 1
    return None if last < 0 else _pick(cases, last)


def lowest_joint(cases: RankedCases, budget: float, delta: float) -> Chosen | None:
    """The lowest entry with BinomCDF(n_wrong_above; n, budget) <= delta; the counts only grow on the way down."""
    import numpy as np

    allowed = _errors_allowed(cases.n, budget, delta)
    passing = int(np.searchsorted(cases.n_wrong_above, allowed, side="right"))
    return None if passing == 0 else _pick(cases, passing - 1)


def lowest_by_loss(
    cases: RankedCases, losses: "Floats", budget: float, delta: float, *, joint: bool, in_order: bool
) -> Chosen | None:
    """The lowest entry at which the bets on a mean loss within budget have won 1/delta.

    `in_order`: the entries are thresholds fixed beforehand and tested from the highest down, ending at the first
    failure.
    """
    import numpy as np

    wealth = (log_wealth_joint if joint else log_wealth_down)(losses, budget)
    at_entry = np.concatenate(([-np.inf], wealth))[cases.n_above]
    passes = at_entry >= needed(delta)
    if in_order and not joint:
        passes = np.logical_and.accumulate(passes)
    passing = np.flatnonzero(passes)
    return _pick(cases, int(passing[-1])) if len(passing) else None


def _first_failure(wrong_above: "Counts", above: "Counts", budget: float, delta: float) -> int | None:
    """Index of the first test with a p-value over delta. Most walks end early, so the tests come in growing batches."""
    import numpy as np
    from scipy.special import bdtr

    begin, size = 0, 256
    while begin < len(above):
        part = slice(begin, begin + size)
        p_values = bdtr(wrong_above[part], above[part], budget)
        # written so that NaN fails; no case above a candidate proves nothing
        failed: npt.NDArray[np.intp] = np.flatnonzero(
            ~((p_values <= delta * (1.0 + EQUALITY_SLACK)) & (above[part] > 0))
        )
        if len(failed):
            return begin + int(failed[0])
        begin, size = begin + size, 2 * size
    return None


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


def _pick(cases: RankedCases, index: int) -> Chosen:
    return Chosen(float(cases.scores[index]), int(cases.n_above[index]), int(cases.n_wrong_above[index]))
