"""Waiting until a stop is quiet: an effect that ends, one that does not, and a stop that is another's by then."""

from collections.abc import Callable
from contextlib import ExitStack

from governed import ANA, BEN, NAME, House
from interlock.flows.action.kill import fence, kill, resume
from interlock.flows.action.quiet import LOOK_S, wait_until_quiet
from interlock.terms.intent import KillReport
from interlock.terms.kill import Fenced

SCOPE = f"workflow:{NAME}"


def _fenced(house: House) -> Fenced:
    return fence(house.store, SCOPE, by=ANA, reason="stop", clock=house.clock)


def _wait(house: House, fenced: Fenced, pause: Callable[[float], object], wait_s: float = 10.0) -> KillReport | None:
    return wait_until_quiet(house.store, house.drain, fenced, clock=house.clock, pause=pause, wait_s=wait_s)


def _at_work(house: House, holds: ExitStack) -> None:
    """Somebody holds the drain as an effect does, in whatever process."""
    holds.enter_context(house.drain.hold(("global", SCOPE)))


def test_a_stop_with_nothing_at_work_is_quiet_at_once(live: House) -> None:
    waited: list[float] = []
    report = _wait(live, _fenced(live), waited.append)
    assert report is not None
    assert (report.quiesced_at is None, report.in_flight, waited) == (False, (), [])
    assert live.kinds()[-2:] == ["kill.fenced", "kill.quiesced"]


def test_it_is_quiet_when_the_last_effect_has_let_go(live: House) -> None:
    holds, waited = ExitStack(), list[float]()
    _at_work(live, holds)
    fenced = _fenced(live)

    def pause(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            holds.close()

    report = _wait(live, fenced, pause)
    assert report is not None
    assert report.quiesced_at is not None
    assert waited == [LOOK_S] * 3
    assert live.kinds().count("kill.quiesced") == 1


def test_what_is_not_quiet_in_time_is_put_on_record_as_that(live: House) -> None:
    with ExitStack() as holds:
        _at_work(live, holds)
        report = _wait(live, _fenced(live), lambda _: None, wait_s=2 * LOOK_S)
    assert report is not None
    assert report.quiesced_at is None
    assert live.kinds()[-1] == "kill.quiesced"


def test_a_stop_that_was_resumed_or_made_again_meanwhile_is_not_reported_on(live: House) -> None:
    with ExitStack() as holds:
        _at_work(live, holds)
        resumed = _wait(
            live, _fenced(live), lambda _: resume(live.store, SCOPE, by=BEN, reason="mended", clock=live.clock)
        )
        again = _wait(live, _fenced(live), lambda _: _fenced(live))
    assert (resumed, again) == (None, None)
    assert "kill.quiesced" not in live.kinds()
    kill(live.store, live.drain, SCOPE, by=ANA, reason="once more", clock=live.clock, timeout_s=0)
    assert live.kinds()[-1] == "kill.quiesced"
