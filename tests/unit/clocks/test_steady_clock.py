"""A clock that never goes back, whatever the clock beneath it does."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from interlock.adapters.clocks.steady import SteadyClock, machine_time, running_s

NOON = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


class Machine:
    """A machine whose wall clock can be set, and whose other clock only runs."""

    def __init__(self) -> None:
        self.wall, self.run_s = NOON, 100.0

    def pass_(self, seconds: float) -> None:
        self.wall += dt.timedelta(seconds=seconds)
        self.run_s += seconds

    def clock(self) -> SteadyClock:
        return SteadyClock(lambda: self.wall, lambda: self.run_s)


def test_it_tells_what_the_machine_tells() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.pass_(60)

    assert clock() == NOON + dt.timedelta(seconds=60)


def test_set_back_it_goes_on_second_by_second_until_the_machine_is_there_again() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall -= HOUR
    told = [clock()]
    for _ in range(2):
        machine.pass_(1800)
        told.append(clock())
    machine.wall += 2 * HOUR  # set right, and more
    told.append(clock())

    half = dt.timedelta(minutes=30)
    assert told == [NOON, NOON + half, NOON + 2 * half, NOON + 2 * HOUR]


def test_it_goes_on_from_a_later_moment_and_says_how_far_behind_it_was() -> None:
    machine = Machine()
    clock = machine.clock()

    assert clock.reach(NOON - HOUR) == 0.0
    assert clock() == NOON
    assert clock.reach(NOON + HOUR) == 3600.0
    machine.pass_(1)
    assert clock() == NOON + HOUR + dt.timedelta(seconds=1)


@given(st.lists(st.tuples(st.floats(0, 1e5), st.floats(-1e6, 1e6)), max_size=30))
def test_it_never_goes_back_and_is_never_behind_the_machine(steps: list[tuple[float, float]]) -> None:
    machine = Machine()
    clock = machine.clock()
    last = clock()
    for passed_s, jump_s in steps:
        machine.pass_(passed_s)
        machine.wall += dt.timedelta(seconds=jump_s)
        told = clock()
        assert told >= max(last, machine.wall)
        last = told


def test_the_real_one_tells_the_machines_time() -> None:
    clock, before = SteadyClock(), machine_time()

    assert before - dt.timedelta(seconds=1) <= clock() <= machine_time() + dt.timedelta(seconds=1)
    assert running_s() <= running_s()
