"""kill -9 of gateway workers under load, in short; `benchmarks/gateway_crash.py` is the long one."""

import asyncio
import time
from contextlib import suppress
from pathlib import Path

import aiohttp

from gateway_house import place, put_house
from gateway_kills import PATIENCE_S, GatewayProcess, campaign, free_port, opened, told
from gateway_upstream.behaviour import Behaviour
from gateway_upstream.server import UpstreamServer, upstream
from interlock.adapters.gateway.segments.folder import SegmentFolder
from interlock.engine.timestamp import stamp
from interlock.flows.gateway.evidence.load import KIND, TrafficLoading
from interlock.flows.gateway.evidence.verify import verify_traffic
from interlock.flows.gateway.limits.used import limit_uses
from interlock.terms.gateway.definition import WireFormat
from interlock.terms.gateway.traffic import Of, Per, TrafficLimit, TrafficPlan, Unit

BUDGET = (TrafficLimit(Of.WORKFLOW, Unit.MICRO_USD, Per.MONTH, 10**9),)


def test_no_answered_request_loses_its_record(tmp_path: Path) -> None:
    found = campaign(tmp_path, str(tmp_path / "store.db"), kills=1, between_s=0.8, workers=2, connections=12)
    assert not found.lost, told(found)
    assert found.check is not None
    assert (found.in_doubt, found.overcharged, found.check.faults) == (found.known_doubts, 0, ()), told(found)
    assert 'requests_total{workflow="support",operation="chat",model="small",outcome="answered"}' in found.metrics
    assert not found.fallen, "counters that were shown before the kill are as high after it"
    assert 'limit_left{where="workflow:support",of="client",name="support",unit="requests"' in found.metrics
    assert (found.kills, found.answered > 20, found.streamed > 5, found.left > 0) == (1, True, True, True), told(found)


def test_a_shadow_under_way_is_in_doubt_and_charged_and_the_answer_is_on_record(tmp_path: Path) -> None:
    store, plan = tmp_path / "store.db", TrafficPlan(("small",), limits=BUDGET, shadow_model="claude", shadow_share=1.0)
    with upstream() as there:
        places = [place("small", there.base_url), place("claude", there.base_url, WireFormat.ANTHROPIC)]
        key = put_house(store, places, {"support": plan})["support"]
        there.then(Behaviour(), Behaviour(first_ms=30_000.0))
        gateway = GatewayProcess(str(store), tmp_path, free_port(), workers=1)
        try:
            answered = asyncio.run(one_answer(gateway, key, there))
        finally:
            gateway.kill_all()
    with opened(str(store)) as adapters:
        segments = SegmentFolder(tmp_path / "traces", lambda: stamp(adapters.clock()))
        TrafficLoading(adapters.store, segments, adapters.clock).go()
        with adapters.store.reading() as reading:
            answer, shadow = reading.traffic_of(answered), reading.traffic_of(f"{answered}-shadow")
            assert answer is not None
            assert shadow is not None
            assert (answer.status, shadow.outcome, shadow.cost_micro_usd > 0) == (200, None, True)
            doubts = [id_ for entry in reading.entries_of(KIND) for id_ in entry.body["in_doubt"]]
            assert doubts == [f"{answered}-shadow"]
            (use,) = limit_uses(reading, adapters.clock())
            assert use.used >= answer.cost_micro_usd + shadow.cost_micro_usd
            assert verify_traffic(reading, segments).faults == ()


async def one_answer(gateway: GatewayProcess, key: str, there: UpstreamServer) -> str:
    """The name of a request that was answered, once its shadow is at the upstream too."""
    end_s = time.monotonic() + PATIENCE_S
    async with aiohttp.ClientSession(gateway.address, headers={"authorization": f"Bearer {key}"}) as session:
        while True:
            with suppress(aiohttp.ClientConnectionError):
                body = {"model": "small", "max_tokens": 50, "messages": [{"role": "user", "content": "Hello."}]}
                async with session.post("/v1/chat/completions", json=body) as answer:
                    assert answer.status == 200
                    break
            await asyncio.sleep(0.05)
    while len(there.received) < 2:
        assert time.monotonic() < end_s, "no shadow was asked"
        await asyncio.sleep(0.01)
    return answer.headers["interlock-request"]
