"""What a case that ends right costs, with the candidate and without it."""

from interlock.engine.evaluation.scored import Scored
from interlock.engine.oversight.estimate import rate
from interlock.terms.estimate import Estimate

METHOD = "at the certified threshold; interval from that of the wrong share, the automatic share taken as measured"


def cost_per_success(
    scored: Scored, *, threshold: float, cost_wrong_usd: float, cost_review_usd: float, cost_per_case_usd: float | None
) -> Estimate:
    """USD per case that ended right: the candidate on all cases, review below the threshold, wrong ones above it.

    People's decisions are taken as right. An unknown price of the candidate counts as 0. Interval: Clopper-Pearson on
    the wrong share, carried through; the cost rises with it.
    """
    n = len(scored.cases)
    automatic = scored.confidence >= threshold
    n_automatic = int(automatic.sum())
    n_wrong = int((automatic & scored.wrong).sum())
    wrong_share = rate(n_wrong, n)

    def cost(wrong: float | None) -> float | None:
        if wrong is None or wrong >= 1:
            return None
        spent_usd = (cost_per_case_usd or 0.0) + cost_review_usd * (1 - n_automatic / n) + cost_wrong_usd * wrong
        return spent_usd / (1 - wrong)

    return Estimate(
        value=cost(wrong_share.value), low=cost(wrong_share.low), high=cost(wrong_share.high), n=n, method=METHOD
    )
