"""A clock that jumps: by how much it was told, to where it was told, and from what it was made of."""

import datetime as dt

import pytest

from faults.clock_jump import MILLISECOND, MORNING, JumpingClock, Stepping, machine_time

HOUR = dt.timedelta(hours=1)


def test_it_goes_on_step_by_step_and_jumps_both_ways() -> None:
    clock = JumpingClock()
    first = clock()
    clock.jump(HOUR)
    later = clock()
    clock.jump(-2 * HOUR)
    earlier = clock()

    assert (first, later, earlier) == (MORNING, MORNING + HOUR + MILLISECOND, MORNING - HOUR + 2 * MILLISECOND)


def test_it_is_set_in_any_zone_and_tells_utc() -> None:
    clock = JumpingClock(Stepping(step=dt.timedelta()))
    clock.set(dt.datetime(2030, 1, 1, 1, tzinfo=dt.timezone(HOUR)))

    assert clock() == dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
    assert clock().tzinfo is dt.UTC
    with pytest.raises(ValueError, match="without a zone"):
        clock.set(dt.datetime(2030, 1, 1))  # noqa: DTZ001


def test_it_can_be_made_of_the_machines_own_time() -> None:
    clock = JumpingClock(machine_time)
    before = machine_time()
    clock.jump(HOUR)

    assert before + HOUR <= clock() <= machine_time() + HOUR
