"""Who waits for an answer: a client that leaves ends it, and whoever else ends it is not kept from that."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from interlock.flows.gateway.request.arrival import Arrival, Whole
from interlock.surfaces.gateway.app import Clocks, GatewayApp
from interlock.surfaces.gateway.leaving import CONNECTION


class Line:
    """A connection whose client leaves when it is told to."""

    def __init__(self) -> None:
        self.left: Callable[[], object] | None = None

    @property
    def is_watched(self) -> bool:
        return self.left is not None

    def watch(self, left: Callable[[], object]) -> None:
        self.left = left

    def unwatch(self) -> None:
        self.left = None


class Slow:
    """Answers when it is told to, and remembers of whom it was cut off."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.cut_off: list[bool] = []

    async def answer(self, arrival: Arrival) -> Whole:
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cut_off.append(arrival.has_left)
            raise
        return Whole(200, b"{}", [])

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"nobody asks for {name}")


async def _asked(app: GatewayApp, line: Line, sent: list[Any]) -> None:
    async def receive() -> Any:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-length", b"2")]
    scope = {"type": "http", "method": "POST", "path": "/v1/messages", "headers": headers, "client": ("::1", 1)}
    await app({**scope, "state": {CONNECTION: lambda: line}}, receive, send)


def _app(slow: Any) -> GatewayApp:
    return GatewayApp(slow, Clocks(lambda: "r", lambda: "now", lambda: 0.0), streams_max=1)


def test_its_place_is_free_again_and_it_is_sent_nothing() -> None:
    async def run() -> None:
        slow, line, sent = Slow(), Line(), list[Any]()
        app = _app(slow)
        asked = asyncio.create_task(_asked(app, line, sent))
        await asyncio.sleep(0)
        assert line.left is not None
        line.left()
        await asked
        assert (slow.cut_off, sent, line.is_watched) == ([True], [], False)
        slow.go.set()
        await _asked(app, line, sent)
        assert [one.get("status") for one in sent] == [200, None]

    asyncio.run(run())


@pytest.mark.parametrize("leaves", [False, True])
def test_a_server_that_ends_ends_it(leaves: bool) -> None:
    async def run() -> None:
        slow, line, sent = Slow(), Line(), list[Any]()
        asked = asyncio.create_task(_asked(_app(slow), line, sent))
        await asyncio.sleep(0)
        assert line.left is not None
        if leaves:
            line.left()
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        assert (slow.cut_off, sent, line.is_watched) == ([leaves], [], False)

    asyncio.run(run())
