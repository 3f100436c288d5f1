"""Around every request: a limit on its size, and headers that leave a browser nothing to run."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from interlock.surfaces.api.problems import answer

BYTES_MAX = 1024 * 1024
HEADERS = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)


class _TooLarge(Exception):
    """More came than is taken."""


class Guard:
    """An ASGI application around another one."""

    def __init__(self, app: ASGIApp, bytes_max: int = BYTES_MAX) -> None:
        self._app, self._bytes_max = app, bytes_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer that it is too large."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > self._bytes_max:
            await self._refused(scope, receive, send)
            return
        try:
            await self._app(scope, self._counted(receive), _with_headers(send))
        except _TooLarge:
            await self._refused(scope, receive, send)

    async def _refused(self, scope: Scope, receive: Receive, send: Send) -> None:
        words = f"a request holds at most {self._bytes_max:,} bytes: send less at once"
        await answer("too-large", 413, words)(scope, receive, _with_headers(send))

    def _counted(self, receive: Receive) -> Receive:
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._bytes_max:
                raise _TooLarge
            return message

        return counted


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *HEADERS]
        await send(message)

    return sent
