"""What does the tool proxy cost a call, does a kill reach it, is a call ever made twice where processes die?

python benchmarks/tool_calls.py          # about a minute; --quick a quarter of it
"""

import argparse
import asyncio
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import httpx2
from mcp.client.client import Client as Agent
from mcp.client.streamable_http import streamable_http_client

from governed import BEN
from interlock.flows.action.kill import kill
from interlock.flows.action.lost import lost_intents
from interlock.flows.action.recover import recovering
from interlock.flows.gateway.tools.call import calling
from interlock.terms.intent import IntentState
from tool_house import DESK_AGENT, ToolHouse, call, unheard
from tool_proxy import Desk, proxied

TESTS = Path(__file__).parents[1] / "tests"
SURE: Any = {"interlock/confidence": 0.95}
TIMES_MAX = 4.0  # a read through the proxy beside the bare call, both over HTTP: two hops for one, and what governs it


async def _timed(work: Callable[[], Awaitable[Any]], turns: int) -> list[float]:
    took = []
    for _ in range(turns):
        begun = time.perf_counter()
        answer = await work()
        took.append(1000 * (time.perf_counter() - begun))
        assert not answer.is_error, answer
    return took


async def _costs(desk: Desk, turns: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {"bare": [], "read": [], "act": []}
    account: Any = {"account": "a"}
    refund: Any = {"order": "1", "amount_cents": 1}
    async with (
        httpx2.AsyncClient() as http,
        Agent(streamable_http_client(desk.house.at.url or "", http_client=http), mode="legacy") as bare,
        desk.agent() as agent,
    ):
        for _ in range(5):  # in turns, so that a busy machine is busy for all of them
            found["bare"] += await _timed(lambda: bare.call_tool("lookup", account), turns)
            found["read"] += await _timed(lambda: agent.call_tool("lookup", account), turns)
            found["act"] += await _timed(lambda: agent.call_tool("refund", refund, meta=SURE), turns)
    return found


async def _kill_reaches(desk: Desk) -> tuple[int, int]:
    """Calls that ended well after the kill was reported, of those that were begun after it."""
    async with desk.agent() as agent:
        house = desk.house
        report = await asyncio.to_thread(
            kill, house.store, house.drain, "global", by=BEN, reason="bench", clock=house.clock, timeout_s=5
        )
        assert report.quiesced_at is not None
        before = len(desk.effects())
        told = [await agent.call_tool("refund", {"order": str(n), "amount_cents": 1}, meta=SURE) for n in range(50)]
        reads = [await agent.call_tool("lookup", {}) for _ in range(50)]
        done = sum(one.structured_content.get("state") == "done" for one in told if one.structured_content)
        return len(desk.effects()) - before + done + sum(not one.is_error for one in reads), 100


CAMPAIGN = """
    import asyncio, os, sys
    sys.path.insert(0, {tests!r})
    from pathlib import Path
    from tool_house import DESK_AGENT, ToolHouse, call, unheard
    from interlock.flows.gateway.tools.call import calling

    house = ToolHouse(Path({folder!r}))
    house.now = house.now.replace(hour=12)
    effects = Path({folder!r}, "EFFECTS")

    async def work(heard):
        await asyncio.sleep(0.002)
        with effects.open("a") as file:
            file.write(current + "\\n")
        await asyncio.sleep(0.002)

    house.played.meanwhile = work
    print("ready", flush=True)
    for n in range({first}, {first} + 1000):
        current = str(n)
        asked = call("refund", current, account="a-1", amount_cents=500, order=current)
        asyncio.run(house.drive(calling(house.tools, DESK_AGENT, asked, unheard)))
"""


def _killed(folder: Path, rounds: int) -> tuple[int, int, int, int]:
    """(calls with an effect, made twice, in doubt, lost: an effect of which nothing is on record)."""
    ToolHouse(folder).behind_a_gateway().opened.close()
    draw = random.Random(7)
    for number in range(rounds):
        program = textwrap.dedent(CAMPAIGN).format(tests=str(TESTS), folder=str(folder), first=1000 * number)
        process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.2 + draw.random())
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
    return _counted(folder, rounds)


def _counted(folder: Path, rounds: int) -> tuple[int, int, int, int]:
    house = ToolHouse(folder)
    house.now = house.now.replace(hour=20)
    effects = (folder / "EFFECTS").read_text().split()

    async def settle() -> None:
        with house.store.reading() as reading:
            lost = list(lost_intents(reading, IntentState.EXECUTING, house.now))
        for one in lost:
            await house.drive(recovering(house.rt, None, one))
        for n in range(1000 * rounds):  # every call is delivered again
            current = str(n)
            if current in known:
                asked = call("refund", current, account="a-1", amount_cents=500, order=current)
                await house.drive(calling(house.tools, DESK_AGENT, asked, unheard))

    known = set(effects)
    asyncio.run(settle())
    with house.store.reading() as reading:
        doubts = sum(1 for _ in reading.intents("global", state=IntentState.IN_DOUBT))
        on_record = sum(1 for _ in reading.intents("global"))
    house.opened.close()
    twice = len(effects) - len(known) + len(house.played.calls)
    return len(known), twice, doubts, max(0, len(known) - on_record)


def main() -> int:
    """Measure, print, and say whether the bars hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    failed = []
    with tempfile.TemporaryDirectory() as folder, proxied(Path(folder)) as desk:
        costs = asyncio.run(_costs(desk, 10 if quick else 40))
        middle = {name: statistics.median(took) for name, took in costs.items()}
        for name, took in costs.items():
            late = statistics.quantiles(took, n=20)[-1]
            print(f"{name:5} p50 {middle[name]:6.2f} ms, p95 {late:6.2f} ms ({len(took)} calls)")
        times = middle["read"] / middle["bare"]
        print(f"a read through the proxy takes {times:.1f} times as long as the bare call (bar {TIMES_MAX:g})")
        failed += ["read"] if times > TIMES_MAX else []
        leaked, asked = asyncio.run(_kill_reaches(desk))
        print(f"after a kill was reported: {leaked} of {asked} calls were let through (bar 0)")
        failed += ["kill"] if leaked else []
    with tempfile.TemporaryDirectory() as folder:
        rounds = 5 if quick else 20
        done, twice, doubts, lost = _killed(Path(folder), rounds)
        print(f"kill -9, {rounds} times: {done} calls had an effect, {twice} twice, {lost} not on record (bars 0)")
        print(f"{doubts} are in doubt, and all {done} were delivered again afterwards")
        failed += ["kill -9"] if twice or lost or not done else []
    if failed:
        print(f"MISSED: {', '.join(failed)}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
