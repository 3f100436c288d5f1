"""The risk-coverage curve: how often the most confident share of the cases is wrong."""

from typing import TYPE_CHECKING

from interlock.engine.oversight.estimate import rate
from interlock.engine.oversight.threshold.labelled import rank_cases
from interlock.terms.evaluation import CurvePoint

if TYPE_CHECKING:
    import numpy.typing as npt

POINTS_MAX = 60


def risk_coverage(confidence: "npt.ArrayLike", wrong: "npt.ArrayLike") -> tuple[CurvePoint, ...]:
    """Error rate among the most confident cases, each with its 95 % interval, at no more than 60 shares.

    `confidence`: one number in [0, 1] a labelled case; `wrong`: 1 or True where the proposal was wrong. A tie is never
    cut. Empty for no case. Raises ValueError as `certify`.
    """
    import numpy as np

    ranked = rank_cases(confidence, wrong)
    if ranked.n == 0:
        return ()
    wanted = np.linspace(1, ranked.n, POINTS_MAX)
    picked = np.unique(np.minimum(np.searchsorted(ranked.n_above, wanted), len(ranked.scores) - 1))
    return tuple(
        CurvePoint(
            share=float(ranked.n_above[at] / ranked.n),
            threshold=float(ranked.scores[at]),
            error=rate(int(ranked.n_wrong_above[at]), int(ranked.n_above[at])),
        )
        for at in picked
    )
