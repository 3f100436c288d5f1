"""The light of a KPI, by one rule: green takes a proof, and what nobody measured has no colour.

A KPI goes the straight way from its baseline (at its date) to its target (at its date). At the end of the newest
measured period that way asks for a part of the gain, and the 95 % interval of what was gained is held against it.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from interlock.engine.economics.value import Gain, gain
from interlock.engine.reporting.figures import quantity
from interlock.terms.initiative import Kpi
from interlock.terms.measured import Measurement
from interlock.terms.standup import KpiLight, Light

STALE_DAYS = 45  # a month and a half: what is measured monthly may be two weeks late
WORST_FIRST = tuple(Light)
RULE = (
    "On track: the whole 95 % interval of the gain is at or past the straight way from baseline to target, or the "
    "target is reached. Behind: all of it is short of that way. Cannot be said: the interval lies on both sides; and "
    "without an interval a value that is on the way proves nothing, while one that is short of it counts as behind. "
    f"Not known: no baseline, target or date, no measurement, or none in {STALE_DAYS} days. A function has the worst "
    "light of its KPIs."
)


@dataclass(frozen=True, slots=True)
class _Way:
    """The part of the gain that is asked for, in the KPI's unit, and the value that this means."""

    gain: float
    value: float
    on: str


def kpi_light(workflow: str, kpi: Kpi, measurements: Sequence[Measurement], *, today: dt.date) -> KpiLight:
    """The light on a day, from the measurements whose period has ended by then."""
    until = today.isoformat()
    ended = [one for one in measurements if one.kpi == kpi.name and one.period_end <= until]
    found = gain(kpi, ended)
    shown = tuple(
        sorted((one for one in ended if not one.control and _alike(one, found)), key=lambda one: one.period_end)
    )
    way = _way(kpi, found.newest)
    light, reason = _judged(kpi, found, way, today)
    return KpiLight(workflow, kpi, light, reason, shown, way.value if way else None)


def _alike(one: Measurement, found: Gain) -> bool:
    return found.newest is not None and one.segment == found.newest.segment


def worst(lights: Sequence[Light]) -> Light:
    """The light of a function: the worst of them; not known where there is none."""
    return min(lights, key=WORST_FIRST.index, default=Light.UNKNOWN)


def _judged(kpi: Kpi, found: Gain, way: _Way | None, today: dt.date) -> tuple[Light, str]:
    lacking = _lacking(kpi, found, today)
    if lacking:
        return Light.UNKNOWN, lacking
    if _is_reached(kpi, found):
        return Light.ON_TRACK, f"the target of {quantity(kpi.target or 0.0, kpi.unit)} is reached"
    if way is None or found.gained is None:
        return (
            Light.UNKNOWN,
            "its definition lacks the date of its baseline or target: there is no way to hold it against",
        )
    said = _said(kpi, found, way)
    if found.low is None or found.high is None:
        if found.gained < way.gain:
            return Light.BEHIND, f"{said}; it has no interval"
        return Light.UNSURE, f"{said}; without an interval that is no proof"
    if found.low >= way.gain:
        return Light.ON_TRACK, said
    return (Light.BEHIND if found.high < way.gain else Light.UNSURE), said


def _lacking(kpi: Kpi, found: Gain, today: dt.date) -> str:
    """Why nothing can be said, "" where something can."""
    if found.newest is None:
        return "nobody measured it yet"
    if kpi.baseline is None:
        return "it has no baseline: nothing can be proved"
    if kpi.target is None:
        return "it has no target"
    if found.gained is None:
        return found.missing
    days = (today - dt.date.fromisoformat(found.newest.period_end)).days
    return f"last measured {days} days ago, until {found.newest.period_end}" if days > STALE_DAYS else ""


def _is_reached(kpi: Kpi, found: Gain) -> bool:
    whole = _distance(kpi)
    return found.low is not None and whole > 0 and found.low >= whole


def _distance(kpi: Kpi) -> float:
    return 0.0 if kpi.baseline is None or kpi.target is None else abs(kpi.target - kpi.baseline)


def _way(kpi: Kpi, newest: Measurement | None) -> _Way | None:
    if newest is None or kpi.baseline is None or kpi.target is None or not kpi.baseline_at or not kpi.target_date:
        return None
    begin, end = dt.date.fromisoformat(kpi.baseline_at), dt.date.fromisoformat(kpi.target_date)
    on = dt.date.fromisoformat(newest.period_end)
    share = 1.0 if end <= begin else min(max((on - begin) / (end - begin), 0.0), 1.0)
    return _Way(share * _distance(kpi), kpi.baseline + share * (kpi.target - kpi.baseline), newest.period_end)


def _said(kpi: Kpi, found: Gain, way: _Way) -> str:
    gained = quantity(found.gained or 0.0, kpi.unit)
    between = (
        ""
        if found.low is None or found.high is None
        else f" ({quantity(found.low, kpi.unit)} to {quantity(found.high, kpi.unit)})"
    )
    asked = quantity(float(f"{way.gain:.3g}"), kpi.unit)  # a day more or less on the way is no matter of digits
    return f"gained {gained}{between}; the way to the target asks for {asked} by {way.on}"
