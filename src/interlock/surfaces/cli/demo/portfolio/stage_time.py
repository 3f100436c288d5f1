"""Time and chance of the sample: it steps through a year and is the same each time."""

import datetime as dt
import hashlib

TICK = dt.timedelta(milliseconds=1)


class SteppingClock:
    """Stands at a moment of the sample's year; each look is a millisecond later, so that no two facts coincide.

    The year ends at a full hour: two samples that are made in the same hour are the same to the byte.
    """

    def __init__(self, end: dt.datetime) -> None:
        self._end = end.replace(minute=0, second=0, microsecond=0) - dt.timedelta(hours=1)
        self._now = self._end - dt.timedelta(days=400)

    def __call__(self) -> dt.datetime:
        """The moment."""
        self._now += TICK
        return self._now

    def go_to(self, days_before_end: int) -> None:
        """Step ahead; never back."""
        self._now = max(self._now, self._end - dt.timedelta(days=days_before_end))

    def day(self, days_before_end: int) -> str:
        """A date."""
        return (self._end - dt.timedelta(days=days_before_end)).date().isoformat()

    def later(self, days_after_end: int) -> dt.datetime:
        """A moment after the sample's last."""
        return self._end + dt.timedelta(days=days_after_end)


class SameChance:
    """Bytes that only look like chance: keys and salts of a sample protect nothing."""

    def __init__(self) -> None:
        self._drawn = 0

    def __call__(self, n: int) -> bytes:
        """The next `n`."""
        self._drawn += 1
        return hashlib.shake_256(f"authored sample {self._drawn}".encode()).digest(n)
