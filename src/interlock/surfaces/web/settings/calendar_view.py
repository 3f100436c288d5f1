"""The calendar as a page shows it and as it is typed."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from interlock.engine.calendar.days import next_meeting
from interlock.engine.timestamp import stamp
from interlock.surfaces.web.forms import Form
from interlock.terms.calendar import Calendar, Holiday, Meeting
from interlock.terms.policy import WEEKDAYS
from interlock.terms.zones import zone_named

NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAYS = tuple(zip(WEEKDAYS, NAMES, strict=True))
OF = dict(DAYS)
TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Coming:
    """A meeting: its rule in words, and when it is held next, on the organisation's clock and as recorded."""

    name: str
    rule: str
    local: str
    at: str


def calendar_title(calendar: Calendar) -> str:
    """The conclusion."""
    if calendar.entry < 0:
        return "Calendar: nobody set it, so UTC from Monday to Friday counts"
    return f"Calendar: {calendar.zone}, {days_words(calendar.working_days)}"


def days_words(days: Sequence[str]) -> str:
    """Working days, as a range where they are one."""
    places = [WEEKDAYS.index(day) for day in days]
    if len(places) > 2 and places == list(range(places[0], places[-1] + 1)):
        return f"{NAMES[places[0]]} to {NAMES[places[-1]]}"
    return ", ".join(NAMES[place] for place in places)


def coming(calendar: Calendar, now: dt.datetime) -> tuple[Coming, ...]:
    """The stand-up and the council."""
    return tuple(_coming(name, calendar, meeting, now) for name, meeting in
                 (("KPI stand-up", calendar.stand_up), ("Council", calendar.council)))  # fmt: skip


def holidays_ahead(calendar: Calendar, now: dt.datetime) -> tuple[Holiday, ...]:
    """Those that are not over, the next one first."""
    today = now.astimezone(zone_named(calendar.zone)).date().isoformat()
    return tuple(one for one in calendar.holidays if one.date >= today)


def holidays_text(calendar: Calendar) -> str:
    """As they are typed: one a line."""
    return "\n".join(f"{one.date} {one.name}" for one in calendar.holidays)


def typed_calendar(form: Form) -> Calendar:
    """The calendar that was typed; what cannot be read is noted as a fault."""
    return Calendar(
        zone=form.needed("zone", "Write a time zone, such as Europe/Berlin."),
        working_days=form.many("working_days"),
        holidays=_holidays(form),
        stand_up=_meeting(form, "stand_up"),
        council=_meeting(form, "council"),
    )


def field_of(fault: str) -> str:
    """The field that a fault of the flow is about (flows.calendar.define.calendar_faults)."""
    named = fault.partition(":")[0]
    return {"time zone": "zone", "working days": "working_days", "holidays": "holidays",
            "stand-up": "stand_up_time", "council": "council_time"}.get(named, "")  # fmt: skip


def _coming(name: str, calendar: Calendar, meeting: Meeting, now: dt.datetime) -> Coming:
    at = next_meeting(calendar, meeting, now)
    rule = f"{OF[meeting.weekday]}s at {meeting.begins}, {meeting.minutes} minutes"
    return Coming(name, rule, f"{NAMES[at.weekday()]}, {at.day} {at:%B %Y, %H:%M} {at.tzname()}", stamp(at))


def _holidays(form: Form) -> tuple[Holiday, ...]:
    lines = [line.strip() for line in form.raw("holidays").splitlines() if line.strip()]
    found = []
    for line in lines:
        date, _, name = line.partition(" ")
        found.append(Holiday(date.rstrip(":,"), name.strip()))
    return tuple(found)


def _meeting(form: Form, name: str) -> Meeting:
    day, time, minutes = (form.text(f"{name}_{part}") for part in ("day", "time", "minutes"))
    at = TIME.fullmatch(time)
    if at is None:
        form.fault(f"{name}_time", "Write a time of the day, such as 09:00.")
    if not (minutes.isascii() and minutes.isdigit() and len(minutes) < 5):
        form.fault(f"{name}_minutes", "Write how many minutes it lasts, such as 15.")
        minutes = "1"
    return Meeting(day, int(at[1]) * 60 + int(at[2]) if at else 0, int(minutes))
