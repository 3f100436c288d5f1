import datetime as dt
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from interlock.engine.calendar.days import (
    at_minute,
    is_working_day,
    latest_meeting,
    local_date,
    next_meeting,
    working_day_from,
)
from interlock.terms.calendar import Calendar, Holiday, Meeting
from interlock.terms.policy import WEEKDAYS

BERLIN = Calendar(zone="Europe/Berlin", holidays=(Holiday("2026-12-25", "Christmas"),))


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def test_people_work_on_named_days_that_are_no_holiday() -> None:
    days = [dt.date(2026, 12, day) for day in range(24, 29)]
    assert [is_working_day(BERLIN, day) for day in days] == [True, False, False, False, True]
    assert working_day_from(BERLIN, days[1]) == days[4]


def test_a_meeting_is_later_than_now_by_the_clock_of_the_zone() -> None:
    before, at = utc("2026-11-23T07:59:59"), utc("2026-11-23T08:00:00")
    assert next_meeting(BERLIN, BERLIN.stand_up, before) == at
    assert next_meeting(BERLIN, BERLIN.stand_up, at) == utc("2026-11-30T08:00:00")
    assert latest_meeting(BERLIN, BERLIN.stand_up, at) == at
    assert latest_meeting(BERLIN, BERLIN.stand_up, before) == utc("2026-11-16T08:00:00")


def test_the_clock_changes_and_the_meeting_stays_at_its_time_of_day() -> None:
    assert next_meeting(BERLIN, BERLIN.stand_up, utc("2026-03-28T12:00:00")) == utc("2026-03-30T07:00:00")
    assert at_minute(BERLIN, dt.date(2026, 3, 29), 150).isoformat() == "2026-03-29T03:30:00+02:00"
    assert local_date(BERLIN, utc("2026-03-28T23:30:00")) == dt.date(2026, 3, 29)


def test_on_a_holiday_it_is_held_on_the_next_working_day() -> None:
    friday = replace(BERLIN, council=Meeting("fri", 600, 60))
    moved = utc("2026-12-28T09:00:00")
    assert next_meeting(friday, friday.council, utc("2026-12-20T00:00:00")) == moved
    assert next_meeting(friday, friday.council, moved) == utc("2027-01-01T09:00:00")
    assert latest_meeting(friday, friday.council, moved) == moved


def test_after_a_month_without_work_it_is_held_once() -> None:
    august = tuple(Holiday(f"2026-08-{day:02}", "closed") for day in range(1, 32))
    closed = replace(BERLIN, holidays=august)
    assert next_meeting(closed, closed.stand_up, utc("2026-08-10T12:00:00")) == utc("2026-09-01T07:00:00")
    assert next_meeting(closed, closed.stand_up, utc("2026-09-01T07:00:00")) == utc("2026-09-07T07:00:00")
    assert latest_meeting(closed, closed.stand_up, utc("2026-08-31T12:00:00")) == utc("2026-07-27T07:00:00")


@given(
    st.integers(0, 2 * 366 * 24 * 60),
    st.sampled_from(WEEKDAYS),
    st.integers(0, 1439),
    st.sets(st.sampled_from(WEEKDAYS), min_size=1),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland"]),
)
def test_between_the_last_and_the_next_meeting_there_is_no_other(
    minutes: int, weekday: str, minute: int, working: set[str], zone: str
) -> None:
    now = utc("2026-01-01") + dt.timedelta(minutes=minutes)
    calendar = Calendar(zone=zone, working_days=tuple(working))
    meeting = Meeting(weekday, minute, 15)
    last, following = latest_meeting(calendar, meeting, now), next_meeting(calendar, meeting, now)
    assert last <= now < following
    assert next_meeting(calendar, meeting, last) == following
    assert dt.timedelta(days=6, hours=22) <= following - last <= dt.timedelta(days=7, hours=2)
    assert WEEKDAYS[following.weekday()] in working
