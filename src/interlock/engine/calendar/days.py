"""Working days and meetings, by the clock of the organisation's zone."""

import datetime as dt
from collections.abc import Iterator

from interlock.terms.calendar import Calendar, Meeting
from interlock.terms.policy import WEEKDAYS
from interlock.terms.zones import zone_named

WEEK = dt.timedelta(days=7)
DAYS_LOOKED = 366 * 4  # longer than the longest row of holidays that a calendar can hold


def is_working_day(calendar: Calendar, date: dt.date) -> bool:
    """Whether people work on that date."""
    if WEEKDAYS[date.weekday()] not in calendar.working_days:
        return False
    day = date.isoformat()
    return all(one.date != day for one in calendar.holidays)


def working_day_from(calendar: Calendar, date: dt.date) -> dt.date:
    """That date, or the first one after it on which people work."""
    ahead = (date + dt.timedelta(days=days) for days in range(DAYS_LOOKED))
    return next((one for one in ahead if is_working_day(calendar, one)), date)


def at_minute(calendar: Calendar, date: dt.date, minute: int) -> dt.datetime:
    """A minute of a date on the organisation's clock. One that the clock leaves out in spring is an hour later."""
    zone = zone_named(calendar.zone)
    at = dt.datetime.combine(date, dt.time(minute // 60, minute % 60), zone)
    return at.astimezone(dt.UTC).astimezone(zone)


def local_date(calendar: Calendar, at: dt.datetime) -> dt.date:
    """The organisation's date at a moment."""
    return at.astimezone(zone_named(calendar.zone)).date()


def next_meeting(calendar: Calendar, meeting: Meeting, after: dt.datetime) -> dt.datetime:
    """When the meeting begins next, later than `after`.

    Where nobody works on its day it is held on the next day on which people do.
    """
    return next(at for at in _meetings(calendar, meeting, after) if at > after)


def latest_meeting(calendar: Calendar, meeting: Meeting, until: dt.datetime) -> dt.datetime:
    """When the meeting began last, at the time `until` at the latest."""
    return next(_meetings(calendar, meeting, until))


def _meetings(calendar: Calendar, meeting: Meeting, since: dt.datetime) -> Iterator[dt.datetime]:
    """The last one that began by then, and all after it, in order."""
    today = local_date(calendar, since)
    day = today + dt.timedelta(days=WEEKDAYS.index(meeting.weekday) - today.weekday())
    # After a long holiday several weeks' meetings fall on one day, which may still be ahead.
    while (at := _held(calendar, meeting, day)) > since:
        day -= WEEK
    while True:
        yield at
        while (following := _held(calendar, meeting, day)) == at:
            day += WEEK
        at = following


def _held(calendar: Calendar, meeting: Meeting, day: dt.date) -> dt.datetime:
    return at_minute(calendar, working_day_from(calendar, day), meeting.begin_minute)
