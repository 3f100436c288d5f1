"""Times as people write them."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlock.engine.evaluation.cases import parse_time
from interlock.engine.evaluation.times import has_slashed_dates, month_is_first

MORNING = dt.datetime(2016, 3, 5, 9, 7, tzinfo=dt.UTC)
DAY = dt.datetime(2016, 3, 5, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2016-03-05", DAY),
        ("20160305", DAY),
        (" 2016-03-05T09:07Z ", MORNING),
        ("2016-03-05 09:07:00.000", MORNING),
        ("2016-03-05T10:07:00+01:00", MORNING),
        ("2016/3/5 9:07", MORNING),
        ("5/3/2016 09:07", MORNING),
        ("05.03.16", DAY),
        ("5-3-2016", DAY),
        ("25/12/2016", dt.datetime(2016, 12, 25, tzinfo=dt.UTC)),
        ("12/25/2016", dt.datetime(2016, 12, 25, tzinfo=dt.UTC)),
        ("07/02/2023, 21:26:27", dt.datetime(2023, 2, 7, 21, 26, 27, tzinfo=dt.UTC)),
        ("5/3/2016 9:07 AM", MORNING),
        ("5/3/2016 9:07:00 p.m.", dt.datetime(2016, 3, 5, 21, 7, tzinfo=dt.UTC)),
        ("5 Mar 2016", DAY),
        ("5. March 2016 09:07", MORNING),
        ("Sat, 05 Mar 2016 09:07:00 GMT", MORNING),
        ("Sat, 05 Mar 2016 04:37:00 -0430", MORNING),
        ("March 5th, 2016", DAY),
        ("Mar 5, 2016 9:07 AM", MORNING),
        ("1457168820", MORNING),
        ("1457168820.0", MORNING),
        ("1457168820000", MORNING),
    ],
)
def test_times_that_people_write(text: str, time: dt.datetime) -> None:
    assert parse_time(text) == time


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2016", "12:30", "32/1/2016", "13/13/2016", "1/1/99999", "5 Foo 2016", "0001-01-01", "2016-02-30",
     "123456", "99999999999999", "5/3/2016 25:00", "x" * 65, "2024-01-01 and more"],
)  # fmt: skip
def test_what_is_no_time(text: str) -> None:
    assert parse_time(text) is None


def test_the_order_can_be_told() -> None:
    assert parse_time("5/3/2016", month_first=True) == dt.datetime(2016, 5, 3, tzinfo=dt.UTC)
    assert parse_time("5/13/2016", month_first=False) is None
    columns = (["1/2/2016", "13/2/2016"], ["1/2/2016", "2/13/2016"], ["1/2/2016"])
    assert [month_is_first(texts) for texts in columns] == [False, True, None]
    assert (has_slashed_dates(["2016-01-02", "1/2/2016"]), has_slashed_dates(["2016-01-02"])) == (True, False)


@settings(deadline=None)
@given(st.integers(10**6, 4 * 10**9), st.integers(0, 10**6 - 1))
def test_what_is_written_is_read_back(seconds: int, microseconds: int) -> None:
    time = dt.datetime.fromtimestamp(seconds, tz=dt.UTC).replace(microsecond=microseconds)
    assert parse_time(time.isoformat()) == time
    minute = time.replace(second=0, microsecond=0)
    assert parse_time(minute.strftime("%d/%m/%Y %H:%M"), month_first=False) == minute
    assert parse_time(minute.strftime("%m/%d/%Y %I:%M %p"), month_first=True) == minute


@settings(deadline=None)
@given(st.text(max_size=70))
def test_any_text_is_a_time_or_none(text: str) -> None:
    found = parse_time(text)
    assert found is None or found.tzinfo is not None
