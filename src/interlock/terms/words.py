"""Figures and dates as people read them: `62.4 % ±1.9, n 2,617`, money with its currency, times with their zone."""

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from interlock.terms.estimate import Estimate

NBSP = "\u00a0"
NOT_MEASURED = "not measured"
DECIMALS_MAX = 6
CHUNK = 12
TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure in two parts: `main` is set in ink, `behind` (interval, denominator) lighter after it."""

    main: str
    behind: str = ""


def clean(text: str) -> str:
    """Text that any HTML reader can hold and nobody is fooled by.

    Control characters, lone surrogates and controls that turn the direction of writing become U+FFFD, tabs blanks.
    """
    if text.isprintable():  # as almost all is: none of these characters is
        return text
    return "".join(_safe(character) for character in text)


def _safe(character: str) -> str:
    if character in "\n\t\r":
        return "\n" if character == "\n" else " "
    unfit = character in TURNS or unicodedata.category(character) in {"Cc", "Cs"}
    return "\ufffd" if unfit else character


def one_line(text: str, limit: int) -> str:
    """`text` on one line without bidirectional controls, at most `limit` characters: for labels in pictures."""
    plain = "".join(c for c in clean(text) if unicodedata.category(c) != "Cf" or c == "\u200d")
    return shorten(" ".join(plain.split()), limit)


def tied(text: str) -> str:
    """A sentence whose figures keep their units on the same line: `32 %`, `USD 1.38`, `n 330`."""
    return re.sub(r"(?<=\d) (?=%)|(?<=\bUSD) (?=\d)|(?<=\bn) (?=\d)", NBSP, text)


def chunks(text: str) -> tuple[str, ...]:
    """`text` in parts between which a line may break: long words (digests, paths, nonsense) every few letters."""
    return tuple(
        re.findall(rf"\S{{{CHUNK}}}(?=\S{{{CHUNK // 2}}})|(?:(?!\S{{{CHUNK + CHUNK // 2}}}).)+", text, re.DOTALL)
    )


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, cut between words where a word ends in the last third, and marked with "…"."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    cut = head.rfind(" ")
    if cut > 2 * limit // 3:
        head = head[:cut]
    return head.rstrip(" ,;:.–-") + "…"


def capital(text: str) -> str:
    """With a capital letter first; the others stay."""
    return text[:1].upper() + text[1:]


def count(number: int) -> str:
    """A whole number with separators: 2,617."""
    return f"{number:,}"


def brief(text: str, limit: int = 500) -> str:
    """Somebody else's text; where it has more than `limit` characters, its beginning and how long it is in all."""
    return text if len(text) <= limit else f"{shorten(text, limit)} ({count(len(text))} characters in all)"


def plural(number: int, one: str, many: str = "") -> str:
    """`1 case`, `2 cases`; `many` where adding an s is not enough."""
    return f"{count(number)}{NBSP}{one if number == 1 else many or one + 's'}"


def number(value: float) -> str:
    """A figure with about three significant digits and separators; never NaN."""
    if not math.isfinite(value):
        return "not finite"
    digits = f"{value:,.{_decimals(value, digits=3)}f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def percent(share: float) -> str:
    """A measured share in percent: one decimal, more below 1 %; only 0 shows as 0 % and only 1 as 100 %."""
    if not math.isfinite(share):
        return NOT_MEASURED
    share = round(share, 12)
    digits = _percent_digits(share, _percent_decimals(share))
    if share not in {0.0, 1.0} and float(digits) in {0.0, 100.0}:
        digits = f"<{10.0**-DECIMALS_MAX:.{DECIMALS_MAX}f}" if share < 1 / 2 else f">{100 - 10.0**-DECIMALS_MAX}"
    return f"{digits}{NBSP}%"


def percent_exact(share: float) -> str:
    """A given share in percent (a budget, a confidence level) without trailing zeros: 0.5 %, 1 %, 95 %."""
    return f"{share * 100:.10g}{NBSP}%"


def money(usd: float) -> str:
    """Dollars with their currency: cents from one dollar up, two significant digits below."""
    whole, _, cents = f"{usd:,.{_money_decimals(usd)}f}".partition(".")
    return f"USD{NBSP}{whole}.{cents.rstrip('0'):0<2}"


def confidence(value: float) -> str:
    """A confidence or its threshold: four decimals, more where those would read as nothing or as certainty."""
    digits = f"{value:.4f}"
    return digits if value in {0.0, 1.0} or 0 < float(digits) < 1 else f"{value:.6g}"


def milliseconds(latency_ms: float) -> str:
    """A latency in milliseconds with two or three significant digits."""
    return f"{latency_ms:,.{_latency_decimals(latency_ms)}f}{NBSP}ms"


def seconds(duration_s: float) -> str:
    """A duration in seconds with about three significant digits."""
    return f"{number(duration_s)}{NBSP}s"


