"""Reserving and settling on one event loop: all limits or none, one lease for all who wait, closed where in doubt."""

import asyncio
import datetime as dt
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import pytest

from interlock.engine.gateway.limits.block import NEEDED_TICKS
from interlock.flows.gateway.limits import limiter as module
from interlock.flows.gateway.limits.limiter import Limiter, Reservation
from interlock.ports.gateway.allowances import Allowance, Leased
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.authority import TrafficAuthority
from interlock.terms.gateway.client import Client
from interlock.terms.gateway.limits import Need, Overrun
from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.gateway.traffic import Of, Per, TrafficLimit, TrafficPlan, Unit

DESK = Client("desk", "triage", "acme")
BOT = Client("bot", "triage", "acme")
NEED = Need(tokens=100, micro_usd=1_000)
MIDNIGHT = dt.datetime(2026, 11, 27, tzinfo=dt.UTC)


def limit(unit: Unit, most: int, of: Of = Of.CLIENT, per: Per = Per.DAY) -> TrafficLimit:
    return TrafficLimit(of, unit, per, most)


def authority(*limits: TrafficLimit) -> TrafficAuthority:
    return TrafficAuthority("triage", "r", TrafficPlan(), None, gateway_limits=limits)


class Store:
    """Counters in memory. It can be held up, and it can be out of reach."""

    def __init__(self) -> None:
        self.taken: dict[str, int] = {}
        self.leases = 0
        self.is_there = True
        self.swept: list[str] = []
        self.lets_by = threading.Event()
        self.lets_by.set()
        self.answers = threading.Event()
        self.answers.set()
        self._lock = threading.Lock()

    def lease(self, allowance: Allowance, amount: int, at_least: int) -> Leased:
        self.lets_by.wait()
        with self._lock:
            self.leases += 1
            self._reach()
            taken = self.taken.get(allowance.key, 0)
            left = allowance.most - taken
            got = min(amount, left) if left >= at_least and left > 0 else 0
            self.taken[allowance.key] = taken + got
            return Leased(got, taken + got)

    def give_back(self, blocks: Sequence[tuple[Allowance, int]]) -> None:
        self._add([(allowance, -amount) for allowance, amount in blocks])

    def charge(self, blocks: Sequence[tuple[Allowance, int]]) -> None:
        self._add(blocks)

    def sweep(self, ended_before: str) -> int:
        self.swept.append(ended_before)
        self._reach()
        if len(self.swept) == 1:
            raise RuntimeError("as a bug would")
        return 0

    def of(self, word: str) -> int:
        """What is taken of the counters with this in their keys."""
        return sum(taken for key, taken in self.taken.items() if word in key)

    def _add(self, blocks: Sequence[tuple[Allowance, int]]) -> None:
        self.answers.wait()
        with self._lock:
            self._reach()
            for allowance, amount in blocks:
                self.taken[allowance.key] += amount

    def _reach(self) -> None:
        if not self.is_there:
            raise Unavailable("the store is out of reach")


class Desk:
    """A limiter, its store, and a clock that stands until it is moved."""

    def __init__(self, store: Store | None = None) -> None:
        self.store = store or Store()
        self.now = MIDNIGHT - dt.timedelta(hours=12)
        self.limiter = Limiter(self.store, lambda: self.now, self.seconds)

    def seconds(self) -> float:
        return (self.now - MIDNIGHT).total_seconds() + 1e6

    def later(self, **time: float) -> None:
        self.now += dt.timedelta(**time)

    async def reserve(self, by: TrafficAuthority, need: Need = NEED, client: Client = DESK) -> Reservation | Refusal:
        return await self.limiter.reserve(by, client, "small", need)

    async def passed(self, by: TrafficAuthority, need: Need = NEED, client: Client = DESK) -> Reservation:
        found = await self.reserve(by, need, client)
        assert isinstance(found, Reservation), found
        return found

    async def refused(self, by: TrafficAuthority, need: Need = NEED, client: Client = DESK) -> Refusal:
        found = await self.reserve(by, need, client)
        assert isinstance(found, Refusal), found
        return found


def run(work: Callable[[Desk], Awaitable[None]]) -> None:
    async def closed() -> None:
        desk = Desk()
        try:
            await work(desk)
        finally:
            desk.store.lets_by.set()
            await desk.limiter.close()

    asyncio.run(closed())


