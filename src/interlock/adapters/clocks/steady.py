"""interlock.ports.clock.Clock that never goes back: not when the machine's clock is set back, nor behind its ledger."""

import datetime as dt
import time
from collections.abc import Callable

from interlock.ports.clock import Clock


def machine_time() -> dt.datetime:
    """What this machine takes for the time, in UTC."""
    return dt.datetime.now(dt.UTC)


def running_s() -> float:
    """Seconds that have passed, by a clock that nobody can set; where the system can tell, also while it slept."""
    sleeping_too = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if sleeping_too is None else time.clock_gettime(sleeping_too)


class SteadyClock:
    """Tells the time of another clock. Where that one goes back, it goes on from what it told last, second by second.

    A step forward is followed at once: authority may end too early then, never too late.
    """

    def __init__(self, wall: Clock = machine_time, elapsed_s: Callable[[], float] = running_s) -> None:
        self._wall = wall
        self._elapsed_s = elapsed_s
        self._told = wall(), elapsed_s()

    def __call__(self) -> dt.datetime:
        """The time now: aware, in UTC."""
        now, elapsed_s = self._wall(), self._elapsed_s()
        told, told_s = self._told
        passed_s = elapsed_s - told_s
        if (now - told).total_seconds() < passed_s:
            return told + dt.timedelta(seconds=passed_s)
        self._told = now, elapsed_s
        return now

    def reach(self, moment: dt.datetime) -> float:
        """Go on from `moment` where that is later than now; by how many seconds it was, 0 where it was not."""
        behind_s = (moment - self()).total_seconds()
        if behind_s <= 0.0:
            return 0.0
        self._told = moment, self._elapsed_s()
        return behind_s
