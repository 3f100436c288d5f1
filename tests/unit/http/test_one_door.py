"""A server's life is that of the API and of the gateway together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from interlock.wiring.site import BELIEVED, OneDoor, one_door


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


@pytest.mark.parametrize(
    ("path", "by", "from_"),
    [
        ("/v1/workflows", "127.0.0.1", "10.1.2.3"),
        ("/", "127.0.0.1", "10.1.2.3"),
        ("/", "192.0.2.7", "192.0.2.7"),
        ("/v1/models", "127.0.0.1", "127.0.0.1"),
    ],
)
def test_whoever_is_believed_at_the_pages_is_not_believed_at_the_gateway(path: str, by: str, from_: str) -> None:
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        del receive, send
        seen.append(scope["client"][0])

    class Models:
        def answers(self, path: str) -> bool:
            return path == "/v1/models"

        def running(self) -> Any:
            raise AssertionError

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await app(scope, receive, send)

    said = {"type": "http", "path": path, "client": (by, 1), "headers": [(b"x-forwarded-for", b"10.1.2.3")]}
    asyncio.run(one_door(app, app, Models(), believed=BELIEVED)(said, None, None))  # type: ignore[arg-type]
    assert seen == [from_]