def test_without_limits_nothing_is_counted() -> None:
    async def work(desk: Desk) -> None:
        reservation = await desk.passed(authority())
        assert (reservation.blocks, desk.store.leases) == ([], 0)
        assert desk.limiter.settle(reservation, tokens=5, micro_usd=7) == ()

    run(work)


def test_a_budget_is_never_overspent_whatever_comes_at_once() -> None:
    async def work(desk: Desk) -> None:
        by = authority(limit(Unit.MICRO_USD, 10_500))
        found = await asyncio.gather(*(desk.reserve(by) for _ in range(200)))
        passed = [one for one in found if isinstance(one, Reservation)]
        assert len(passed) == 10
        assert {one.kind for one in found if isinstance(one, Refusal)} == {RefusalKind.BUDGET}
        for one in passed:
            desk.limiter.settle(one, tokens=1, micro_usd=500)
        again = await asyncio.gather(*(desk.reserve(by) for _ in range(200)))
        assert sum(isinstance(one, Reservation) for one in again) == 5

    run(work)


def test_all_limits_or_none() -> None:
    async def work(desk: Desk) -> None:
        by = authority(limit(Unit.REQUESTS, 50), limit(Unit.TOKENS, 250), limit(Unit.MICRO_USD, 10**6))
        await desk.passed(by)
        await desk.passed(by)
        refusal = await desk.refused(by)
        assert (refusal.kind, refusal.retry_after_s) == (RefusalKind.LIMITED, 12 * 3600)
        assert "200 tokens of it used or reserved today" in refusal.words
        await desk.limiter.close()
        assert (desk.store.of("requests"), desk.store.of("tokens"), desk.store.of("micro_usd")) == (2, 200, 2_000)

    run(work)


def test_settling_gives_back_what_was_not_used_and_only_once() -> None:
    async def work(desk: Desk) -> None:
        by = authority(limit(Unit.REQUESTS, 9), limit(Unit.TOKENS, 900), limit(Unit.MICRO_USD, 9_000))
        reservation = await desk.passed(by)
        assert desk.limiter.settle(reservation, tokens=30, micro_usd=400) == ()
        assert desk.limiter.settle(reservation, tokens=0, micro_usd=0) == ()
        desk.limiter.cancel(reservation)
        await desk.limiter.close()
        assert (desk.store.of("requests"), desk.store.of("tokens"), desk.store.of("micro_usd")) == (1, 30, 400)

    run(work)


def test_what_nobody_knows_stays_charged_and_what_never_left_does_not() -> None:
    async def work(desk: Desk) -> None:
        by = authority(limit(Unit.REQUESTS, 9), limit(Unit.MICRO_USD, 9_000))
        desk.limiter.settle(await desk.passed(by), tokens=None, micro_usd=None)
        desk.limiter.cancel(await desk.passed(by))
        await desk.limiter.close()
        assert (desk.store.of("requests"), desk.store.of("micro_usd")) == (1, 1_000)

    run(work)


def test_what_was_used_beyond_is_charged_in_full_and_told() -> None:
    async def work(desk: Desk) -> None:
        by = authority(limit(Unit.MICRO_USD, 5_000))
        reservation = await desk.passed(by)
        assert desk.limiter.settle(reservation, tokens=None, micro_usd=40_000) == (
            Overrun(Unit.MICRO_USD, 1_000, 40_000),
        )
        assert (await desk.refused(by)).kind is RefusalKind.BUDGET
        desk.store.is_there = False
        await desk.limiter.tend()
        assert desk.store.of("micro_usd") <= 5_000  # it could not be told
        desk.store.is_there = True
        await desk.limiter.tend()
        assert desk.store.of("micro_usd") == 40_000

    run(work)


def test_a_model_without_a_price_is_refused_where_money_is_limited() -> None:
    async def work(desk: Desk) -> None:
        unknown = Need(10, None)
        refusal = await desk.refused(authority(limit(Unit.MICRO_USD, 5_000)), unknown)
        assert (refusal.kind, desk.store.leases) == (RefusalKind.BUDGET, 0)
        await desk.passed(authority(limit(Unit.TOKENS, 5_000)), unknown)

    run(work)


