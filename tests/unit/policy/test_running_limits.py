"""Running limits: windows of the clock in UTC, and what an effect takes from them."""

from dataclasses import replace

import pytest

from edge_cases import AT, CASE, LIMITS
from interlock.engine.policy.running import applied_per_day, counters, reservations, ruled
from interlock.terms.policy import Reservation
from interlock.terms.workflow import Limits

EVERY = replace(LIMITS, applied_per_day=500)
RUNNING = {
    "applied_per_day:2026-11-26": (1, 500),
    "applied_per_hour:2026-11-26T09": (1, 20),
    "applied_per_minute:2026-11-26T09:20": (1, 3),
    "amount_per_day:2026-11-26": (25_000, 100_000),
    "amount_per_hour:2026-11-26T09": (25_000, 50_000),
}


def test_an_effect_takes_from_every_window_that_it_is_in() -> None:
    assert counters(EVERY, AT) == tuple(RUNNING)
    assert reservations(EVERY, CASE) == tuple(Reservation(name, *taken) for name, taken in RUNNING.items())


def test_no_running_limit_takes_nothing() -> None:
    limits = Limits(amount_max_cents=1, items_max=1)
    assert (counters(limits, AT), reservations(limits, CASE), ruled(limits)) == ((), (), ())


def test_cases_a_day_are_counted_beside_the_rules() -> None:
    assert ruled(EVERY) == ("applied_per_hour", "applied_per_minute", "amount_per_day", "amount_per_hour")
    assert counters(Limits(applied_per_day=3), AT) == (applied_per_day(AT),)


@pytest.mark.parametrize("amount", [None, -1])
def test_an_amount_that_is_none_has_no_room_anywhere(amount: int | None) -> None:
    taken = reservations(Limits(amount_per_day_cents=100), replace(CASE, amount_cents=amount))
    assert taken == (Reservation("amount_per_day:2026-11-26", 101, 100),)


@pytest.mark.parametrize("amount", [0, 100, 101])
def test_an_amount_is_taken_as_it_is(amount: int) -> None:
    taken = reservations(Limits(amount_per_day_cents=100), replace(CASE, amount_cents=amount))
    assert taken == (Reservation("amount_per_day:2026-11-26", amount, 100),)


def test_the_last_second_and_the_next_are_in_two_windows() -> None:
    before = counters(EVERY, "2026-12-31T23:59:59.999999Z")
    after = counters(EVERY, "2027-01-01T00:00:00.000000Z")
    assert not set(before) & set(after)
