"""Limits and budgets before and after each request: all of them or none, and never more than all processes may use."""

import asyncio
import datetime as dt
import itertools
import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from interlock.engine.gateway.limits import words
from interlock.engine.timestamp import stamp
from interlock.flows.gateway.limits.book import CounterBook, Told
from interlock.flows.gateway.limits.counter import PLACES, Counter, WindowBlock
from interlock.ports.clock import Clock
from interlock.ports.gateway.allowances import Allowance, Allowances
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.authority import TrafficAuthority
from interlock.terms.gateway.client import Client
from interlock.terms.gateway.limits import Need, Overrun
from interlock.terms.gateway.refusal import Refusal
from interlock.terms.gateway.traffic import Unit

PATIENCE_S = 5.0  # for a lease
AGAIN_S = 1.0  # the store is asked again after it could not be reached
FRESH_S = 0.25  # what the store said is left still counts: a flood on a spent budget does not reach the store
TEND_S = 1.0
SWEEP_TICKS = 600
SWEPT_AFTER = dt.timedelta(hours=1)
THREADS = 2
TOLD_AT_ONCE = 1_000

T = TypeVar("T")
G = TypeVar("G")
UNITS = tuple(PLACES)  # by their places
_logger = logging.getLogger("interlock")


@dataclass(slots=True)
class Reservation:
    """What a request may use: `amounts` of each unit, held in these blocks until it is settled, once."""

    blocks: list[WindowBlock]
    amounts: tuple[int, int, int]
    is_open: bool = True


