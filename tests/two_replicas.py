"""Two gateways on one PostgreSQL: one budget for both, one revocation, one kill; and what is left where one dies."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from gateway_house import PRICE, place, put_house
from gateway_kills import GatewayProcess, free_port, opened
from gateway_upstream.behaviour import Behaviour
from gateway_upstream.server import upstream
from governed import BEN
from interlock.engine.gateway.pricing import cost_micro_usd
from interlock.flows.action.kill import fence
from interlock.flows.gateway.access.keys import revoke_key
from interlock.terms.gateway.traffic import Of, Per, TrafficLimit, TrafficPlan, Unit
from interlock.terms.gateway.usage import Usage

SCARCE, PLAIN, BUSY = "scarce", "plain", "busy"
PATIENCE_S = 60.0
ENOUGH_REFUSALS = 3
BODY = {"model": "small", "messages": [{"role": "user", "content": "How large is it?"}], "max_tokens": 100}


@dataclass(slots=True)
class Replicas:
    """What came of it. Money in micro-dollars: `each` is what a request costs, `sent` what all did that left;
    `answered` those whose answer came. `after` is what each gateway says when all is spent. `revoked_ms`, `killed_ms`,
    by gateway: how long after it was on record a request was still let in.
    """

    budget: int
    each: int = 0
    sent: int = 0
    answered: int = 0
    died: int = 0
    after: list[tuple[int, str]] = field(default_factory=list)
    revoked_ms: list[float] = field(default_factory=list)
    killed_ms: list[float] = field(default_factory=list)


def two(folder: Path, store: str, *, budget: int, connections: int, dies_after: float | None = None) -> Replicas:
    """Spend a budget by two gateways on a store; one is killed after that share of it is spent, and started again."""
    found = Replicas(budget)
    limits = (TrafficLimit(Of.WORKFLOW, Unit.MICRO_USD, Per.MONTH, budget),)
    plan = TrafficPlan(models=("small",))
    with upstream() as there, opened(store) as adapters:
        there.always = Behaviour(tokens=40, first_ms=5.0)
        plans = {SCARCE: TrafficPlan(models=("small",), limits=limits), PLAIN: plan, BUSY: plan}
        keys = put_house(store, [place("small", there.base_url)], plans)
        gateways = [GatewayProcess(store, _made(folder / name), free_port(), 1) for name in ("one", "two")]

        def revoke() -> None:
            revoke_key(adapters.store, PLAIN, by=BEN, clock=adapters.clock)

        def kill() -> None:
            fence(adapters.store, f"workflow:{BUSY}", by=BEN, reason="drill", clock=adapters.clock)

        async def run() -> None:
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE_S)) as session:
                await asyncio.gather(*(_up(session, one, keys[PLAIN]) for one in gateways))
                there.received.clear()
                await _spend(session, gateways, keys[SCARCE], found, connections, dies_after)
                found.sent = len(there.received) * found.each
                for one in gateways:
                    status, said = await _ask(session, one, keys[SCARCE])
                    found.after.append((status, str(said.get("error", {}).get("message"))))
                found.revoked_ms = await _seen(session, gateways, keys[PLAIN], revoke)
                found.killed_ms = await _seen(session, gateways, keys[BUSY], kill)

        try:
            asyncio.run(run())
        finally:
            for one in gateways:
                one.kill_all()
    return found


def told(found: Replicas) -> str:
    """In one line."""
    return (
        f"budget {found.budget:,} micro-USD, {found.sent:,} left and {found.answered:,} answered, {found.died} died; "
        f"afterwards {', '.join(str(status) for status, _ in found.after)}; seen after "
        f"{', '.join(f'{ms:.1f}' for ms in found.revoked_ms)} ms (revoked) and "
        f"{', '.join(f'{ms:.1f}' for ms in found.killed_ms)} ms (killed)"
    )


async def _spend(
    session: aiohttp.ClientSession,
    gateways: Sequence[GatewayProcess],
    key: str,
    found: Replicas,
    connections: int,
    dies_after: float | None,
) -> None:
    """Until each connection was told again and again that nothing is left."""

    async def asks(one: GatewayProcess) -> None:
        refused = 0
        while refused < ENOUGH_REFUSALS:
            try:
                status, said = await _ask(session, one, key)
            except aiohttp.ClientError:  # it is dead, and will be back
                await asyncio.sleep(0.05)
                continue
            refused = refused + 1 if status == 429 else 0
            if status == 200:
                usage = said["usage"]
                found.each = cost_micro_usd(PRICE, Usage(usage["prompt_tokens"], usage["completion_tokens"]))
                found.answered += found.each

    async def dies() -> None:
        while dies_after is not None and not found.died:
            await asyncio.sleep(0.002)
            if found.answered >= dies_after * found.budget:
                gateways[0].kill_all()
                found.died = 1
                gateways[0].again()

    dying = asyncio.create_task(dies())
    await asyncio.gather(*(asks(one) for one in gateways for _ in range(connections)))
    dying.cancel()


async def _seen(
    session: aiohttp.ClientSession, gateways: Sequence[GatewayProcess], key: str, ends: Callable[[], None]
) -> list[float]:
    """By gateway, how long after `ends` a request began that was still let in (0: none), in milliseconds."""
    last_s, over = [0.0 for _ in gateways], [False for _ in gateways]

    async def asks(number: int) -> None:
        refused = 0
        while refused < ENOUGH_REFUSALS:
            began_s = time.monotonic()
            status, _ = await _ask(session, gateways[number], key)
            refused = 0 if status == 200 else refused + 1
            last_s[number] = began_s if status == 200 else last_s[number]
        over[number] = True

    asking = [asyncio.create_task(asks(number)) for number in range(len(gateways)) for _ in range(2)]
    await asyncio.sleep(0.1)
    await asyncio.to_thread(ends)
    ended_s = time.monotonic()
    await asyncio.gather(*asking)
    return [max(0.0, one - ended_s) * 1_000 for one in last_s]


async def _ask(session: aiohttp.ClientSession, one: GatewayProcess, key: str) -> tuple[int, dict[str, Any]]:
    headers = {"authorization": f"Bearer {key}"}
    async with session.post(f"{one.address}/v1/chat/completions", json=BODY, headers=headers) as response:
        return response.status, await response.json()


async def _up(session: aiohttp.ClientSession, one: GatewayProcess, key: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            if (await _ask(session, one, key))[0] == 200:
                return
        except aiohttp.ClientError:
            pass
        assert time.monotonic() < end, "the gateway does not answer"
        await asyncio.sleep(0.02)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
