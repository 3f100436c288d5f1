"""Put the calendar on record, and read it back."""

import datetime as dt
from collections.abc import Iterator

from interlock.engine.rollout.people import known_as
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.ports.clock import Clock
from interlock.ports.store import Reading, Store
from interlock.terms.calendar import DAY_MINUTES, Calendar, Holiday, Meeting
from interlock.terms.errors import BadInput
from interlock.terms.ledger import LedgerEntry
from interlock.terms.person import Person
from interlock.terms.policy import WEEKDAYS
from interlock.terms.zones import zone_named

KIND = "calendar.defined"
HOLIDAYS_MAX = 200
NAME_MAX = 200
MINUTES_MAX = 8 * 60


def define_calendar(store: Store, calendar: Calendar, *, by: Person, clock: Clock) -> Calendar:
    """It counts from now on; earlier ones stay on record. Raises BadInput with every fault, then records nothing."""
    faults = list(calendar_faults(calendar))
    if not known_as(by.name):
        faults.append("say who sets the calendar: it is recorded")
    if faults:
        raise BadInput("\n".join(faults))
    body = {
        "workflow": None,
        "zone": calendar.zone,
        "working_days": [day for day in WEEKDAYS if day in calendar.working_days],
        "holidays": sorted(calendar.holidays, key=lambda one: one.date),
        "stand_up": calendar.stand_up,
        "council": calendar.council,
        "by": by.name,
        "authenticated": by.authenticated,
    }
    with store.transaction() as tx:
        return calendar_of(record(tx, KIND, body, at=stamp(clock())))


def calendar_in_force(reading: Reading) -> Calendar:
    """The newest on record; until there is one, UTC from Monday to Friday without holidays."""
    newest = max(reading.entries_of(KIND), key=lambda entry: entry.index, default=None)
    return Calendar() if newest is None else calendar_of(newest)


def calendar_of(entry: LedgerEntry) -> Calendar:
    """An entry `calendar.defined`."""
    body = entry.body
    return Calendar(
        zone=body["zone"],
        working_days=tuple(body["working_days"]),
        holidays=tuple(Holiday(**one) for one in body["holidays"]),
        stand_up=Meeting(**body["stand_up"]),
        council=Meeting(**body["council"]),
        entry=entry.index,
        by=body["by"],
        at=entry.at,
    )


def calendar_faults(calendar: Calendar) -> Iterator[str]:
    """Why this calendar cannot count, in words; each begins with the field that it is about."""
    try:
        zone_named(calendar.zone)
    except ValueError as exc:
        yield f"time zone: {exc}"
    unknown = [day for day in calendar.working_days if day not in WEEKDAYS]
    if unknown or not calendar.working_days:
        yield f"working days: name at least one of {', '.join(WEEKDAYS)}"
    yield from _holiday_faults(calendar.holidays)
    for name, meeting in (("stand-up", calendar.stand_up), ("council", calendar.council)):
        yield from _meeting_faults(name, meeting)


def _holiday_faults(holidays: tuple[Holiday, ...]) -> Iterator[str]:
    if len(holidays) > HOLIDAYS_MAX:
        yield f"holidays: there are {len(holidays)}; at most {HOLIDAYS_MAX} are kept: leave out those of past years"
    seen: set[str] = set()
    for one in holidays:
        if not _is_date(one.date):
            yield f"holidays: '{one.date[:40]}' is no date; write one such as 2026-12-25"
        elif one.date in seen:
            yield f"holidays: {one.date} is there twice; keep one"
        if not one.name.strip() or len(one.name) > NAME_MAX:
            yield f"holidays: {one.date[:40]} needs a name of 1 to {NAME_MAX} characters"
        seen.add(one.date)


def _meeting_faults(name: str, meeting: Meeting) -> Iterator[str]:
    if meeting.weekday not in WEEKDAYS:
        yield f"{name}: '{meeting.weekday[:40]}' is no day; name one of {', '.join(WEEKDAYS)}"
    if not 0 <= meeting.begin_minute < DAY_MINUTES:
        yield f"{name}: it begins at a time of the day, such as 09:00"
    if not 1 <= meeting.minutes <= MINUTES_MAX:
        yield f"{name}: it lasts 1 to {MINUTES_MAX} minutes"


def _is_date(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