def test_one_lease_serves_all_who_wait() -> None:
    async def work(desk: Desk) -> None:
        by = authority(limit(Unit.REQUESTS, 100_000))
        desk.store.lets_by.clear()
        waiting = asyncio.gather(*(desk.passed(by) for _ in range(500)))
        await asyncio.sleep(0.01)
        desk.store.lets_by.set()
        assert len(await waiting) == 500
        assert desk.store.leases == 1

    run(work)


def test_a_request_that_goes_away_while_it_waits_holds_nothing() -> None:
    async def work(desk: Desk) -> None:
        by = authority(limit(Unit.REQUESTS, 3))
        desk.store.lets_by.clear()
        gone = asyncio.create_task(desk.reserve(by))
        await asyncio.sleep(0.01)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        desk.store.lets_by.set()
        for _ in range(3):
            await desk.passed(by)
        await desk.refused(by)

    run(work)


def test_where_the_store_is_out_of_reach_nothing_passes_uncounted() -> None:
    async def work(desk: Desk) -> None:
        by = authority(limit(Unit.REQUESTS, 1_000))
        await desk.passed(by)
        desk.store.is_there = False
        leased = desk.store.of("requests")
        passed = [await desk.reserve(by) for _ in range(leased + 20)]
        assert sum(isinstance(one, Reservation) for one in passed) == leased - 1  # what was leased before still counts
        refusal = await desk.refused(by)
        assert (refusal.kind, refusal.retry_after_s) == (RefusalKind.UNAVAILABLE, 1)
        tried = desk.store.leases
        await desk.refused(by)
        assert desk.store.leases == tried  # it is not asked for every request
        desk.store.is_there = True
        desk.later(seconds=module.AGAIN_S)
        await desk.passed(by)

    run(work)


def test_a_store_that_stands_still_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 0.02)

    async def work(desk: Desk) -> None:
        desk.store.lets_by.clear()
        refusal = await desk.refused(authority(limit(Unit.REQUESTS, 9)))
        assert refusal.kind is RefusalKind.UNAVAILABLE

    run(work)


def test_what_is_wrong_with_us_is_not_taken_for_the_store() -> None:
    async def work(desk: Desk) -> None:
        desk.store.taken = None  # type: ignore[assignment]
        with pytest.raises(AttributeError):
            await desk.reserve(authority(limit(Unit.REQUESTS, 9)))
        desk.store.taken = {}

    run(work)


def test_a_flood_on_a_spent_budget_does_not_reach_the_store() -> None:
    async def work(desk: Desk) -> None:
        by = authority(limit(Unit.REQUESTS, 1))
        await desk.passed(by)
        await desk.refused(by)
        asked = desk.store.leases
        for _ in range(100):
            await desk.refused(by)
        assert desk.store.leases == asked
        desk.later(seconds=module.FRESH_S)
        await desk.refused(by)
        assert desk.store.leases == asked + 1

    run(work)


def test_a_new_window_begins_at_nothing_and_a_reservation_counts_where_it_was_made() -> None:
    async def work(desk: Desk) -> None:
        by = authority(limit(Unit.MICRO_USD, 1_000))
        desk.later(hours=11, minutes=59, seconds=59)
        old = await desk.passed(by)
        await desk.refused(by)
        desk.later(seconds=1)
        await desk.passed(by)
        await desk.refused(by)
        desk.limiter.settle(old, tokens=None, micro_usd=100)
        await desk.refused(by)
        await desk.limiter.tend()
        assert (desk.store.of("2026-11-26"), desk.store.of("2026-11-27")) == (100, 1_000)
        desk.now -= dt.timedelta(seconds=5)  # a clock that goes back opens no window again
        await desk.limiter.tend()
        await desk.refused(by)
        await desk.passed(by, client=BOT)
        assert (desk.store.of("2026-11-26"), desk.store.of("2026-11-27")) == (100, 2_000)

    run(work)


def test_what_is_used_beyond_in_a_window_that_is_over_is_charged_there() -> None:
    async def work(desk: Desk) -> None:
        by = authority(limit(Unit.MICRO_USD, 1_000))
        old = await desk.passed(by)
        desk.later(days=1)
        await desk.limiter.tend()
        desk.limiter.settle(old, tokens=None, micro_usd=3_000)
        await desk.limiter.tend()
        assert (desk.store.of("2026-11-26"), desk.store.of("2026-11-27")) == (3_000, 0)

    run(work)


