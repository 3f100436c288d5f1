"""`interlock calendar show` and `set`."""

import re
from dataclasses import replace
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.calendar.days import next_meeting
from interlock.engine.timestamp import stamp
from interlock.flows.calendar.define import calendar_in_force, define_calendar
from interlock.surfaces.cli.store_options import AsOption, JsonOption, StoreOption, opened, person, show_json
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.terms.calendar import Calendar, Holiday, Meeting
from interlock.terms.errors import BadInput

MEETING = re.compile(r"(?P<day>[a-z]{3}) (?P<hour>[0-9]{1,2}):(?P<minute>[0-5][0-9]) (?P<minutes>[0-9]{1,3})")
FORM = '"DAY HH:MM MINUTES", such as "mon 09:00 15"'


def show_calendar_command(context: typer.Context, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Show when the organisation works and meets, and when it does next.

    interlock calendar show
    """
    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        calendar = calendar_in_force(reading)
    _tell(box, calendar, as_json=as_json)


def set_calendar_command(
    context: typer.Context,
    by: AsOption,
    zone: Annotated[str | None, typer.Option(help="IANA time zone, such as Europe/Berlin.", show_default=False)] = None,
    work: Annotated[
        str | None, typer.Option(help="Working days, such as mon,tue,wed,thu,fri.", show_default=False)
    ] = None,
    stand_up: Annotated[
        str | None, typer.Option("--stand-up", help=f"The weekly stand-up: {FORM}.", show_default=False)
    ] = None,
    council: Annotated[str | None, typer.Option(help=f"The council: {FORM}.", show_default=False)] = None,
    holiday: Annotated[
        list[str] | None, typer.Option(help='Add one: "2026-12-25 Christmas Day".', show_default=False)
    ] = None,
    no_holiday: Annotated[
        list[str] | None, typer.Option("--no-holiday", help="Take one away, by its date.", show_default=False)
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set when the organisation works and meets; what you leave out stays as it is.

      interlock calendar set --zone Europe/Berlin --stand-up "mon 09:00 15" --as "Ana Ruiz"

      interlock calendar set --holiday "2026-12-25 Christmas Day" --as "Ana Ruiz"

    Meetings and report schedules are meant on this clock. A meeting on a holiday is held on the next working day.
    """
    box = toolbox(context)
    who = person(by)
    with opened(box, store, create=True) as opened_store:
        with opened_store.reading() as reading:
            calendar = calendar_in_force(reading)
        changed = replace(
            calendar,
            zone=calendar.zone if zone is None else zone,
            working_days=calendar.working_days if work is None else tuple(re.split(r"[\s,]+", work.strip())),
            stand_up=calendar.stand_up if stand_up is None else _meeting("--stand-up", stand_up),
            council=calendar.council if council is None else _meeting("--council", council),
            holidays=_holidays(calendar, holiday or [], no_holiday or []),
        )
        done = define_calendar(opened_store, changed, by=who, clock=box.clock)
    _tell(box, done, as_json=as_json)


def _meeting(option: str, text: str) -> Meeting:
    found = MEETING.fullmatch(text.strip())
    if found is None:
        raise BadInput(f"{option} {text!r}: write {FORM}")
    begin = int(found["hour"]) * 60 + int(found["minute"])
    return Meeting(found["day"], begin, int(found["minutes"]))


def _holidays(calendar: Calendar, added: list[str], removed: list[str]) -> tuple[Holiday, ...]:
    known = {one.date: one for one in calendar.holidays}
    for date in removed:
        if date not in known:
            raise BadInput(f"--no-holiday {date}: is none now; there are: {', '.join(known) or 'none'}")
        del known[date]
    for text in added:
        date, _, name = text.strip().partition(" ")
        known[date] = Holiday(date, name.strip())
    return tuple(known.values())


def _tell(box: Toolbox, calendar: Calendar, *, as_json: bool) -> None:
    now = box.clock()
    meetings = {"stand-up": calendar.stand_up, "council": calendar.council}
    coming = {name: next_meeting(calendar, one, now) for name, one in meetings.items()}
    if as_json:
        show_json(box, {"calendar": calendar, "next": {name: stamp(at) for name, at in coming.items()}})
        return
    said = "nobody set it: UTC from Monday to Friday" if calendar.entry < 0 else f"set by {calendar.by}"
    box.out.print(Text(f"{calendar.zone}, {', '.join(calendar.working_days)} ({said})"), style="bold")
    for name, at in coming.items():
        one = meetings[name]
        box.out.print(
            Text(f"  {name}: {one.weekday} {one.begins}, {one.minutes} minutes; next on {at:%Y-%m-%d %H:%M %Z}")
        )
    for holiday in calendar.holidays:
        box.out.print(Text(f"  holiday: {holiday.date} {holiday.name}"), soft_wrap=True)
