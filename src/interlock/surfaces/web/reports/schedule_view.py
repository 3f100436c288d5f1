"""What the pages of schedules show, as plain values with words."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from interlock.engine.reporting.cadence import next_due
from interlock.engine.timestamp import stamp
from interlock.surfaces.web.forms import Form as Sent
from interlock.surfaces.web.reports.view import NAMES
from interlock.surfaces.web.states import FAILED, INCONCLUSIVE, NOTED, PASSED, State, said
from interlock.terms.calendar import Calendar
from interlock.terms.policy import WEEKDAYS
from interlock.terms.schedule import Cadence, Delivery, Every, Schedule

DAYS: Mapping[str, str] = dict(
    zip(WEEKDAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)
SENT, TRYING, NOT_SENT = said(PASSED, "Sent"), said(INCONCLUSIVE, "Is tried again"), said(FAILED, "Not sent")
NOTHING_YET, ENDED = said(NOTED, "Nothing sent yet"), said(NOTED, "Ended")


@dataclass(frozen=True, slots=True)
class DeliveryShown:
    """How one destination took one sending."""

    run: str
    to: str
    state: State
    at: str
    words: str
    entry: int | None


@dataclass(frozen=True, slots=True)
class ScheduleShown:
    """One schedule with its state, its next sending (RFC 3339, "" once it has ended) and where it goes."""

    schedule: Schedule
    name: str
    cadence: str
    following: str
    to: str
    state: State
    why: str


def shown(schedule: Schedule, notes: Sequence[Delivery], calendar: Calendar, now: dt.datetime) -> ScheduleShown:
    """One schedule. `notes` are its deliveries."""
    state, why = _state(schedule, notes)
    asked = schedule.asked
    return ScheduleShown(
        schedule=schedule,
        name=NAMES[asked.report] + (f": {asked.workflow}" if asked.workflow else ""),
        cadence=cadence_words(schedule.cadence, calendar.zone),
        following="" if schedule.ended_at else stamp(next_due(schedule.cadence, calendar, now)),
        to=", ".join(f"{one.kind} {one.host}" for one in schedule.destinations),
        state=state,
        why=why,
    )


def deliveries_shown(schedule: Schedule, notes: Sequence[Delivery]) -> tuple[DeliveryShown, ...]:
    """Every delivery, the newest first."""
    ordered = sorted(notes, key=lambda one: one.entry or 0, reverse=True)
    return tuple(_delivery(schedule, one) for one in ordered)


def cadence_words(cadence: Cadence, zone: str) -> str:
    """When it is sent, in words."""
    at = f"at {cadence.minute // 60:02}:{cadence.minute % 60:02} ({zone})"
    if cadence.every is Every.WEEK:
        return f"each {DAYS[cadence.weekday or WEEKDAYS[0]]} {at}"
    return f"each month on day {cadence.day} {at}"


def title_of(schedules: Sequence[ScheduleShown]) -> str:
    """How many are sent, and whether one of them does not arrive."""
    live = [one for one in schedules if one.schedule.ended_at is None]
    failing = sum(one.state in {NOT_SENT, TRYING} for one in live)
    if not live:
        return "No document is sent by itself"
    sent = "1 document is sent by itself" if len(live) == 1 else f"{len(live)} documents are sent by themselves"
    return f"{sent}; {failing} did not arrive" if failing else sent


def cadence_sent(form: Sent) -> Cadence:
    """What the fields of a form say; faults are noted there."""
    every = Every.MONTH if form.text("every") == Every.MONTH else Every.WEEK
    minute = _minute(form.text("time"))
    if minute is None:
        form.fault("time", "say at what time, such as 08:00")
    day = form.text("day")
    if every is Every.MONTH and not (day.isascii() and day.isdigit() and len(day) <= 2 and 1 <= int(day) <= 31):
        form.fault("day", "say on which day of the month, from 1 to 31")
    on_day = int(day) if every is Every.MONTH and not form.fault_of("day") else None
    return Cadence(every, minute or 0, form.text("weekday") if every is Every.WEEK else None, on_day)


def _minute(text: str) -> int | None:
    try:
        at = dt.time.fromisoformat(text)
    except ValueError:
        return None
    return at.hour * 60 + at.minute


def _state(schedule: Schedule, notes: Sequence[Delivery]) -> tuple[State, str]:
    if schedule.ended_at is not None:
        return ENDED, f"by {schedule.ended_by}"
    newest = max((one.run for one in notes if not one.run.startswith("test")), default=None)
    if newest is None:
        return NOTHING_YET, ""
    failed = [(one, one.failure) for one in notes if one.run == newest and one.failure is not None]
    if not failed:
        return SENT, newest
    one, failure = failed[0]
    to = schedule.destinations[one.destination]
    return (TRYING if failure.again_at else NOT_SENT), f"{newest}, {to.kind} {to.host}: {failure.reason}"


def _delivery(schedule: Schedule, one: Delivery) -> DeliveryShown:
    to = schedule.destinations[one.destination]
    where = f"{to.kind} {to.host}"
    if one.failure is None:
        return DeliveryShown(one.run, where, SENT, one.sent_at or "", "", one.entry)
    tries = f"{one.failure.reason} (tried {one.failure.tries} {'time' if one.failure.tries == 1 else 'times'})"
    return DeliveryShown(one.run, where, TRYING if one.failure.again_at else NOT_SENT, one.failure.at, tries, one.entry)
