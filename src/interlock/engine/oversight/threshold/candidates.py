"""Candidate thresholds fixed on unlabelled scores: the way to a certificate without an assumption on the curve."""

from typing import TYPE_CHECKING

from interlock.engine.oversight.binomial import share_in_open_unit, whole_count
from interlock.engine.oversight.threshold.labelled import confidence_column
from interlock.engine.oversight.threshold.labels import labels_needed

if TYPE_CHECKING:
    import numpy.typing as npt

_START_REACHED = 0.99  # probability that the labelled cases over the first candidate suffice to test it


def starting_rank(n: int, budget: float, delta: float) -> tuple[int, int]:
    """(m0(r), r): where the walk starts, with the most errors r in 0..3 whose labels fit a third of the cases."""
    for errors in (3, 2, 1):
        rank = labels_needed(budget, errors, delta)
        if 3 * rank <= n:
            return rank, errors
    return labels_needed(budget, 0, delta), 0


def candidate_thresholds(
    unlabelled: "npt.ArrayLike", *, budget: float, n_labels: int, delta: float = 0.05, n_candidates: int = 200
) -> tuple[float, ...]:
    """Thresholds for `certify(candidates=...)`, descending, from confidences of cases other than those labelled.

    The first one leaves enough of `n_labels` labelled cases above it to be tested (with probability 0.99); the others
    follow at even steps of share down to the least confident case. The test walks them in this fixed order, so more
    candidates cost no error budget. Empty when `n_labels` cannot suffice at any threshold (see `labels_needed`).
    Raises ValueError on confidences outside [0, 1], an empty column, or shares outside (0, 1).
    """
    import numpy as np
    from scipy.special import bdtr

    budget = share_in_open_unit("budget", budget)
    delta = share_in_open_unit("delta", delta)
    n_labels = whole_count("n_labels", n_labels)
    n_candidates = whole_count("n_candidates", n_candidates, least=1)
    scores = np.sort(confidence_column("unlabelled", unlabelled))[::-1]
    if not len(scores):
        raise ValueError("unlabelled is empty: give the confidences of past cases, no labels needed")
    rank, _ = starting_rank(n_labels, budget, delta)
    if rank > n_labels:
        return ()
    shares = np.arange(1, 1001) / 1000.0
    reached = 1.0 - bdtr(rank - 1, n_labels, shares) >= _START_REACHED
    steps = np.linspace(float(shares[int(np.argmax(reached))]), 1.0, n_candidates)
    picks = np.minimum(np.ceil(steps * len(scores)).astype(np.int64), len(scores)) - 1
    return tuple(float(score) for score in np.unique(scores[picks])[::-1])
