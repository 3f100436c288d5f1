"""The picture of a KPI: its measurements with their intervals, the straight way to the target, and the target."""

import datetime as dt
from collections.abc import Sequence

from markupsafe import Markup, escape

from interlock.terms.measured import Measurement
from interlock.terms.standup import KpiLight

WIDTH, HEIGHT, MARGIN = 320.0, 96.0, 6.0
SHOWN_MAX = 13  # a year of months


def drawn(light: KpiLight, words: str) -> Markup:
    """The picture; `words` say the same to a reader who does not see it. Empty where nothing was measured."""
    points = shown(light)
    if not points:
        return Markup()
    kpi = light.kpi
    days = [dt.date.fromisoformat(one.period_end).toordinal() for one in points]
    ends = [_day(text) for text in (kpi.baseline_at, kpi.target_date)]
    first = min([*days, *(day for day in ends[:1] if day is not None)])
    last = max([*days, *(day for day in ends[1:] if day is not None)])
    values = [each for one in points for each in (one.value, one.low, one.high) if each is not None]
    levels = [each for each in (kpi.baseline, kpi.target) if each is not None]
    low, high = min([*values, *levels]), max([*values, *levels])

    def x(day: float) -> float:
        return MARGIN + (day - first) / ((last - first) or 1) * (WIDTH - 2 * MARGIN)

    def y(value: float) -> float:
        return HEIGHT - MARGIN - (value - low) / ((high - low) or 1.0) * (HEIGHT - 2 * MARGIN)

    shapes = []
    if kpi.target is not None:
        shapes.append(f'<path class="spark-target" d="M{MARGIN:g} {y(kpi.target):.1f}H{WIDTH - MARGIN:g}"/>')
    if kpi.baseline is not None and kpi.target is not None and ends[0] is not None and ends[1] is not None:
        way = f"M{x(ends[0]):.1f} {y(kpi.baseline):.1f}L{x(ends[1]):.1f} {y(kpi.target):.1f}"
        shapes.append(f'<path class="spark-base" d="{way}"/>')
    for day, one in zip(days, points, strict=True):
        if one.low is not None and one.high is not None:
            shapes.append(f'<path class="trend-interval" d="M{x(day):.1f} {y(one.low):.1f}V{y(one.high):.1f}"/>')
    line = "L".join(f"{x(day):.1f} {y(one.value):.1f}" for day, one in zip(days, points, strict=True))
    shapes.append(f'<path class="spark-line" d="M{line}"/>')
    shapes.append(f'<circle class="spark-end" cx="{x(days[-1]):.1f}" cy="{y(points[-1].value):.1f}" r="3.5"/>')
    head = f'<svg class="trend" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-label="{escape(words)}">'
    return Markup(f"{head}{''.join(shapes)}</svg>")  # noqa: S704 - numbers, and words that are escaped


def shown(light: KpiLight) -> Sequence[Measurement]:
    """The measurements that the picture and its table show: the newest."""
    return light.measured[-SHOWN_MAX:]


def _day(text: str | None) -> int | None:
    return None if not text else dt.date.fromisoformat(text).toordinal()
