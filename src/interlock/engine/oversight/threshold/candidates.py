"""What is chosen on unlabelled scores: candidates that need no assumption, and where labels count most."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.engine.oversight.binomial import share_in_open_unit, whole_count
from interlock.engine.oversight.threshold.labelled import confidence_column
from interlock.engine.oversight.threshold.labels import labels_needed
from interlock.engine.oversight.threshold.looks import several_looks

if TYPE_CHECKING:
    import numpy.typing as npt

    from interlock.engine.oversight.threshold.labelled import Floats

_ERRORS_MAX = 3
_START_REACHED = 0.95  # probability that the labelled cases over the first candidate suffice to test it


def candidate_thresholds(
    unlabelled: "npt.ArrayLike", *, budget: float, n_labels: int, delta: float = 0.05, n_candidates: int = 200
) -> tuple[float, ...]:
    """Thresholds for `certify(candidates=...)`, descending, from confidences of cases other than those labelled.

    The first one leaves enough of `n_labels` labelled cases above it to be tested (with probability 0.95); the others
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
    scores = _descending(unlabelled)
    rank = _starting_rank(n_labels, budget, delta)
    if rank > n_labels:
        return ()
    shares = np.arange(1, 1001) / 1000.0
    reached = 1.0 - bdtr(rank - 1, n_labels, shares) >= _START_REACHED
    steps = np.linspace(float(shares[int(np.argmax(reached))]), 1.0, n_candidates)
    picks = np.minimum(np.ceil(steps * len(scores)).astype(np.int64), len(scores)) - 1
    return tuple(float(score) for score in np.unique(scores[picks])[::-1])


@dataclass(frozen=True, slots=True)
class LabellingDesign:
    """Label a random sample of the cases with a confidence of at least `labelled_from`: `share` of all cases are that
    sure.

    `n_labels` of them, which then count as `n_equivalent` labels drawn from all cases. `n_unlabelled` cases were looked
    at.
    """

    labelled_from: float
    share: float
    n_labels: int
    n_equivalent: int
    n_unlabelled: int


def labelling_design(unlabelled: "npt.ArrayLike", *, budget: float, n_labels: int) -> LabellingDesign:
    """Which cases to label so that they prove the most automation: the most confident ones, down to a point.

    Labels of unsure cases say little about a threshold far above them. Draw `n_labels` cases at random from those at or
    over `labelled_from`, and give it to `certify(..., unlabelled=..., labelled_from=...)`. Selective promise only.

    The share is a rule of thumb, (budget / 8 %)^(1/3) x (0.8 + 0.02 x budget x n_labels), at most 1: what was near the
    best over budgets of 0.5 to 5 % and 300 to 3,000 labels on two public pools (decision 0009). Whatever share is
    chosen, on unlabelled scores alone, the certificate is as valid; too small a share caps what can be automated.
    Raises ValueError on confidences outside [0, 1], an empty column, no labels, or a budget outside (0, 1).
    """
    import numpy as np

    budget = share_in_open_unit("budget", budget)
    n_labels = whole_count("n_labels", n_labels, least=1)
    scores = _descending(unlabelled)
    wanted = min(1.0, (budget / 0.08) ** (1.0 / 3.0) * (0.8 + 0.02 * budget * n_labels))
    labelled_from = float(scores[max(1, int(np.ceil(wanted * len(scores)))) - 1])
    share = float((scores >= labelled_from).mean())
    return LabellingDesign(labelled_from, share, n_labels, int(n_labels / share), len(scores))


def _starting_rank(n: int, budget: float, delta: float) -> int:
    """Where fixed candidates begin: with room for half the errors of the last of the several looks, at most 3."""
    looks = several_looks(n, budget, delta)
    return labels_needed(budget, min(_ERRORS_MAX, len(looks) // 2), delta)


def _descending(unlabelled: "npt.ArrayLike") -> "Floats":
    import numpy as np

    scores: Floats = np.sort(confidence_column("unlabelled", unlabelled))[::-1]
    if not len(scores):
        raise ValueError("unlabelled is empty: give the confidences of past cases, no labels needed")
    return scores
