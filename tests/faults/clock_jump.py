"""A clock for flows that jumps when it is told to, as clocks of machines do."""

import datetime as dt
from collections.abc import Callable

MORNING = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
MILLISECOND = dt.timedelta(milliseconds=1)


def machine_time() -> dt.datetime:
    """The time of this machine, for tests in which leases run out by themselves."""
    return dt.datetime.now(dt.UTC)


class Stepping:
    """Goes on by one step each time it is looked at, so that no two moments are the same."""

    def __init__(self, start: dt.datetime = MORNING, *, step: dt.timedelta = MILLISECOND) -> None:
        self._next = start
        self._step = step

    def __call__(self) -> dt.datetime:
        now = self._next
        self._next += self._step
        return now


class JumpingClock:
    """Tells the time of another clock, ahead of it or behind it by what it was last told."""

    def __init__(self, of: Callable[[], dt.datetime] | None = None) -> None:
        self._of = of or Stepping()
        self.ahead = dt.timedelta()

    def __call__(self) -> dt.datetime:
        """The time now: aware, in UTC."""
        return self._of() + self.ahead

    def jump(self, by: dt.timedelta) -> None:
        """Forward, or back where it is negative."""
        self.ahead += by

    def set(self, now: dt.datetime) -> None:
        """Go on from this time at the next look. Raises ValueError for a time without a zone."""
        if now.tzinfo is None:
            raise ValueError("a time without a zone: give it one, such as dt.UTC")
        self.ahead += now.astimezone(dt.UTC) - self()
