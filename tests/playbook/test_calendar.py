import dataclasses

import pytest

from governed import House
from interlock.flows.calendar.define import calendar_in_force, define_calendar
from interlock.terms.calendar import Calendar, Holiday, Meeting
from interlock.terms.errors import BadInput
from interlock.terms.person import Person

ANA = Person("Ana Ruiz", authenticated=True)
BERLIN = Calendar(
    "Europe/Berlin",
    ("fri", "mon"),
    (Holiday("2026-12-26", "second day"), Holiday("2026-12-25", "first day")),
    Meeting("wed", 585, 15),
    Meeting("thu", 0, 90),
)


def test_until_somebody_says_otherwise_it_is_utc_from_monday_to_friday(house: House) -> None:
    with house.store.reading() as reading:
        assert calendar_in_force(reading) == Calendar()


def test_the_newest_counts_and_reads_back_whole_and_in_order(house: House) -> None:
    define_calendar(house.store, Calendar(), by=ANA, clock=house.clock)
    done = define_calendar(house.store, BERLIN, by=ANA, clock=house.clock)
    with house.store.reading() as reading:
        found = calendar_in_force(reading)
    assert found == done
    assert found == dataclasses.replace(
        BERLIN,
        working_days=("mon", "fri"),
        holidays=BERLIN.holidays[::-1],
        entry=found.entry,
        by="Ana Ruiz",
        at=found.at,
    )


def test_every_fault_is_said_at_once_and_nothing_is_recorded(house: House) -> None:
    wrong = Calendar(
        "Europe/Atlantis",
        (),
        (Holiday("25.12.2026", "x"), Holiday("2026-12-25", " "), Holiday("2026-12-25", "x")),
        Meeting("someday", 1440, 0),
    )
    with pytest.raises(BadInput) as raised:
        define_calendar(house.store, wrong, by=Person(" "), clock=house.clock)
    assert [line.split(";")[0] for line in str(raised.value).splitlines()] == [
        "time zone: this machine knows no time zone 'Europe/Atlantis'",
        "working days: name at least one of mon, tue, wed, thu, fri, sat, sun",
        "holidays: '25.12.2026' is no date",
        "holidays: 2026-12-25 needs a name of 1 to 200 characters",
        "holidays: 2026-12-25 is there twice",
        "stand-up: 'someday' is no day",
        "stand-up: it begins at a time of the day, such as 09:00",
        "stand-up: it lasts 1 to 480 minutes",
        "say who sets the calendar: it is recorded",
    ]
    with house.store.reading() as reading:
        assert list(reading.entries_of("calendar.defined")) == []
