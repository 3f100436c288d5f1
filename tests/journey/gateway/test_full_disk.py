"""A disk that is full under load: nothing is answered that is not on record, and it goes on once there is room."""

import asyncio
import json
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from gateway_house import place, put_house
from gateway_kills import GatewayProcess, free_port, opened
from gateway_on_record import on_record
from gateway_upstream.behaviour import Behaviour
from gateway_upstream.server import upstream
from interlock.adapters.gateway.segments.folder import SegmentFolder
from interlock.engine.timestamp import stamp
from interlock.flows.gateway.evidence.load import KIND
from interlock.flows.gateway.evidence.verify import verify_traffic
from interlock.terms.gateway.definition import WireFormat
from interlock.terms.gateway.traffic import TrafficPlan

PLANS = {"support": TrafficPlan(models=("small", "claude"))}
CONNECTIONS = 9
ANSWERS = 60  # that come before anything else happens
PATIENCE_S = 10.0
ENDS = {"chat": b"data: [DONE]", "messages": b"message_stop"}
ERRORS = {"chat": "server_error", "messages": "api_error"}
Answers = list[tuple[float, str, int, str, bytes]]  # when it was asked, wire, status, id, body


class Gateway:
    """One that writes where a file may be made to hold no more than it does."""

    def __init__(self, process: GatewayProcess, key: str, traces: Path) -> None:
        self.address, self.key, self.traces = process.address, key, traces
        self._process = process.process

    def fill(self, left_bytes: int) -> None:
        """No file may grow, that of the trace by so much only."""
        sizes = [path.stat().st_size for path in self.traces.glob("*.open")]
        self._may_hold(max(sizes) + left_bytes if left_bytes else 0)

    def stop(self) -> None:
        """In good order: what is on record is sealed and loaded."""
        self._process.terminate()
        self._process.wait(20)

    def make_room(self) -> None:
        self._may_hold(resource.RLIM_INFINITY)

    def _may_hold(self, size: int) -> None:
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("gate")
    with upstream() as there:
        there.always = Behaviour(first_ms=10.0, gap_ms=4.0)
        places = [place("small", there.base_url), place("claude", there.base_url, WireFormat.ANTHROPIC)]
        key = put_house(folder / "store.db", places, PLANS)["support"]
        process = GatewayProcess(str(folder / "store.db"), folder, free_port(), workers=1)
        started = Gateway(process, key, folder / "traces")
        try:
            yield started
        finally:
            started.stop()


async def ask(session: aiohttp.ClientSession, wire: str, *, streams: bool) -> tuple[int, str, bytes]:
    path, model = ("messages", "claude") if wire == "messages" else ("chat/completions", "small")
    body = {"model": model, "max_tokens": 50, "messages": [{"role": "user", "content": "Hello."}], "stream": streams}
    async with session.post(f"/v1/{path}", json=body) as answer:
        said = await answer.read()
        return answer.status, answer.headers.get("interlock-request", ""), said


async def under_load(gateway: Gateway, left_bytes: int) -> tuple[Answers, float, float]:
    """What was answered while there was room, none, and room again; when it went, and when it came back."""
    answers: Answers = []
    stop = asyncio.Event()

    async def go_on(session: aiohttp.ClientSession, number: int) -> None:
        wire = "messages" if number % 3 == 0 else "chat"
        while not stop.is_set():
            asked_s = time.monotonic()
            answers.append((asked_s, wire, *await ask(session, wire, streams=number % 2 == 0)))
            await asyncio.sleep(0.005)

    headers = {"authorization": f"Bearer {gateway.key}"}
    async with aiohttp.ClientSession(gateway.address, headers=headers) as session:
        await up(session)
        asking = [asyncio.create_task(go_on(session, number)) for number in range(CONNECTIONS)]
        await more(answers)
        gateway.fill(left_bytes)
        full_s = time.monotonic()
        await more(answers)
        gateway.make_room()
        room_s = time.monotonic()
        await up(session)
        stop.set()
        await asyncio.gather(*asking)
    return answers, full_s, room_s


async def more(answers: Answers) -> None:
    end, wanted = time.monotonic() + PATIENCE_S, len(answers) + ANSWERS
    while len(answers) < wanted:
        assert time.monotonic() < end, "no answers come"
        await asyncio.sleep(0.01)


async def up(session: aiohttp.ClientSession) -> None:
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            if (await ask(session, "chat", streams=False))[0] == 200:
                return
        except aiohttp.ClientConnectionError:
            pass
        assert time.monotonic() < end, "the gateway does not answer"
        await asyncio.sleep(0.05)


def is_whole(wire: str, status: int, body: bytes) -> bool:
    return status == 200 and (ENDS[wire] in body or not body.startswith((b"data:", b"event:")))


def said_in_its_format(wire: str, body: bytes) -> Any:
    found = json.loads(body)
    return found["error"]["type"] == ERRORS[wire] and ("code" in found["error"] or found["type"] == "error")


@pytest.mark.parametrize("left_bytes", [0, 900], ids=["at once", "within a record"])
def test_nothing_is_answered_that_is_not_on_record(gateway: Gateway, left_bytes: int) -> None:
    answers, full_s, room_s = asyncio.run(under_load(gateway, left_bytes))
    _, ended = on_record(gateway.traces)

    whole = [id_ for _, wire, status, id_, body in answers if is_whole(wire, status, body)]
    assert len(whole) >= ANSWERS
    assert [id_ for id_ in whole if id_ not in ended] == []
    refused = [(wire, status, body) for at, wire, status, _, body in answers if full_s < at and status != 200]
    assert {status for _, status, _ in refused} == {503}
    assert all(said_in_its_format(wire, body) and b"trace" in body for wire, _, body in refused)
    assert {wire for wire, _, _ in refused} == set(ENDS)
    let_by = [id_ for at, _, status, id_, _ in answers if full_s < at < room_s and status == 200]
    assert len(let_by) <= (3 if left_bytes else 0) + CONNECTIONS  # there was room for, or that were asked before


def test_what_is_left_of_it_is_as_it_was_written(gateway: Gateway) -> None:
    gateway.stop()
    with opened(str(gateway.traces.with_name("store.db"))) as adapters, adapters.store.reading() as reading:
        segments = SegmentFolder(gateway.traces, lambda: stamp(adapters.clock()))
        check = verify_traffic(reading, segments)
        (sums,) = reading.traffic_sums([])
        known = sum(entry.body["n_in_doubt"] for entry in reading.entries_of(KIND))
    assert check.faults == ()
    assert sums.in_doubt == known  # those whose answer was held back because their end could not be written
