"""A server's life is that of the API and of the gateway together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.types import Receive, Scope, Send

from interlock.wiring.site import OneDoor


def test_a_server_is_told_that_all_has_ended_when_the_gateway_has() -> None:
    order: list[str] = []

    class Beside:
        """Stands for the gateway, which has records to load when it ends."""

        def answers(self, path: str) -> bool:
            return bool(path)

        @asynccontextmanager
        async def running(self) -> AsyncIterator[None]:
            order.append("gateway begins")
            yield
            await asyncio.sleep(0)
            order.append("gateway ends")

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            raise AssertionError

    async def api(_: Scope, receive: Receive, send: Send) -> None:
        for phase in ("startup", "shutdown"):
            assert (await receive())["type"] == f"lifespan.{phase}"
            await send({"type": f"lifespan.{phase}.complete"})

    async def send(message: Any) -> None:
        order.append(message["type"])

    async def live() -> None:
        asked = asyncio.Queue[Any]()
        for phase in ("startup", "shutdown"):
            asked.put_nowait({"type": f"lifespan.{phase}"})
        await OneDoor(api, api, Beside())({"type": "lifespan"}, asked.get, send)

    asyncio.run(live())
    assert order == ["gateway begins", "lifespan.startup.complete", "gateway ends", "lifespan.shutdown.complete"]
