"""What a process holds at once: requests, and their bodies."""

import asyncio
from typing import Any

import pytest

from interlock.flows.gateway.request.arrival import Arrival, Room, Whole
from interlock.surfaces.gateway.app import SMALL_BYTES_MAX, Clocks, GatewayApp
from interlock.terms.gateway.refusal import Refusal
from interlock.terms.gateway.wire import Wire

ROOM = 200_000


class Governed:
    """Answers when it is told to. A body may have ROOM bytes."""

    def __init__(self, *, knows: bool = True) -> None:
        self.go = asyncio.Event()
        self.read: list[int] = []
        self._knows = knows

    async def answer(self, arrival: Arrival) -> Whole:
        self.read.append(len(arrival.body))
        await self.go.wait()
        return Whole(200, b"{}", [])

    async def room(self, arrival: Arrival, length: int) -> Whole | Room:
        return Room(str(arrival.credential), ROOM) if self._knows else Whole(401, b"a stranger", [])

    async def not_read(self, arrival: Arrival, refusal: Refusal) -> Whole:
        return self.refused(arrival.wire, refusal)

    def refused(self, wire: Wire, refusal: Refusal) -> Whole:
        return Whole(refusal.status, refusal.rule.encode(), [])

    async def models(self, arrival: Arrival, name: str | None) -> Whole:
        raise AssertionError


async def asked(
    app: GatewayApp, body: bytes, *, announced: bool = True, comes: asyncio.Event | None = None, key: bytes = b"a"
) -> tuple[int, bytes]:
    """What is answered to a body in two pieces, the second of which waits for `comes`."""
    sent: list[Any] = []
    waiting = [body[: len(body) // 2], body[len(body) // 2 :]]

    async def receive() -> Any:
        if comes is not None and len(waiting) == 1:
            await comes.wait()
        return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"authorization", b"Bearer " + key)]
    headers += [(b"content-length", b"%d" % len(body))] if announced else []
    scope = {"type": "http", "method": "POST", "path": "/v1/chat/completions", "headers": headers, "client": ("::1", 1)}
    await app(scope, receive, send)
    return sent[0]["status"], sent[1]["body"]


def app(governed: Governed, **most: int) -> GatewayApp:
    return GatewayApp(governed, Clocks(lambda: "r", lambda: "now", lambda: 0.0), **most)


def test_no_more_requests_are_under_way_than_there_is_room_for() -> None:
    async def run() -> None:
        governed = Governed()
        one = app(governed, streams_max=2)
        waits = [asyncio.create_task(asked(one, b"{}")) for _ in range(2)]
        await asyncio.sleep(0)
        assert await asked(one, b"{}") == (503, b"requests under way")
        governed.go.set()
        assert [status for status, _ in await asyncio.gather(*waits)] == [200, 200]
        assert (await asked(one, b"{}"))[0] == 200

    asyncio.run(asyncio.wait_for(run(), 5))


@pytest.mark.parametrize("announced", [True, False])
def test_bodies_that_are_held_have_a_size_together(announced: bool) -> None:
    async def run() -> None:
        governed = Governed()
        one = app(governed, held_bytes_max=ROOM + SMALL_BYTES_MAX)
        large = bytes(150_000)
        waits = [asyncio.create_task(asked(one, large, announced=announced))]
        await asyncio.sleep(0)
        assert await asked(one, large, announced=announced) == (503, b"bodies")
        waits.append(asyncio.create_task(asked(one, b"{}")))  # what is small is not held back by what is large
        await asyncio.sleep(0)
        governed.go.set()
        assert [status for status, _ in await asyncio.gather(*waits)] == [200, 200]
        assert governed.read == [150_000, 2]
        assert (await asked(one, large, announced=announced))[0] == 200

    asyncio.run(asyncio.wait_for(run(), 5))


def test_a_body_is_read_no_further_than_there_is_room() -> None:
    async def run() -> None:
        governed = Governed()
        governed.go.set()
        assert (await asked(app(governed), bytes(ROOM), announced=False))[0] == 200
        assert await asked(app(governed), bytes(ROOM + 1), announced=False) == (413, b"input_bytes_max")

    asyncio.run(asyncio.wait_for(run(), 5))


def test_a_body_that_does_not_come_takes_nobodys_place() -> None:
    async def run() -> None:
        governed = Governed()
        one = app(governed, streams_max=1)
        comes = asyncio.Event()
        waits = [asyncio.create_task(asked(one, b"{}", comes=comes)) for _ in range(3)]
        await asyncio.sleep(0)
        governed.go.set()
        assert (await asked(one, b"{}"))[0] == 200
        comes.set()
        assert [status for status, _ in await asyncio.gather(*waits)] == [200] * 3

    asyncio.run(asyncio.wait_for(run(), 5))


def test_of_a_stranger_no_more_is_held_than_its_first_piece() -> None:
    async def run() -> None:
        found = await asked(app(Governed(knows=False)), b"{}", comes=asyncio.Event())
        assert found == (401, b"a stranger")

    asyncio.run(asyncio.wait_for(run(), 5))


def test_one_clients_bodies_leave_room_for_those_of_others() -> None:
    async def run() -> None:
        governed = Governed()
        one = app(governed, held_bytes_max=4 * ROOM)
        waits = [asyncio.create_task(asked(one, bytes(ROOM))) for _ in range(2)]
        await asyncio.sleep(0)
        assert await asked(one, bytes(ROOM)) == (503, b"bodies")
        waits += [asyncio.create_task(asked(one, bytes(ROOM), key=b"b")) for _ in range(2)]
        await asyncio.sleep(0)
        assert await asked(one, bytes(ROOM), key=b"c") == (503, b"bodies")
        governed.go.set()
        assert [status for status, _ in await asyncio.gather(*waits)] == [200] * 4
        assert (await asked(one, bytes(ROOM)))[0] == 200

    asyncio.run(asyncio.wait_for(run(), 5))