def size(size_bytes: int) -> str:
    """A file's size in decimal units: 412 kB, 1.3 MB."""
    scaled = float(size_bytes)
    for unit in ("bytes", "kB", "MB", "GB"):
        if scaled < 1000 or unit == "GB":
            return f"{scaled:.0f}{NBSP}{unit}" if unit in {"bytes", "kB"} else f"{scaled:.1f}{NBSP}{unit}"
        scaled /= 1000
    return ""


def quantity(value: float, unit: str) -> str:
    """A figure with its unit: shares in percent, dollars with currency, everything else as number and unit."""
    if unit == "share" or unit.startswith("share "):
        return (percent_exact(value) if value == round(value, 4) else percent(value)) + unit[5:]
    if unit == "USD" or unit.startswith("USD "):
        return money(value) + unit[3:]
    return f"{number(value)}{NBSP}{unit}" if unit else number(value)


def moment(text: str) -> str:
    """An ISO 8601 time as `3 March 2026, 14:05 UTC`; what cannot be read stays as it was written."""
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    day = f"{at.day} {at:%B %Y}"
    if len(text) <= len("2026-03-03"):
        return day
    return f"{day}, {at:%H:%M} {_zone(at)}"


def _zone(at: dt.datetime) -> str:
    offset = at.utcoffset()
    if offset is None:
        return "(zone not stated)"
    if not offset:
        return "UTC"
    minutes = int(offset.total_seconds() // 60)
    sign, minutes = ("+", minutes) if minutes >= 0 else ("−", -minutes)
    return f"UTC{sign}{minutes // 60:02d}:{minutes % 60:02d}"


def lines_of(lines: tuple[int, ...], rows: int) -> str:
    """The line numbers of an exclusion: `lines 4, 19, 20 and 12 more`."""
    if not lines:
        return ""
    named = ", ".join(count(line) for line in lines)
    more = rows - len(lines)
    return f"{'line' if rows == 1 else 'lines'} {named}" + (f" and {count(more)} more" if more > 0 else "")


def share_shown(estimate: Estimate | None) -> Shown:
    """A share: `62.4 %` and `±1.9, n 2,617`."""
    return _shown(estimate, percent, lambda value, like: _percent_digits(value, _percent_decimals(like)))


def money_shown(estimate: Estimate | None) -> Shown:
    """Dollars: `USD 0.42` and `(0.31–0.58), n 500`."""
    return _shown(estimate, money, lambda value, like: f"{value:,.{_money_decimals(like)}f}")


def latency_shown(estimate: Estimate | None) -> Shown:
    """Milliseconds: `12.4 ms` and `±0.3, n 500`."""
    return _shown(estimate, milliseconds, lambda value, like: f"{value:,.{_latency_decimals(like)}f}")


def _shown(estimate: Estimate | None, main: Callable[[float], str], digits: Callable[[float, float], str]) -> Shown:
    if estimate is None or estimate.value is None or not math.isfinite(estimate.value):
        return Shown(NOT_MEASURED)
    return Shown(main(estimate.value), f"{_interval(estimate, digits)}, n{NBSP}{count(estimate.n)}")


def _interval(estimate: Estimate, digits: Callable[[float, float], str]) -> str:
    value, low, high = estimate.value, estimate.low, estimate.high
    if value is None or low is None or high is None:
        return "no interval"
    below, above = sorted((digits(value - low, value), digits(high - value, value)), key=_as_float)
    # A ± may stand for the interval only where both sides are about alike; then the wider side is shown.
    if _as_float(above) > 0 and _as_float(above) - _as_float(below) <= 0.1 * _as_float(above):
        return f"±{above}"
    # Where nothing (or everything) was wrong the value has no digits to go by: the far end of the interval has.
    like = value if 0 < value < 1 else high if value <= 0 else value if value > 1 else low
    return f"({digits(low, like)}–{digits(high, like)})"


def _as_float(digits: str) -> float:
    return float(digits.replace(",", ""))


def _percent_decimals(share: float) -> int:
    scaled = abs(share) * 100
    if scaled in {0.0, 100.0}:
        return 0
    least = 1 if scaled >= 1 else 2
    return next((d for d in range(least, DECIMALS_MAX) if round(scaled, d) not in {0.0, 100.0}), DECIMALS_MAX)


def _percent_digits(share: float, decimals: int) -> str:
    scaled = round(share * 100, 9)  # an interval that ends at 1e-17 ends at zero
    return f"{scaled:.0f}" if scaled in {0.0, 100.0} else f"{scaled:.{decimals}f}"


def _decimals(value: float, *, digits: int) -> int:
    if value == 0 or not math.isfinite(value):
        return 0
    return min(max(digits - 1 - math.floor(math.log10(abs(value))), 0), DECIMALS_MAX)


def _latency_decimals(latency_ms: float) -> int:
    return _decimals(latency_ms, digits=2 if abs(latency_ms) < 10 else 3)


def _money_decimals(usd: float) -> int:
    return 2 if usd == 0 or abs(usd) >= 1 else max(_decimals(usd, digits=2), 2)
