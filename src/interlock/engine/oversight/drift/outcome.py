"""From tests of single features to one outcome, and to what a person may do about it."""

import math
from collections.abc import Sequence
from dataclasses import replace

from interlock.engine.oversight.drift.effects import Floors
from interlock.terms.drift import DriftOutcome, FeatureDrift

DISTANCE_SOUGHT = 0.1
POWER = 0.8
NO_VERDICT = (
    "This is no verdict on the workflow's errors: inputs may drift without harm, and errors may rise without any "
    "drift of inputs. Audited cases decide."
)
LOOK_MORE = (
    "Raise the audit share, or send more cases to people (a higher threshold, labels that are always reviewed), until "
    "audits show that the error rate is still within its budget."
)


def adjusted(found: Sequence[FeatureDrift], *, n_tests: int, level: float, floors: Floors) -> tuple[FeatureDrift, ...]:
    """Holm's step-down p-values over `n_tests` tests (Holm 1979), smallest first; a NaN counts as 1."""
    ordered = sorted(found, key=lambda one: (_p(one), -one.effect.total_variation, one.feature))
    highest, out = 0.0, []
    for place, one in enumerate(ordered):
        highest = min(1.0, max(highest, (n_tests - place) * _p(one)))
        warns = highest <= level and floors.reached(one.effect)
        out.append(replace(one, p=_p(one), p_adjusted=highest, warns=warns))
    return tuple(out)


def effective_cases(level: float) -> float:
    """n m / (n + m) that finds two distributions of numbers whose distance is 0.1, in 80 % of the samples or more.

    Approximate: by the inequality of Dvoretzky, Kiefer and Wolfowitz with Massart's constant (1990), taken for two
    samples: sqrt(ln(2/level)/2) for the test plus sqrt(ln(2/0.2)/2) for the chance of missing, over the distance.
    """
    sought = math.sqrt(math.log(2.0 / level) / 2.0) + math.sqrt(math.log(2.0 / (1.0 - POWER)) / 2.0)
    return (sought / DISTANCE_SOUGHT) ** 2


def cases_more(n_reference: int, n_recent: int, *, level: float) -> int | None:
    """How many more recent cases are needed; None where the reference is too small for any number of them."""
    needed = effective_cases(level)
    if n_reference <= needed:
        return None
    # The epsilon keeps a whole number, reached by a quotient of floats, from being rounded up.
    return max(0, math.ceil(needed * n_reference / (n_reference - needed) - 1e-9) - n_recent)


def outcome_of(features: Sequence[FeatureDrift], more: int | None) -> DriftOutcome:
    """A warning where any feature warns; nothing was seen only where it could have been."""
    if any(one.warns for one in features):
        return DriftOutcome.WARNING
    if not features or more is None or more > 0:
        return DriftOutcome.TOO_FEW
    return DriftOutcome.NONE


def advice_of(
    outcome: DriftOutcome,
    features: Sequence[FeatureDrift],
    more: int | None,
    cases: tuple[int, int],
    *,
    level: float,
) -> tuple[str, ...]:
    """What to do, and what this does not say."""
    lines: list[str] = []
    if outcome is DriftOutcome.WARNING:
        lines.append(LOOK_MORE)
    if outcome is DriftOutcome.TOO_FEW:
        lines.extend(_what_is_missing(features, more, cases, level=level))
    if outcome is DriftOutcome.NONE:
        lines.append("Nothing to do; go on with random audits.")
    return (*lines, NO_VERDICT)


def _what_is_missing(
    features: Sequence[FeatureDrift], more: int | None, cases: tuple[int, int], *, level: float
) -> list[str]:
    if not features:
        return ["No column could be compared: the reasons are given for each."]
    lines = []
    if more is None:
        least = math.ceil(2.0 * effective_cases(level))
        lines.append(
            f"{cases[0]:,} reference cases are too few for any number of recent ones; about {least:,} of each would do."
        )
    elif more > 0:
        lines.append(f"About {more:,} more recent cases are needed beside the {cases[1]:,} (approximate).")
    return lines


def _p(one: FeatureDrift) -> float:
    return one.p if 0.0 <= one.p <= 1.0 else 1.0
