"""Other ways to choose a threshold from the same labelled cases. Each gives the threshold, or None."""

import math
import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
from mapie.risk_control import BinaryClassificationController, BinaryRisk, recall
from scipy.special import bdtr, betaincinv

from interlock.engine.oversight.threshold.labelled import RankedCases
from rows.bench import DELTA
from rows.pools import Flags, Floats

ERROR_RATE = BinaryRisk(  # of what is applied; "positive" is applied, and 1 is right
    risk_occurrence=lambda right, applied: right != applied,
    risk_condition=lambda _, applied: applied == 1,
    higher_is_better=False,
)


def naive(cases: RankedCases, budget: float) -> float | None:
    """The lowest threshold whose error rate on the labelled cases is within budget."""
    return _lowest(cases, cases.n_wrong_above <= budget * cases.n_above)


def pointwise(cases: RankedCases, budget: float) -> float | None:
    """The lowest threshold whose own Clopper-Pearson bound is within budget, as if it were the only one looked at."""
    return _lowest(cases, bdtr(cases.n_wrong_above, cases.n_above, budget) <= DELTA)


def conformal_risk_control(cases: RankedCases, budget: float) -> float | None:
    """Expectation only, no delta: the loss is (wrong - budget) of an applied case, which one more case may raise by
    at most 1 - budget (Angelopoulos, Bates, Fisch, Lei and Schuster 2024), so that the lowest threshold with
    (errors + 1) / (applied + 1) within budget is taken. Its bound is exact for monotone losses; this one is not quite.
    """
    return _lowest(cases, cases.n_wrong_above + 1 <= budget * (cases.n_above + 1))


def sgr(cases: RankedCases, budget: float) -> float | None:
    """Selection with guaranteed risk (Geifman and El-Yaniv 2017): a binary search over the ranks, each of its
    ceil(log2 n) exact binomial bounds at delta / ceil(log2 n). The lowest threshold whose bound is within budget.
    """
    steps = math.ceil(math.log2(cases.n))
    above, wrong = cases.n_above, cases.n_wrong_above
    low, high, found = 0, cases.n, None
    for _ in range(steps):
        middle = math.ceil((low + high) / 2)
        end = min(int(np.searchsorted(above, middle)), len(above) - 1)
        errors, n = int(wrong[end]), int(above[end])
        bound = 1.0 if errors == n else float(betaincinv(errors + 1, n - errors, 1.0 - DELTA / steps))
        if bound <= budget:
            found, low = float(cases.scores[end]), middle
        else:
            high = middle
    return found


def holm(confidence: Floats, wrong: Flags, budget: float) -> float | None:
    """MAPIE as it comes: its 100 even thresholds, its p-values, Bonferroni-Holm, and its `precision` as the promise.

    MAPIE 1.6 gets the errors back as ceil(n (1 - precision)), which rounding puts one too high in nearly half of all
    cases: stricter than meant, never too generous (decision 0008).
    """
    return _mapie(confidence, wrong, np.linspace(0.0, 0.99, 100), risk="precision", target=1.0 - budget, best="auto")


def holm_at_quantiles(confidence: Floats, wrong: Flags, budget: float, unlabelled: Floats) -> float | None:
    """MAPIE at its best here: 100 quantiles of unlabelled confidences, and the error rate itself as the risk."""
    thresholds = np.quantile(unlabelled, np.arange(100) / 100.0)
    return _mapie(confidence, wrong, thresholds, risk=ERROR_RATE, target=budget, best=recall)


def _mapie(
    confidence: Floats, wrong: Flags, thresholds: Floats, *, risk: Any, target: float, best: Any
) -> float | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that nothing passes, or that no case is over a threshold, is an answer here
        controller = BinaryClassificationController(
            predict_function=lambda scores: np.column_stack((1.0 - scores, scores)),
            risk=risk,
            target_level=target,
            confidence_level=1.0 - DELTA,
            best_predict_param_choice=best,
            list_predict_params=thresholds,
        )
        controller.calibrate(confidence, 1 - wrong.astype(np.int64))
    valid = controller.valid_predict_params
    return float(valid.min()) if len(valid) else None


def _lowest(cases: RankedCases, passes: npt.NDArray[np.bool_]) -> float | None:
    at = np.flatnonzero(passes)
    return float(cases.scores[at[-1]]) if len(at) else None
