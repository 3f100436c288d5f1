"""A budget of several replicas on one store: what all of them let through together, also where they are killed."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from interlock.flows.gateway.limits.limiter import Limiter, Reservation
from interlock.terms.gateway.authority import TrafficAuthority
from interlock.terms.gateway.client import Client
from interlock.terms.gateway.limits import Need
from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.gateway.traffic import Of, Per, TrafficLimit, TrafficPlan, Unit
from interlock.wiring.run_time import Opened, open_address

DESK = Client("desk", "triage")
COST, USED = 10, 3  # what a request may cost, and what it does cost, in micro-dollars
REPLICA = """
import asyncio, os, sys, time
from interlock.flows.gateway.limits.limiter import Limiter, Reservation
from interlock.wiring.run_time import open_address
import test_limits_on_every_store as suite

async def client(limiter, by):
    while isinstance(held := await suite.asked(limiter, by), Reservation):
        os.write(1, b"10\\n")  # so much may leave now
        await asyncio.sleep(0)
        limiter.settle(held, tokens=None, micro_usd=3)
        os.write(1, b"-7\\n")

async def main():
    opened = open_address(sys.argv[1])
    limiter, by = Limiter(opened.allowances, opened.clock, time.monotonic), suite.authority(int(sys.argv[2]))
    await asyncio.gather(*(client(limiter, by) for _ in range(8)))
    await limiter.close()

asyncio.run(main())
"""


def authority(most: int) -> TrafficAuthority:
    budget = TrafficLimit(Of.CLIENT, Unit.MICRO_USD, Per.MONTH, most)
    return TrafficAuthority("triage", "r", TrafficPlan(), None, gateway_limits=(budget,))


async def asked(limiter: Limiter, by: TrafficAuthority) -> Reservation | Refusal:
    return await limiter.reserve(by, DESK, "small", Need(tokens=1, micro_usd=COST))


def taken(opened: Opened) -> int:
    with opened.store.reading() as reading:
        return sum(row.taken for row in reading.allowances(open_at="2000"))


@asynccontextmanager
async def replicas(address: str, number: int) -> AsyncIterator[list[Limiter]]:
    opened = [open_address(address) for _ in range(number)]
    limiters = [Limiter(one.allowances, one.clock, time.monotonic) for one in opened]
    yield limiters
    for limiter, one in zip(limiters, opened, strict=True):
        await limiter.close()
        one.close()


def started(address: str, most: int) -> subprocess.Popen[bytes]:
    here = Path(__file__).parent
    path = os.pathsep.join([str(here), str(here.parent)])
    environment = {**os.environ, "PYTHONPATH": path}
    command = [sys.executable, "-c", REPLICA, address, str(most)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)


def let_through(process: subprocess.Popen[bytes]) -> int:
    out, _ = process.communicate(timeout=60)
    return sum(int(line) for line in out.splitlines(keepends=True) if line.endswith(b"\n"))


def test_a_spent_budget_refuses_the_next_request_on_every_replica(address: str, opened: Opened) -> None:
    most = 1_000

    async def work() -> None:
        async with replicas(address, 3) as limiters:
            passed = 0
            for number in range(3 * most):
                found = await asked(limiters[number % 3], authority(most))
                passed += isinstance(found, Reservation)
            assert passed * COST <= most
            refused = [await asked(one, authority(most)) for one in limiters]
            assert [one.kind for one in refused if isinstance(one, Refusal)] == [RefusalKind.BUDGET] * 3
            for one in limiters:
                await one.close()
            assert taken(opened) == passed * COST == most  # the last ones were leased one by one: nothing is stranded

    asyncio.run(work())


def test_two_processes_use_a_budget_up_and_not_a_micro_dollar_more(address: str, opened: Opened) -> None:
    most = 6_000
    pair = [started(address, most) for _ in range(2)]
    used = sum(map(let_through, pair))
    assert [one.returncode for one in pair] == [0, 0]
    assert used == taken(opened)
    assert most - COST * 2 < used <= most


def test_killed_replicas_strand_what_they_held_and_overspend_nothing(address: str, opened: Opened) -> None:
    most, used = 3_000_000, 0
    pair = [started(address, most) for _ in range(2)]
    for one in pair:  # both are at it
        assert one.stdout is not None
        used += int(one.stdout.readline())
    time.sleep(0.1)
    for one in pair:
        os.kill(one.pid, signal.SIGKILL)
    used += sum(map(let_through, pair))
    found = taken(opened)
    unsaid = 2 * (COST - USED)  # each may have died between a settlement and its word
    assert 0 < used <= found + unsaid
    assert found <= most

    async def work() -> int:
        async with replicas(address, 1) as (limiter,):
            low = authority(found + 5 * COST)  # as if that were the budget: what was stranded counts as used
            passed = [await asked(limiter, low) for _ in range(9)]
            return sum(isinstance(one, Reservation) for one in passed)

    assert asyncio.run(work()) == 5
