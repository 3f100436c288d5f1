"""How many labelled cases a promise needs; said before anyone labels."""

import math

from interlock.engine.oversight.binomial import EQUALITY_SLACK, log_binomial_cdf, share_in_open_unit, whole_count


def labels_needed(budget: float, errors: int = 0, delta: float = 0.05) -> int:
    """Least number m of labelled cases, `errors` of them wrong, that proves an error rate of at most `budget`.

    The smallest m with P(X <= errors) <= delta for X ~ Binomial(m, budget): the exact one-sided binomial test
    (Clopper and Pearson 1934). `budget` and `delta` are shares in (0, 1). Raises ValueError on anything else.
    """
    budget = share_in_open_unit("budget", budget)
    log_delta = math.log(share_in_open_unit("delta", delta)) + EQUALITY_SLACK
    errors = whole_count("errors", errors)
    too_few, enough = errors, errors + 1  # with m = errors nothing is proved: every case may be wrong
    while log_binomial_cdf(errors, enough, budget) > log_delta:
        too_few, enough = enough, 2 * enough
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        if log_binomial_cdf(errors, middle, budget) > log_delta:
            too_few = middle
        else:
            enough = middle
    return enough
