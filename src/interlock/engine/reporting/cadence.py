"""When a document is due, by the organisation's calendar."""

import calendar as months
import datetime as dt
from collections.abc import Iterator

from interlock.engine.calendar.days import at_minute, local_date, working_day_from
from interlock.terms.calendar import Calendar
from interlock.terms.policy import WEEKDAYS
from interlock.terms.schedule import Cadence, Every

BACK_DAYS = 92  # longer than a month with the longest row of holidays that anybody has


def newest_due(cadence: Cadence, calendar: Calendar, now: dt.datetime, *, after: dt.datetime) -> dt.date | None:
    """The date of the newest sending that is due by `now`, and later than `after`; None where none is."""
    today = local_date(calendar, now)
    dates = _dates(cadence, calendar, today - dt.timedelta(days=BACK_DAYS), today)
    due = [date for date in dates if after < at_minute(calendar, date, cadence.minute) <= now]
    return max(due, default=None)


def next_due(cadence: Cadence, calendar: Calendar, now: dt.datetime) -> dt.datetime:
    """When it is due next, later than `now`."""
    today = local_date(calendar, now)
    dates = _dates(cadence, calendar, today - dt.timedelta(days=BACK_DAYS), today + dt.timedelta(days=2 * BACK_DAYS))
    return min(at for date in dates if (at := at_minute(calendar, date, cadence.minute)) > now)


def _dates(cadence: Cadence, calendar: Calendar, first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """The working days on which it is due, from the nominal ones between two dates, both included."""
    for days in range((last - first).days + 1):
        date = first + dt.timedelta(days=days)
        if _is_nominal(cadence, date):
            yield working_day_from(calendar, date)


def _is_nominal(cadence: Cadence, date: dt.date) -> bool:
    if cadence.every is Every.WEEK:
        return WEEKDAYS[date.weekday()] == cadence.weekday
    last = months.monthrange(date.year, date.month)[1]
    return date.day == min(cadence.day or 1, last)