def test_what_nobody_needs_is_given_back_so_that_others_have_it() -> None:
    async def work(desk: Desk) -> None:
        other = Desk(desk.store)
        by = authority(limit(Unit.REQUESTS, 320))
        desk.limiter.settle(await desk.passed(by), tokens=None, micro_usd=None)
        passed = 0
        while isinstance(await other.reserve(by), Reservation):
            passed += 1
        stranded = 319 - passed
        assert stranded > 0
        for _ in range(NEEDED_TICKS + 1):  # it saw much left, so it keeps its block as long as it may
            desk.later(seconds=1)
            await desk.limiter.tend()
        other.later(seconds=1)
        await other.limiter.tend()
        for _ in range(stranded):
            await other.passed(by)
        await other.refused(by)
        await other.limiter.close()

    run(work)


def test_it_is_tended_in_the_background_whatever_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TEND_S", 0.001)
    monkeypatch.setattr(module, "SWEEP_TICKS", 2)

    async def work(desk: Desk) -> None:
        by = authority(limit(Unit.REQUESTS, 320))
        desk.limiter.settle(await desk.passed(by), tokens=None, micro_usd=None)
        assert desk.store.of("requests") > 1
        running = asyncio.create_task(desk.limiter.run())
        async with asyncio.timeout(5):
            while len(desk.store.swept) < 3 or desk.store.of("requests") > 1:
                desk.store.is_there = len(desk.store.swept) != 1
                await asyncio.sleep(0.001)
        assert desk.store.swept[0] == "2026-11-26T11:00:00.000000Z"  # what ended an hour ago
        running.cancel()

    run(work)


def test_what_is_told_when_it_is_stopped_is_told_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TOLD_AT_ONCE", 1)

    async def work(desk: Desk) -> None:
        by = authority(limit(Unit.TOKENS, 5_000), limit(Unit.MICRO_USD, 5_000))
        desk.limiter.settle(await desk.passed(by), tokens=9_000, micro_usd=40_000)
        desk.store.answers.clear()
        tending = asyncio.create_task(desk.limiter.tend())
        await asyncio.sleep(0.01)
        tending.cancel()
        closing = asyncio.create_task(desk.limiter.close())
        await asyncio.sleep(0.01)
        desk.store.answers.set()
        await closing
        assert (desk.store.of("tokens"), desk.store.of("micro_usd")) == (9_000, 40_000)

    run(work)


def test_each_client_has_its_own_and_the_workflow_has_all() -> None:
    async def work(desk: Desk) -> None:
        by = authority(limit(Unit.REQUESTS, 2), limit(Unit.REQUESTS, 3, Of.WORKFLOW))
        for client in (DESK, DESK, BOT):
            await desk.passed(by, client=client)
        assert "client 'desk'" in (await desk.refused(by)).words
        assert "workflow 'triage'" in (await desk.refused(by, client=BOT)).words

    run(work)


def test_a_changed_limit_counts_with_the_next_request() -> None:
    async def work(desk: Desk) -> None:
        low, high = authority(limit(Unit.REQUESTS, 2)), authority(limit(Unit.REQUESTS, 5))
        for by, passes in ((low, 2), (high, 3), (low, 0)):
            for _ in range(passes):
                await desk.passed(by)
            await desk.refused(by)
        same = replace(low, release="another")
        await desk.refused(same)

    run(work)


def test_after_it_is_closed_nothing_is_reserved() -> None:
    async def work(desk: Desk) -> None:
        by = authority(limit(Unit.REQUESTS, 9))
        await desk.passed(by)
        await desk.limiter.close()
        assert desk.store.of("requests") == 1
        assert (await desk.refused(by)).kind is RefusalKind.UNAVAILABLE

    run(work)


def test_very_many_counters_are_forgotten_and_nothing_of_them_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interlock.flows.gateway.limits.book.COUNTERS_MAX", 3)
    monkeypatch.setattr(module, "TOLD_AT_ONCE", 2)

    async def work(desk: Desk) -> None:
        by = authority(limit(Unit.MICRO_USD, 2_000))
        held = [await desk.passed(by, client=Client(f"c{number}", "triage")) for number in range(5)]
        await desk.limiter.tend()
        for one in held:
            desk.limiter.settle(one, tokens=None, micro_usd=300)
        await desk.limiter.tend()
        assert desk.store.of("micro_usd") == 5 * 300
        again = Client("c0", "triage")
        await desk.passed(by, client=again)
        await desk.refused(by, client=again)

    run(work)
