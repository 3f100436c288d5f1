"""When a document is due: by the organisation's clock, on a working day, the newest of several that were missed."""

import datetime as dt

import pytest

from interlock.engine.reporting.cadence import newest_due, next_due
from interlock.terms.calendar import Calendar, Holiday
from interlock.terms.schedule import Cadence, Every

BERLIN = Calendar(zone="Europe/Berlin", holidays=(Holiday("2026-06-01", "made up"), Holiday("2026-12-31", "made up")))
MONDAYS = Cadence(Every.WEEK, 8 * 60, weekday="mon")
FIRST = Cadence(Every.MONTH, 8 * 60, day=1)
LAST = Cadence(Every.MONTH, 17 * 60, day=31)
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("cadence", "now", "due"),
    [
        (MONDAYS, "2026-03-02 06:59:59", "2026-02-23"),  # 08:00 in Berlin is 07:00 in winter
        (MONDAYS, "2026-03-02 07:00", "2026-03-02"),
        (MONDAYS, "2026-03-30 06:00", "2026-03-30"),  # and 06:00 in summer
        (MONDAYS, "2026-06-01 12:00", "2026-05-25"),  # a holiday: the next working day
        (MONDAYS, "2026-06-02 06:00", "2026-06-02"),
        (FIRST, "2026-08-02 12:00", "2026-07-01"),  # 1 August is a Saturday
        (FIRST, "2026-08-03 06:00", "2026-08-03"),
        (LAST, "2026-02-28 23:00", "2026-02-02"),  # 31 January and 28 February are Saturdays
        (LAST, "2026-04-30 15:00", "2026-04-30"),
    ],
)
def test_the_newest_that_is_due(cadence: Cadence, now: str, due: str) -> None:
    assert newest_due(cadence, BERLIN, at(now), after=LONG_AGO) == dt.date.fromisoformat(due)


def test_nothing_is_due_before_it_was_set() -> None:
    set_at = at("2026-03-02 07:00")
    assert newest_due(MONDAYS, BERLIN, at("2026-03-09 06:59"), after=set_at) is None
    assert newest_due(MONDAYS, BERLIN, at("2026-03-09 07:00"), after=set_at) == dt.date(2026, 3, 9)


@pytest.mark.parametrize(
    ("cadence", "now", "following"),
    [
        (MONDAYS, "2026-03-02 07:00", "2026-03-09 07:00"),
        (MONDAYS, "2026-05-25 06:00", "2026-06-02 06:00"),
        (FIRST, "2026-07-31 12:00", "2026-08-03 06:00"),
        (LAST, "2026-12-30 23:00", "2027-01-01 16:00"),
    ],
)
def test_when_it_is_due_next(cadence: Cadence, now: str, following: str) -> None:
    assert next_due(cadence, BERLIN, at(now)) == at(following)


def test_a_cadence_is_said_in_words() -> None:
    assert (str(MONDAYS), str(LAST)) == ("every week on mon at 08:00", "every month on day 31 at 17:00")
