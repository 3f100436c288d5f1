"""The share of automatic actions to audit: what audits cost against what drift costs until it is seen."""

import math
from collections.abc import Mapping

from interlock.engine.oversight.binomial import share_in_open_unit
from interlock.terms.evaluation import Assumption, AuditCostPoint, AuditPlan

_GRID = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.10, 0.125, 0.15, 0.175, 0.20, 0.30, 0.50, 1.0)
_UNITS = {
    "cost_wrong_usd": "USD per wrong action",
    "cost_review_usd": "USD per review",
    "automatic_per_day": "actions per day",
    "budget": "share wrong",
    "drift_error_rate": "share wrong after a drift",
    "drifts_per_day": "drifts per day",
    "audits_to_detect": "audits until a drift is seen",
}
# How far off an assumed figure may plausibly be, either way; the budget is a decision, not a guess. Figures given by
# people or measured are taken to be within a quarter.
_PLAUSIBLE_FACTOR = {
    "cost_wrong_usd": 10.0,
    "drifts_per_day": 4.0,
    "drift_error_rate": 2.0,
    "audits_to_detect": 2.0,
    "cost_review_usd": 2.0,
    "automatic_per_day": 1.5,
}
_KNOWN_FACTOR = 1.25
_DRIFT_FACTOR = 3.0
# The demotion monitor's median at 2 %, after 2,000 good audits and a change to 6 %; else in inverse proportion.
_AUDITS_TO_DETECT_AT_2_PERCENT = 166.0
_ORIGINS = ("assumed", "given", "measured")  # the least sure first


def audit_share(
    *,
    cost_wrong_usd: float,
    cost_review_usd: float,
    automatic_per_day: float,
    budget: float,
    drift_error_rate: float,
    drifts_per_day: float,
    audits_to_detect: float,
    origins: Mapping[str, str] | None = None,
) -> AuditPlan:
    """The audit share with the least expected daily cost, and the curve around it.

    cost(q) = V q c + nu D (p1 - budget) C / q a day, for V = `automatic_per_day`, c = `cost_review_usd`, C =
    `cost_wrong_usd`, p1 = `drift_error_rate`, nu = `drifts_per_day`, D = `audits_to_detect`: a drift lasts D / (q V)
    days until the audits show it, and every day of it V (p1 - budget) more actions are wrong. The least is at sqrt(nu
    D (p1 - budget) C / (V c)), at most 1.

    `origins` says of each argument, by name, whether it is "given", "measured" or "assumed" (a word may follow); one
    left out counts as assumed. `driver` of the plan: among the least sure figures present (assumed, else given, else
    measured) the one whose plausible range moves the answer most. Assumed costs of a wrong action may be 10 times off
    either way, drifts a day 4 times, the drifted rate, audits to detect and review cost 2 times, volume 1.5 times;
    what is given or measured 1.25 times. The budget is a decision and never the driver.

    Raises ValueError on figures that are not over 0, on a drifted rate at or under the budget, on unknown origins.
    """
    figures = {
        "cost_wrong_usd": _positive("cost_wrong_usd", cost_wrong_usd),
        "cost_review_usd": _positive("cost_review_usd", cost_review_usd),
        "automatic_per_day": _positive("automatic_per_day", automatic_per_day),
        "budget": share_in_open_unit("budget", budget),
        "drift_error_rate": _drifted_rate(drift_error_rate, budget),
        "drifts_per_day": _positive("drifts_per_day", drifts_per_day),
        "audits_to_detect": _positive("audits_to_detect", audits_to_detect),
    }
    known = _read_origins(origins or {})
    share = min(1.0, _best_share(figures))
    return AuditPlan(
        share=share,
        curve=tuple(_cost_at(figures, each) for each in sorted({*_GRID, share})),
        assumptions=tuple(Assumption(name, value, _UNITS[name], known[name]) for name, value in figures.items()),
        driver=_driver(figures, known),
    )


def assumed_drift(budget: float) -> tuple[float, float]:
    """(share wrong after a drift, audits until it is seen) where nobody knows better.

    It is taken to make three times the budget wrong: an assumption and no measurement of anybody's workflow, to be
    named as one wherever it is used.
    """
    return min(1.0, _DRIFT_FACTOR * budget), max(1.0, _AUDITS_TO_DETECT_AT_2_PERCENT * 0.02 / budget)


def _best_share(figures: Mapping[str, float]) -> float:
    """Without the limit at 1, so that the driver can be told even where everything is audited."""
    return math.sqrt(_drift_cost_usd(figures) / (figures["automatic_per_day"] * figures["cost_review_usd"]))


def _drift_cost_usd(figures: Mapping[str, float]) -> float:
    """Expected daily cost of undetected drift when everything is audited."""
    excess = figures["drift_error_rate"] - figures["budget"]
    return figures["drifts_per_day"] * figures["audits_to_detect"] * excess * figures["cost_wrong_usd"]


def _cost_at(figures: Mapping[str, float], share: float) -> AuditCostPoint:
    audit_usd = figures["automatic_per_day"] * share * figures["cost_review_usd"]
    drift_usd = _drift_cost_usd(figures) / share
    return AuditCostPoint(share, audit_usd, drift_usd, audit_usd + drift_usd)


def _driver(figures: Mapping[str, float], origins: Mapping[str, str]) -> str:
    for origin in _ORIGINS:
        names = [name for name in _PLAUSIBLE_FACTOR if origins[name].startswith(origin)]
        if names:
            factors = _PLAUSIBLE_FACTOR if origin == "assumed" else dict.fromkeys(names, _KNOWN_FACTOR)
            return max(names, key=lambda name: _swing(figures, name, factors[name]))
    raise AssertionError("every figure has an origin")  # _read_origins saw to it


def _swing(figures: Mapping[str, float], name: str, factor: float) -> float:
    """How many times the greatest answer over the plausible range of one figure is the least."""
    low, high = figures[name] / factor, figures[name] * factor
    if name == "drift_error_rate":
        low, high = max(low, figures["budget"] * 1.1), min(high, 1.0)
        low = min(low, figures[name])
    answers = [_best_share({**figures, name: value}) for value in (low, high)]
    return max(answers) / min(answers)


def _read_origins(origins: Mapping[str, str]) -> dict[str, str]:
    unknown = sorted(set(origins) - set(_UNITS))
    if unknown:
        raise ValueError(f"origins names {unknown[0]!r}: the figures are {', '.join(_UNITS)}")
    for name, origin in origins.items():
        if not origin.startswith(_ORIGINS):
            raise ValueError(f"origins[{name!r}] is {origin!r}: begin it with given, measured or assumed")
    return {name: origins.get(name, "assumed") for name in _UNITS}


def _drifted_rate(drift_error_rate: float, budget: float) -> float:
    if not budget < drift_error_rate <= 1.0:
        raise ValueError(
            f"drift_error_rate is {drift_error_rate!r}: give the share wrong after a drift, over the budget "
            f"of {budget} and at most 1"
        )
    return float(drift_error_rate)


def _positive(name: str, value: float) -> float:
    if not 0.0 < value < math.inf:
        raise ValueError(f"{name} is {value!r}: give a number over 0 ({_UNITS[name]})")
    return float(value)
