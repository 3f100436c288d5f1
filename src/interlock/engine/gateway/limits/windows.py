"""The windows of limits, by the clock in UTC: this minute, this day, this month."""

import datetime as dt
from dataclasses import dataclass

from interlock.terms.gateway.traffic import Per

_LABEL_CHARS = {Per.MINUTE: 16, Per.DAY: 10, Per.MONTH: 7}


@dataclass(frozen=True, slots=True)
class Window:
    """`label` is its beginning: 2026-11-26T18:24, 2026-11-26, 2026-11. It is over at `ends`."""

    label: str
    ends: dt.datetime


def window_at(per: Per, now: dt.datetime) -> Window:
    """The window that an aware time in UTC is in."""
    label = now.isoformat()[: _LABEL_CHARS[per]]
    if per is Per.MINUTE:
        return Window(label, now.replace(second=0, microsecond=0) + dt.timedelta(minutes=1))
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if per is Per.DAY:
        return Window(label, midnight + dt.timedelta(days=1))
    # The 1st and 31 days are always in the next month.
    return Window(label, (midnight.replace(day=1) + dt.timedelta(days=31)).replace(day=1))
