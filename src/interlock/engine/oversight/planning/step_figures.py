"""The figures that review of a step is sized by: told, measured or assumed, and how far off each may be."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from interlock.engine.oversight.planning.audit_share import assumed_drift
from interlock.terms.evaluation import Assumption
from interlock.terms.workflow import WorkflowStep

_KNOWN_FACTOR = 1.25  # given by people or measured: within a quarter, either way


@dataclass(frozen=True, slots=True)
class _Kind:
    """A figure: its unit, its assumed value, how many times off the assumption may be, and its bounds."""

    unit: str
    assumed: float | None
    factor: float
    least: float
    most: float
    why: str = ""


_INFINITY = math.inf
_OVER_0 = math.ulp(0.0)
_KINDS: Mapping[str, _Kind] = {
    "cost_wrong_usd": _Kind("USD per wrong automatic case", 50.0, 10.0, _OVER_0, _INFINITY),
    "cost_review_usd": _Kind("USD per review", 2.0, 2.0, _OVER_0, _INFINITY),
    "cost_slow_usd": _Kind("USD per reviewed case", 0.0, 1.0, 0.0, _INFINITY, "waiting costs nothing"),
    "cases_per_day": _Kind("cases per day", 1000.0, 3.0, _OVER_0, _INFINITY),
    "novelty_share": _Kind("share of cases", 0.05, 4.0, 0.0, 1.0),
    "automatic_share": _Kind("share of cases that are not novel", 0.5, 1.8, _OVER_0, 1.0),
    "error_share": _Kind("share wrong if every case were automatic", None, 2.0, 0.0, 1.0),
    "person_error_share": _Kind("share wrong where people decide", 0.0, 1.0, 0.0, 1.0, "people are right"),
    "review_minutes": _Kind("minutes per review", 3.0, 2.0, _OVER_0, _INFINITY),
    "days_between_drifts": _Kind("days between drifts", 90.0, 4.0, _OVER_0, _INFINITY),
}


def figures_of(
    step: WorkflowStep,
    *,
    budget: float,
    certify_at: float,
    measured: Sequence[Assumption],
    costs: Mapping[str, Assumption],
) -> tuple[Assumption, ...]:
    """Every figure of the step that is known or may be assumed: given by the step, else measured, else `costs`.

    Raises ValueError naming the step and the figure where one is out of its bounds.
    """
    known = {each.name: each for each in measured}
    found = []
    for name, kind in _KINDS.items():
        told = getattr(step, name)
        if told is not None:
            found.append(Assumption(name, checked(step.name, name, told), kind.unit, "given"))
        elif name in known:
            value = checked(step.name, name, known[name].value)
            found.append(Assumption(name, value, kind.unit, known[name].origin))
        elif name in costs:
            found.append(costs[name])
        elif kind.assumed is not None:
            found.append(Assumption(name, kind.assumed, kind.unit, f"assumed{f': {kind.why}' if kind.why else ''}"))
    return (*found, *_drift(budget, certify_at))


def unit_of(name: str) -> str:
    """The unit of a figure, by its name; raises KeyError for an unknown one."""
    return _KINDS[name].unit


def assumed_value(name: str) -> float | None:
    """What is assumed where nobody told; None where nothing may be."""
    return _KINDS[name].assumed


def _drift(budget: float, certify_at: float) -> tuple[Assumption, ...]:
    drifted, audits = assumed_drift(budget)
    return (
        Assumption(
            "automatic_error_share",
            certify_at,
            "share wrong of automatic cases",
            "assumed: what the threshold is certified at",
        ),
        Assumption(
            "drift_error_rate",
            drifted,
            "share wrong after a drift",
            "assumed: a drift makes three times the budget wrong",
        ),
        Assumption(
            "audits_to_detect",
            audits,
            "audits until a drift is seen",
            "assumed: the monitor's simulated median at 2 %, in inverse proportion to the budget",
        ),
    )


def plausible_range(figure: Assumption, *, figures: Mapping[str, float], budget: float) -> tuple[float, float]:
    """The low and the high end of what a figure may be; given and measured ones within a quarter."""
    value, assumed = figure.value, figure.origin.startswith("assumed")
    kind = _KINDS.get(figure.name)
    if figure.name == "drift_error_rate":
        return min(value, max(value / 2.0, 1.1 * budget)), min(1.0, 2.0 * value)
    if figure.name == "automatic_error_share":
        return 0.0, budget
    factor = _KNOWN_FACTOR if not assumed else 2.0 if kind is None else kind.factor
    if assumed and figure.name == "cost_slow_usd":
        return 0.0, figures["cost_review_usd"]
    if assumed and figure.name == "person_error_share":
        return 0.0, budget
    most = _INFINITY if kind is None else kind.most
    return value / factor, min(most, value * factor)


def checked(step: str, name: str, value: float) -> float:
    """The value as a float; raises ValueError naming the step and the figure where it is out of its bounds."""
    kind = _KINDS[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not kind.least <= value <= kind.most:
        raise ValueError(f"step {step!r}: {name} is {value!r}: give {_bounds(kind)} ({kind.unit})")
    if not math.isfinite(value):
        raise ValueError(f"step {step!r}: {name} is {value!r}: give a finite number ({kind.unit})")
    return float(value)


def _bounds(kind: _Kind) -> str:
    low = "over 0" if kind.least else "from 0"
    return f"a number {low}" if kind.most == _INFINITY else f"a share {low} to 1"
