"""How many labels the next step of automation would take: a figure to plan with, not a promise."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from interlock.engine.oversight.binomial import EQUALITY_SLACK
from interlock.engine.oversight.threshold.labelled import RankedCases
from interlock.engine.oversight.threshold.looks import Look
from interlock.terms.certificate import Promise

if TYPE_CHECKING:
    from interlock.engine.oversight.threshold.search import Chosen

STEP = 0.05  # of all labelled cases
_TIMES_MAX = 1000  # a plan for more than a thousand times the labels that there are is none


def labels_for_next_step(
    cases: RankedCases, chosen: "Chosen | None", looks: Sequence[Look], budget: float, delta: float, promise: Promise
) -> int | None:
    """Labelled cases in all with which `STEP` more of them would pass, if the error rate seen there holds.

    The least n at which the exact binomial test passes with as many errors as that rate gives, rounded down. Where
    nothing is certified yet, the step is the first one that can be tested. None where the rate there is over budget or
    everything is automatic already, with a loss, and without labels.
    """
    import numpy as np
    from scipy.special import bdtr

    if cases.n == 0 or cases.losses is not None:
        return None
    first = looks[0].rank if looks else cases.n
    target = first if chosen is None else chosen.n_above + math.ceil(STEP * cases.n)
    if chosen is not None and chosen.n_above == cases.n:
        return None
    end = min(int(np.searchsorted(cases.n_above, target)), len(cases.n_above) - 1)
    above, errors = int(cases.n_above[end]), int(cases.n_wrong_above[end])
    counted = cases.n if promise is Promise.JOINT else above
    if errors / counted >= budget:
        return None
    too_few, enough = 0, counted

    def passes(n: int) -> bool:
        return bool(bdtr(errors * n // counted, n, budget) <= delta * (1.0 + EQUALITY_SLACK))

    while not passes(enough):
        too_few, enough = enough, 2 * enough
        if enough > _TIMES_MAX * counted:
            return None
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        too_few, enough = (too_few, middle) if passes(middle) else (middle, enough)
    return math.ceil(enough * cases.n / counted)