class Limiter:
    """Of one process, on one event loop; leases are made in threads beside it.

    `run` must go on in the background while requests come, and `close` must be awaited at the end.
    """

    def __init__(self, allowances: Allowances, clock: Clock, monotonic: Callable[[], float]) -> None:
        self._allowances, self._monotonic = allowances, monotonic
        self._book = CounterBook(clock, monotonic)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="interlock-limits")
        self._telling: asyncio.Task[None] | None = None
        self._is_closed = False

    async def reserve(
        self, authority: TrafficAuthority, client: Client, model: str, need: Need
    ) -> Reservation | Refusal:
        """Before a request leaves for `model` (a name in the gateway's definition): all that it can use, or a refusal.

        Settle or cancel what is returned, else it stays charged. Waits for the store only where leased blocks do not
        hold enough. Where the store does not answer it is refused: nothing passes uncounted.
        """
        amounts = (need.requests, need.tokens, need.micro_usd or 0)
        while True:
            counters = self._book.counters(authority, client, model)
            if need.micro_usd is None and (money := _of_money(counters)) is not None:
                return words.no_price(money.counted, model)
            lacking = None
            for counter in counters:
                block = counter.block
                if block.room < amounts[block.place]:
                    lacking = counter
                    break
            if lacking is None:
                break
            refusal = await self._leased(lacking, amounts[lacking.block.place])
            if refusal is not None:
                return refusal
        blocks = [counter.block for counter in counters]
        for block in blocks:
            block.reserve(amounts[block.place])
        return Reservation(blocks, amounts)

    def settle(self, reservation: Reservation, *, tokens: int | None, micro_usd: int | None) -> tuple[Overrun, ...]:
        """After it: what was not used goes back into the blocks. None: nobody knows, so all of it stays charged.

        What was used beyond the reservation is charged in full, and returned.
        """
        if not reservation.is_open:
            return ()
        reservation.is_open = False
        used = (None, tokens, micro_usd)
        overruns: list[Overrun] = []
        for block in reservation.blocks:
            amount, actual = reservation.amounts[block.place], used[block.place]
            if actual is None:
                continue
            self._release(block, amount - actual)
            if actual > amount:
                overruns.append(Overrun(UNITS[block.place], amount, actual))
        return tuple(overruns)

    def cancel(self, reservation: Reservation) -> None:
        """Nothing left the gateway, so nothing was used, not even a request."""
        if reservation.is_open:
            reservation.is_open = False
            for block in reservation.blocks:
                self._release(block, reservation.amounts[block.place])

    async def run(self) -> None:
        """Once a second: give back what nobody needs, tell what is owed; sweep old counters. Until it is cancelled."""
        for tick in itertools.count():
            await asyncio.sleep(TEND_S)
            try:
                await self.tend()
                if tick % SWEEP_TICKS == 0:
                    await self._quietly(self._allowances.sweep, stamp(self._book.now - SWEPT_AFTER))
            except Exception:  # a round that fails for whatever reason must not be the last one
                _logger.exception("counters of limits were not kept in order")

    async def tend(self) -> None:
        """One round of it. Whoever is cancelled meanwhile cancels nothing that the store is to be told."""
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._told(all_=False))
        await asyncio.shield(self._telling)

    async def close(self) -> None:
        """Give everything back. What requests under way hold stays charged; nothing can be reserved any more."""
        if not self._is_closed:
            self._is_closed = True
            if self._telling is not None:
                await asyncio.wait({self._telling})
            await self._told(all_=True)
            self._threads.shutdown(wait=False)

    async def _leased(self, counter: Counter, amount: int) -> Refusal | None:
        """Wait for one lease, together with whoever waits for it; why there can be none, None to look again."""
        block, one, now_s = counter.block, counter.counted, self._monotonic()
        missing = amount - block.room
        if amount > one.most:
            return words.too_much(one, amount)
        if self._is_closed or now_s - block.failed_at_s < AGAIN_S:
            return words.uncounted(one)
        if block.left is not None and block.left < missing and now_s - block.looked_at_s < FRESH_S:
            used = one.most - block.left - block.room
            return words.spent(one, amount=amount, used=used, now=self._book.now, ends=block.ends)
        block.waiting += missing
        try:
            if block.lease is None:
                block.lease = asyncio.create_task(self._lease(block, missing))
            lease = block.lease
            await asyncio.wait({lease}, timeout=PATIENCE_S)
        finally:
            block.waiting -= missing
        if not lease.done():
            return words.uncounted(one)
        lease.result()  # raises what is no trouble of the store
        return None

    async def _lease(self, block: WindowBlock, missing: int) -> None:
        since_s = self._monotonic() - block.looked_at_s
        wish = block.wish(missing, block.waiting, block.allowance.most, since_s=since_s)
        try:
            leased = await self._in_thread(self._allowances.lease, block.allowance, wish, missing)
        except Unavailable as exc:
            block.failed_at_s = self._monotonic()
            _logger.warning("limits cannot be counted, so requests are refused: %s", exc)
        else:
            block.leased(leased.amount, block.allowance.most - leased.taken)
            block.looked_at_s = self._monotonic()
            if block.is_left:
                self._book.tell(block)
        finally:
            block.lease = None

    def _release(self, block: WindowBlock, amount: int) -> None:
        block.release(amount)
        if block.is_left:
            self._book.tell(block)

    async def _told(self, *, all_: bool) -> None:
        back, owed = self._book.tidied(all_=all_)
        for some in _parts(owed):
            if not await self._quietly(self._allowances.charge, _of_store(some)):
                for block, amount in some:
                    self._release(block, -amount)
        for some in _parts(back):
            # What the store may not have taken back stays gone: used twice it would be more than the limit.
            await self._quietly(self._allowances.give_back, _of_store(some))

    async def _quietly(self, work: Callable[[G], object], given: G) -> bool:
        """Whether the store did it; where not, that is said in the log and the next round goes on."""
        try:
            await self._in_thread(work, given)
        except Unavailable as exc:
            _logger.warning("counters of limits cannot be kept in order: %s", exc)
            return False
        return True

    async def _in_thread(self, work: Callable[..., T], *given: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *given)


def _of_money(counters: Sequence[Counter]) -> Counter | None:
    return next((one for one in counters if one.counted.unit is Unit.MICRO_USD), None)


def _parts(told: Told) -> Iterator[Told]:
    """In transactions that keep no other writer waiting for long."""
    return (told[start : start + TOLD_AT_ONCE] for start in range(0, len(told), TOLD_AT_ONCE))


def _of_store(told: Told) -> list[tuple[Allowance, int]]:
    return [(block.allowance, amount) for block, amount in told]
