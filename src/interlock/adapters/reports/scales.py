"""Axes: from values to places on paper, with ticks at numbers that people would choose."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from interlock.terms import words

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
LOG_STEPS = ((1.0, 2.0, 5.0), (1.0, 3.0), (1.0,))


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis measures: its label, how its ticks read, whether it is logarithmic, and limits that are given."""

    label: str
    unit: str = ""  # "percent", "USD" or "" for plain numbers
    log: bool = False
    low: float | None = None
    high: float | None = None

    def read(self, value: float) -> str:
        """A value of this axis as it reads in a table."""
        if self.unit == "percent":
            return words.percent(value)
        return words.money(value) if self.unit == "USD" else words.number(value)


@dataclass(frozen=True, slots=True)
class Tick:
    """A tick: its value, its place on paper and its label."""

    value: float
    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear or logarithmic mapping of [low, high] to [start, end] on paper, in px."""

    axis: Axis
    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Where `value` lies, in px. Raises ValueError for values at or under 0 on a logarithmic axis."""
        turn: Callable[[float], float] = math.log if self.axis.log else float
        low, high = turn(self.low), turn(self.high)
        return self.start + (turn(value) - low) / (high - low) * (self.end - self.start)

    def ticks(self, wanted: int) -> tuple[Tick, ...]:
        """About `wanted` ticks at round numbers inside the scale."""
        values = log_values(self.low, self.high, wanted) if self.axis.log else even_values(self.low, self.high, wanted)
        return tuple(Tick(value, self.at(value), _label(self.axis, value)) for value in values)


def scale(axis: Axis, values: list[float], start: float, end: float) -> Scale:
    """A scale that holds `values` (or the limits that the axis gives), never of zero width."""
    usable = [v for v in values if math.isfinite(v) and (v > 0 or not axis.log)]
    low = axis.low if axis.low is not None else min(usable, default=1.0 if axis.log else 0.0)
    high = axis.high if axis.high is not None else max(usable, default=1.0)
    if axis.log:
        return Scale(axis, low, high if high > low else low * 10, start, end)
    if axis.low is None and 0 < low < high / 2:
        low = 0.0  # a line chart of amounts starts at zero unless that would flatten it
    if high <= low:
        high = low + (abs(low) or 1.0)
    return Scale(axis, low, high, start, end)


def rounded(axis: Axis, values: list[float], start: float, end: float, wanted: int) -> Scale:
    """Like `scale`, but ends that are not given move out to the next round step, so that a tick closes the axis."""
    plain = scale(axis, values, start, end)
    if axis.log or axis.high is not None:
        return plain
    step = _step(plain.high - plain.low, wanted)
    low = plain.low if axis.low is not None else math.floor(plain.low / step + 1e-9) * step
    return Scale(axis, low, math.ceil(plain.high / step - 1e-9) * step, start, end)


def even_values(low: float, high: float, wanted: int) -> tuple[float, ...]:
    """Multiples of 1, 2, 2.5 or 5 times a power of ten inside [low, high]."""
    step = _step(high - low, wanted)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(round(i * step, 12) for i in range(first, last + 1))


def log_values(low: float, high: float, wanted: int) -> tuple[float, ...]:
    """Powers of ten inside [low, high], with 2 and 5 (or 3) between them where there is room."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    chosen: tuple[float, ...] = ()
    for factors in LOG_STEPS:
        inside = (f * 10.0**e for e in range(first, last + 1) for f in factors)
        chosen = tuple(float(f"{v:.6g}") for v in inside if low * (1 - 1e-9) <= v <= high * (1 + 1e-9))
        if len(chosen) <= wanted + 2:
            return chosen
    stride = math.ceil(len(chosen) / wanted)
    return chosen[::stride]


def _step(span: float, wanted: int) -> float:
    rough = span / max(wanted, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    return next(s * power for s in STEPS if s * power >= rough * (1 - 1e-9))


def _label(axis: Axis, value: float) -> str:
    if axis.unit == "percent":
        return words.percent_exact(round(value, 10))
    return words.number(float(f"{value:.10g}"))
