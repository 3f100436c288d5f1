"""Periods of measurements: whole days, never reaching into the future, never counted twice."""

import datetime as dt
from collections.abc import Iterable

from interlock.terms.errors import BadInput

PERIOD_DAYS_MAX = 366


def check_period(start: str, end: str, *, today: dt.date) -> None:
    """Raises BadInput for what is no date, an end before the start, a period over a year, or one that is not over."""
    first, last = _date(start, "--from"), _date(end, "--to")
    if last < first:
        raise BadInput(f"--to {end} is before --from {start}; swap them")
    if (last - first).days >= PERIOD_DAYS_MAX:
        raise BadInput(
            f"{start} to {end} is longer than {PERIOD_DAYS_MAX} days; record it in parts, such as month by month"
        )
    if last > today:
        raise BadInput(
            f"--to {end} is in the future, or not over yet (the newest day that counts is {today}): "
            "what has not happened cannot be measured"
        )


def check_once(start: str, end: str, known: Iterable[tuple[str, str]], *, what: str) -> None:
    """Raises BadInput where the period overlaps one that is on record."""
    for other_start, other_end in known:
        if start <= other_end and other_start <= end:
            raise BadInput(
                f"{what} is on record from {other_start} to {other_end} already, and {start} to {end} overlaps it; "
                "record the days that are missing only"
            )


def _date(text: str, option: str) -> dt.date:
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{option} '{text}' is no date; write one such as 2026-11-30") from None
    if found.isoformat() != text:
        raise BadInput(f"{option} '{text}': write the date as {found.isoformat()}")
    return found
