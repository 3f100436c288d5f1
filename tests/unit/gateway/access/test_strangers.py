"""How often an address may present what is not known."""

from interlock.engine.gateway.access.strangers import ADDRESSES_MAX, TRIES_MAX, WINDOW_S, Strangers


def _tried(strangers: Strangers, address: str, now_s: float, times: int = TRIES_MAX) -> None:
    for _ in range(times):
        strangers.failed(address, now_s)


def test_the_first_tries_are_free_and_a_minute_later_it_may_try_again() -> None:
    strangers = Strangers()
    _tried(strangers, "192.0.2.1", 0.0, TRIES_MAX - 1)
    assert strangers.wait_s("192.0.2.1", 0.0) is None
    strangers.failed("192.0.2.1", 10.0)
    assert strangers.wait_s("192.0.2.1", 10.0) == WINDOW_S - 10 + 1
    assert strangers.wait_s("192.0.2.2", 10.0) is None
    assert strangers.wait_s("192.0.2.1", WINDOW_S) is None
    strangers.failed("192.0.2.1", WINDOW_S)
    assert strangers.wait_s("192.0.2.1", WINDOW_S) is None  # counted from one again


def test_a_host_has_one_count_for_all_addresses_of_its_network() -> None:
    strangers = Strangers()
    for number in range(TRIES_MAX):
        strangers.failed(f"2001:db8::{number:x}", 0.0)
    assert strangers.wait_s("2001:db8::ffff", 0.0) is not None
    assert strangers.wait_s("2001:db8:0:1::1", 0.0) is None


def test_what_is_kept_is_bounded_and_who_goes_on_is_not_forgotten() -> None:
    strangers = Strangers()
    _tried(strangers, "192.0.2.1", 0.0)
    for number in range(ADDRESSES_MAX - 1):
        strangers.failed(f"10.{number >> 8}.{number & 255}.1", 0.0)
    assert strangers.wait_s("192.0.2.1", 0.0) is not None
    strangers.failed("198.51.100.1", 0.0)
    assert strangers.wait_s("192.0.2.1", 0.0) is None  # the one that failed longest ago makes room
    assert len(strangers._failures) == ADDRESSES_MAX
