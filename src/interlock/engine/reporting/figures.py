"""Figures of documents: a number in words, with what it counts, how sure it is and what shows it."""

import math
from collections.abc import Callable, Sequence

from interlock.engine.evaluation.words import usd
from interlock.engine.oversight.binomial import log_binomial_cdf
from interlock.terms.briefing import Figure
from interlock.terms.story import Tone

NOBODY = "nobody is named"
NOT_KNOWN = "not known"
NONE = "none"
NAMES_MAX = 12  # in one cell of a table


def quantity(value: float, unit: str) -> str:
    """A finite number with its unit: a share in percent, dollars with their currency, counts with separators."""
    if unit == "share":
        return f"{100 * value:.1f} %"
    if unit == "USD":
        return usd(value)
    digits = f"{value:,.0f}" if value == round(value) else f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.1f}"
    return digits if unit == "count" else f"{digits} {unit}".strip()  # the name says what is counted


def figure(
    label: str,
    value: float | None,
    unit: str = "",
    *,
    limits: tuple[float | None, float | None] = (None, None),
    n: int | None = None,
    evidence: Sequence[str] = (),
    owner: str | None = None,
    tone: Tone = Tone.NEUTRAL,
) -> Figure:
    """A figure with its 95 % interval (`limits`) and denominator; what is None or not finite is not known."""
    if value is None or not math.isfinite(value):
        return Figure(label, NOT_KNOWN, None, unit, evidence=tuple(evidence), owner=owner or NOBODY, tone=tone)
    low, high = limits
    interval = "" if low is None or high is None else f"({quantity(low, unit)} to {quantity(high, unit)})"
    denominator = "" if n is None else f"n {n:,}"
    shown = quantity(value, unit)
    return Figure(label, shown, float(value), unit, interval, denominator, tuple(evidence), owner or "", tone)


def counted(n: int, one: str, more: str) -> str:
    """A count with its noun and verb: "1 risk has", "2 risks have"."""
    return f"{n:,} {one if n == 1 else more}"


def sentence(words: str) -> str:
    """Words as a sentence begins."""
    return words[:1].upper() + words[1:]


def named(names: Sequence[str], names_max: int = NAMES_MAX) -> str:
    """Names in a row, the first of them where there are many; NONE for none."""
    more = len(names) - names_max
    said = ", ".join(names[:names_max]) or NONE
    return f"{said} and {more:,} more" if more > 0 else said


def exact_limits(wrong: int, n: int) -> tuple[float, float]:
    """The 95 % limits of Clopper and Pearson (1934) of the share `wrong` / `n`, for n > 0.

    With the standard library alone: reports are written where the statistics are not installed.
    """
    low = 0.0 if wrong == 0 else _where(lambda rate: math.exp(log_binomial_cdf(wrong - 1, n, rate)) > 1 - 0.025)
    high = 1.0 if wrong == n else _where(lambda rate: math.exp(log_binomial_cdf(wrong, n, rate)) > 0.025)
    return low, high


def _where(holds: Callable[[float], bool]) -> float:
    """The greatest rate at which `holds` is still true; it is true at low rates only."""
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return (low + high) / 2
