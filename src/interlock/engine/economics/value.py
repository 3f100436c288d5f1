"""What a KPI gained against its baseline, with what can and cannot be said of the cause."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from interlock.terms.initiative import Direction, Kpi
from interlock.terms.measured import Measurement

BEFORE_AFTER = "before and after (approximation: whatever else changed since the baseline is counted as well)"
IN_DIFFERENCES = "difference in differences (assumes that both segments would have moved alike without the workflow)"
_Z = 1.959963984540054  # of a 95 % interval


@dataclass(frozen=True, slots=True)
class Gain:
    """How far a KPI moved in the wanted direction, in its unit; None where that cannot be said, `missing` says why.

    `low` and `high` are a 95 % interval, None where a measurement came without one. `reached` is the part of the way to
    the target, 1 at the target.
    """

    kpi: Kpi
    newest: Measurement | None
    gained: float | None
    low: float | None
    high: float | None
    reached: float | None
    method: str
    evidence: tuple[str, ...]
    missing: str = ""


def gain(kpi: Kpi, measurements: Sequence[Measurement]) -> Gain:
    """The gain at the newest measurement of all segments; beside a control segment where one was measured."""
    own = [one for one in measurements if one.kpi == kpi.name and math.isfinite(one.value)]
    acted = [one for one in own if not one.control]
    newest = _newest([one for one in acted if one.segment is None] or acted)
    if newest is None:
        return Gain(kpi, None, None, None, None, None, BEFORE_AFTER, (), "nobody measured it yet")
    in_differences = _against_control(kpi, own)
    if in_differences is not None:
        return in_differences
    if kpi.baseline is None:
        why = "it has no baseline: measure it as it is without the workflow"
        return Gain(kpi, newest, None, None, None, None, BEFORE_AFTER, (newest.evidence,), why)
    ends = (_toward(kpi, kpi.baseline, newest.low), _toward(kpi, kpi.baseline, newest.high))
    low, high = sorted(end for end in ends if end is not None) if None not in ends else (None, None)
    gained = _toward(kpi, kpi.baseline, newest.value)
    return Gain(kpi, newest, gained, low, high, reached(kpi, newest.value), BEFORE_AFTER, (newest.evidence,))


def series(kpi: Kpi, measurements: Sequence[Measurement]) -> tuple[Measurement, ...]:
    """The values where the workflow acts, in the order of time.

    Those of the whole workflow; where that was never measured, those of the segment that was measured last.
    """
    acted = [one for one in measurements if one.kpi == kpi.name and not one.control and math.isfinite(one.value)]
    return tuple(sorted(_one_series(acted), key=lambda one: (one.period_end, one.period_start)))


def reached(kpi: Kpi, value: float) -> float | None:
    """The part of the way from baseline to target; None where one of them is not known, or they are the same."""
    if kpi.baseline is None or kpi.target is None or kpi.baseline == kpi.target:
        return None
    return (value - kpi.baseline) / (kpi.target - kpi.baseline)


def _toward(kpi: Kpi, before: float, after: float | None) -> float | None:
    if after is None:
        return None
    return after - before if kpi.direction is Direction.UP else before - after


def _newest(measurements: Sequence[Measurement]) -> Measurement | None:
    return max(measurements, key=lambda one: (one.period_end, one.period_start), default=None)


def _against_control(kpi: Kpi, own: Sequence[Measurement]) -> Gain | None:
    """Both segments over the same first and the same last period; None where there are no two such periods."""
    control = {(one.period_start, one.period_end): one for one in _one_series([one for one in own if one.control])}
    acted = {(one.period_start, one.period_end): one for one in _one_series([one for one in own if not one.control])}
    both = sorted(control.keys() & acted.keys())
    if len(both) < 2:
        return None
    first, last = both[0], both[-1]
    four = (acted[last], acted[first], control[last], control[first])
    moved = (four[0].value - four[1].value) - (four[2].value - four[3].value)
    gained = moved if kpi.direction is Direction.UP else -moved
    half = _half_width(four)
    low, high = (None, None) if half is None else (gained - half, gained + half)
    evidence = tuple(one.evidence for one in four)
    return Gain(kpi, four[0], gained, low, high, reached(kpi, four[0].value), IN_DIFFERENCES, evidence)


def _one_series(side: Sequence[Measurement]) -> Sequence[Measurement]:
    """Without a segment; where nobody measured that, the segment measured last: two segments make no difference."""
    whole = [one for one in side if one.segment is None]
    newest = _newest(side)
    return whole or [one for one in side if newest is not None and one.segment == newest.segment]


def _half_width(measurements: Sequence[Measurement]) -> float | None:
    """Of the sum of independent estimates, from their 95 % intervals taken as normal; None where one has none."""
    variance = 0.0
    for one in measurements:
        if one.low is None or one.high is None:
            return None
        variance += ((one.high - one.low) / (2 * _Z)) ** 2
    return _Z * math.sqrt(variance)
