"""Where the search for a threshold may begin: several starts that share one error probability, computed exactly.

Down the ranks the number of wrong cases is a walk. Under the hypothesis "at this rank and below, more than `budget` is
wrong" it is at the least a binomial walk with that rate. A *look* is a rank at which few enough wrong cases reject the
hypothesis. The looks together reject with probability at most delta, as the boundary of a group-sequential test does
(Lan and DeMets 1983), computed exactly by following the walk's law from look to look.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from interlock.engine.oversight.binomial import EQUALITY_SLACK
from interlock.engine.oversight.threshold.labels import labels_needed

_LOOKS_MAX = 13
# How far down looks are worth their share of delta: where a model with 5 % errors, whose risk grows with the cube of
# the share applied, would reach the budget, and no further than 70 % of all cases: scores that tell little get few.
# Validity does not depend on it, power does (decision 0009 has the comparison).
_REFERENCE_ERROR_RATE = 0.05
_REACH_MAX = 0.7


class Look(NamedTuple):
    """At `rank` cases from the top, `errors` wrong ones or fewer reject."""

    rank: int
    errors: int


def single_look(n: int, budget: float, delta: float) -> tuple[Look, ...]:
    """One start: room for as many errors, of 0 to 3, as a third of the cases allows."""
    for errors in (3, 2, 1):
        rank = labels_needed(budget, errors, delta)
        if 3 * rank <= n:
            return (Look(rank, errors),)
    rank = labels_needed(budget, 0, delta)
    return (Look(rank, 0),) if rank <= n else ()


@lru_cache(maxsize=4096)
def several_looks(n: int, budget: float, delta: float, sampled_share: float = 1.0) -> tuple[Look, ...]:
    """Looks for 0, 1, 2, ... errors, as many as fit, the first with the largest part of `delta`; none where n is small.

    `sampled_share`: the `n` labelled cases are a sample of this share of the traffic, its most confident part.
    """
    reach = min(1.0, min(_REACH_MAX, (budget / _REFERENCE_ERROR_RATE) ** (1.0 / 3.0)) / sampled_share) * n
    chosen = _falling_parts(1, n, budget, delta)
    for count in range(2, _LOOKS_MAX + 1):
        looks = _falling_parts(count, n, budget, delta)
        if len(looks) < count or looks[-1].rank > reach:
            break
        chosen = looks
    return chosen


def rejection_probability(rank: int, errors: int, looks: Sequence[Look], budget: float) -> float:
    """P(at most `errors` wrong among `rank`, or a look at a lower rank rejects) for a walk with rate `budget`."""
    later = [look for look in looks if look.rank > rank]
    room = max((look.errors for look in later), default=errors)
    law, at = _law_after([1.0], rank, budget, max(room, errors)), rank
    rejected = sum(law[: errors + 1])
    law[: errors + 1] = [0.0] * (errors + 1)
    for look in later:
        law, at = _law_after(law, look.rank - at, budget, max(room, errors)), look.rank
        rejected += sum(law[: look.errors + 1])
        law[: look.errors + 1] = [0.0] * (look.errors + 1)
    return rejected


def _falling_parts(count: int, n: int, budget: float, delta: float) -> tuple[Look, ...]:
    """`count` looks, each at the first rank at which the probability spent by then is within its part of `delta`.

    The parts are to each other as count^2, (count - 1)^2, ... 1.
    """
    looks: list[Look] = []
    law, at, spent = [1.0], 0, 0.0
    for errors in range(count):
        allowed = delta * (1.0 - _squares(count - errors - 1) / _squares(count)) * (1.0 + EQUALITY_SLACK) - spent
        rank = _first_rank(law, at, errors, budget, allowed, n)
        if rank is None:
            break
        law, at = _law_after(law, rank - at, budget, count), rank
        spent += sum(law[: errors + 1])
        law[: errors + 1] = [0.0] * (errors + 1)
        looks.append(Look(rank, errors))
    return tuple(looks)


def _squares(count: int) -> int:
    """1 + 4 + 9 + ... + count^2."""
    return count * (count + 1) * (2 * count + 1) // 6


def _first_rank(law: list[float], at: int, errors: int, budget: float, allowed: float, n: int) -> int | None:
    """The least rank over `at`, at most n, at which at most `errors` wrong has probability `allowed` or less."""

    def too_likely(rank: int) -> bool:
        return sum(_law_after(law, rank - at, budget, errors)) > allowed

    if too_likely(n) or at >= n:
        return None
    likely, unlikely = at, n
    while unlikely - likely > 1:
        middle = (likely + unlikely) // 2
        likely, unlikely = (middle, unlikely) if too_likely(middle) else (likely, middle)
    return unlikely


def _law_after(law: Sequence[float], steps: int, budget: float, errors_max: int) -> list[float]:
    """Probabilities of 0 .. `errors_max` wrong cases, `steps` cases further down; more are of no interest."""
    added = [math.exp(steps * math.log1p(-budget))]
    odds = budget / (1.0 - budget)
    for k in range(1, errors_max + 1):
        added.append(added[-1] * max(0, steps - k + 1) / k * odds)
    return [sum(law[i] * added[k - i] for i in range(min(k, len(law) - 1) + 1)) for k in range(errors_max + 1)]
