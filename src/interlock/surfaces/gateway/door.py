"""What a gateway answers on its own port: model traffic, and what is beside it, by the beginning of the path."""

import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from interlock.surfaces.gateway.app import PREFIX, ROUTES, Receive, Send, is_traffic

App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]
LIVE = "/live"
# Where clients ask whose base address has no /v1, or one too many: they are told, and not shown a page.
MISPLACED = frozenset(path.removeprefix(PREFIX) for path in ROUTES) | frozenset(f"{PREFIX}{path}" for path in ROUTES)


class GatewayDoor:
    """`beside` are other applications by the path that each answers, or that begins what it answers where it ends in /.

    `running` is entered when the server starts, and left when it stops.
    """

    def __init__(
        self, traffic: App, beside: Mapping[str, App], running: Callable[[], AbstractAsyncContextManager[None]]
    ) -> None:
        self._traffic, self._beside, self._running = traffic, beside, running

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Hand a request to whose it is."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            path = scope["path"]
            await (self._traffic if is_traffic(path) else self._other(path))(scope, receive, send)

    def answers(self, path: str) -> bool:
        """Whether a path is one of the gateway's, or meant as one."""
        return is_traffic(path) or path in MISPLACED or self._app(path) is not None

    def running(self) -> AbstractAsyncContextManager[None]:
        """What must go on while requests come."""
        return self._running()

    def _other(self, path: str) -> App:
        return self._app(path) or (_LIVE if path == LIVE else _NOTHING)

    def _app(self, path: str) -> App | None:
        for begin, app in self._beside.items():
            if path == begin or (begin.endswith("/") and path.startswith(begin)):
                return app
        return None

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            async with self._running():
                await send({"type": "lifespan.startup.complete"})
                await receive()
        finally:
            await send({"type": "lifespan.shutdown.complete"})


def _always(status: int, value: Mapping[str, Any]) -> App:
    body = json.dumps(value).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]

    async def answer(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        del scope, receive  # whatever is asked, this is the answer
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return answer


_LIVE = _always(200, {"live": True})
_WORDS = (
    "there is nothing at this address; models are asked at /v1/chat/completions, /v1/responses, /v1/embeddings and "
    "/v1/messages, tools at /mcp/SERVER: OpenAI's clients need the base address with /v1, Anthropic's without"
)
_NOTHING = _always(404, {"error": {"message": _WORDS, "type": "invalid_request_error", "param": None, "code": None}})
