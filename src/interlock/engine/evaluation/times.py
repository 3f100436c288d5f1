"""Times as people write them in files, read without a clock or a locale."""

import datetime as dt
import re
from collections.abc import Iterable

_YEAR_FIRST, _YEAR_LAST = 1900, 2100
_EPOCH_LOW, _EPOCH_HIGH = 315_532_800.0, 4_102_444_800.0  # 1980 to 2100, in seconds
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK = (
    r"(?:[ T,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?,?$"
)
_SLASHED = re.compile(r"(?P<a>\d{1,2})([/.-])(?P<b>\d{1,2})\2(?P<year>\d{4}|\d{2})" + _CLOCK, re.IGNORECASE)
_YEAR_SLASHED = re.compile(r"(?P<year>\d{4})([/.-])(?P<month>\d{1,2})\2(?P<day>\d{1,2})" + _CLOCK, re.IGNORECASE)
_DAY_NAMED = re.compile(
    r"(?:[a-z]{3,9},?\s+)?(?P<day>\d{1,2})(?:[ -]|\.\s?)(?P<name>[a-z]{3,9})\.?[ ,-]+(?P<year>\d{4})" + _CLOCK,
    re.IGNORECASE,
)
_MONTH_NAMED = re.compile(
    r"(?:[a-z]{3,9},\s+)?(?P<name>[a-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})" + _CLOCK,
    re.IGNORECASE,
)
_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?$|\d{12,13}$")


def parse_time(text: str, *, month_first: bool | None = None) -> dt.datetime | None:
    """The time that a cell tells, or None.

    ISO 8601; day and month as numbers with / . or -; month names in English; seconds or milliseconds since 1970. The
    answer is aware, in UTC where the cell names no zone. 5/3/2016 is the fifth of March unless `month_first`;
    `month_first=None` takes the other order where only that one is a date.
    """
    text = text.strip()
    if len(text) < 6 or len(text) > 64:
        return None
    found = _iso(text) or _epoch(text) or _written(text, month_first=month_first)
    if found is None or not _YEAR_FIRST <= found.year <= _YEAR_LAST:
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def month_is_first(texts: Iterable[str]) -> bool | None:
    """Whether dates such as 5/3/2016 have the month first: a part over 12 decides; None where no cell tells."""
    for text in texts:
        match = _SLASHED.match(text.strip())
        if match and int(match["a"]) > 12:
            return False
        if match and int(match["b"]) > 12:
            return True
    return None


def has_slashed_dates(texts: Iterable[str]) -> bool:
    """Whether any cell is a date such as 5/3/2016."""
    return any(_SLASHED.match(text.strip()) for text in texts)


def _iso(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def _epoch(text: str) -> dt.datetime | None:
    if not _EPOCH.match(text):
        return None
    seconds = float(text)
    if seconds > 1e11:
        seconds /= 1000.0
    return dt.datetime.fromtimestamp(seconds, tz=dt.UTC) if _EPOCH_LOW <= seconds <= _EPOCH_HIGH else None


def _written(text: str, *, month_first: bool | None) -> dt.datetime | None:
    if match := _YEAR_SLASHED.match(text):
        return _built(match, int(match["month"]), int(match["day"]))
    if match := _SLASHED.match(text):
        first, second = int(match["a"]), int(match["b"])
        if month_first or (month_first is None and second > 12):
            return _built(match, first, second)
        return _built(match, second, first)
    if match := _DAY_NAMED.match(text) or _MONTH_NAMED.match(text):
        name = match["name"][:3].lower()
        return _built(match, _MONTHS.index(name) + 1, int(match["day"])) if name in _MONTHS else None
    return None


def _built(match: re.Match[str], month: int, day: int) -> dt.datetime | None:
    year = int(match["year"])
    if len(match["year"]) == 2:
        year += 2000 if year < 70 else 1900
    hour = int(match["hour"] or 0)
    if half := (match["half"] or "").lower():
        hour = hour % 12 + (12 if half[0] == "p" else 0)
    fraction = (match["fraction"] or "0")[:6].ljust(6, "0")
    try:
        return dt.datetime(
            year, month, day, hour, int(match["minute"] or 0), int(match["second"] or 0), int(fraction), _zone(match)
        )
    except ValueError:
        return None


def _zone(match: re.Match[str]) -> dt.tzinfo | None:
    zone = match["zone"]
    if not zone:
        return None
    if zone.upper() in ("Z", "UTC", "GMT"):
        return dt.UTC
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return dt.timezone(dt.timedelta(minutes=-minutes if zone[0] == "-" else minutes))
