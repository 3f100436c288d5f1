"""One counter in one process: the block of the present window, and the lease that requests wait for together."""

import asyncio
import datetime as dt

from interlock.engine.gateway.limits.block import Block
from interlock.engine.gateway.limits.counted import Counted
from interlock.engine.gateway.limits.windows import window_at
from interlock.engine.timestamp import stamp
from interlock.ports.gateway.allowances import Allowance
from interlock.terms.gateway.traffic import Unit

NEVER_S = float("-inf")
PLACES = {Unit.REQUESTS: 0, Unit.TOKENS: 1, Unit.MICRO_USD: 2}


class WindowBlock(Block):
    """A block with its window, and what is known of the store. Times by a clock that never goes back, in seconds.

    `place` is where amounts of its unit stand. `waiting` is what the requests that wait for the lease miss together.
    `is_left`: no new request counts on it any more, and the store was told what was left of it.
    """

    __slots__ = ("allowance", "ends", "failed_at_s", "is_left", "lease", "looked_at_s", "place", "waiting")

    def __init__(self, allowance: Allowance, ends: dt.datetime, place: int) -> None:
        super().__init__()
        self.place = place
        self.allowance = allowance
        self.ends = ends
        self.lease: asyncio.Task[None] | None = None
        self.waiting = 0
        self.looked_at_s = NEVER_S
        self.failed_at_s = NEVER_S
        self.is_left = False


class Counter:
    """Its `block` is that of the window in which it was last asked."""

    __slots__ = ("block", "counted")

    def __init__(self, counted: Counted, now: dt.datetime) -> None:
        self.counted = counted
        self.block = self._in_window(now)

    def turn(self, now: dt.datetime) -> WindowBlock | None:
        """Go on in the window of this time; the block of the one that is over, None where it is not over."""
        if now < self.block.ends:
            return None
        old, self.block = self.block, self._in_window(now)
        return old

    def _in_window(self, now: dt.datetime) -> WindowBlock:
        window = window_at(self.counted.per, now)
        allowance = Allowance(self.counted.key(window.label), self.counted.most, stamp(window.ends))
        return WindowBlock(allowance, window.ends, PLACES[self.counted.unit])
