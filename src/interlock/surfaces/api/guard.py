"""Around every request: a limit on its size, and headers that leave a browser nothing to run."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from interlock.surfaces.api.problems import answer

BYTES_MAX = 1024 * 1024
HEADERS = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)


class Guard:
    """An ASGI application around another one."""

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str] | None = None, bytes_max: int = BYTES_MAX) -> None:
        self._app, self._hosts, self._bytes_max = app, hosts, bytes_max
        self._words = f"a request holds at most {bytes_max:,} bytes: send less at once"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer that it is too large."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if self._hosts is not None and _host(headers.get(b"host", b"")) not in self._hosts:
            # A page in a browser on this machine may have pointed its own name here.
            words = f"without tokens this server answers to {', '.join(sorted(self._hosts))} only"
            await answer("forbidden", 403, words)(scope, receive, _with_headers(send))
            return
        declared = headers.get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > self._bytes_max:
            await self._refused(scope, receive, send)
            return
        await self._app(scope, self._counted(receive), _with_headers(send))

    async def _refused(self, scope: Scope, receive: Receive, send: Send) -> None:
        await answer("too-large", 413, self._words)(scope, receive, _with_headers(send))

    def _counted(self, receive: Receive) -> Receive:
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._bytes_max:
                raise HTTPException(413, self._words)  # passed on as it is by whoever reads the content
            return message

        return counted


def _host(header: bytes) -> str:
    name = header.decode("latin-1").lower()
    return name.rpartition("]")[0] + "]" if name.startswith("[") else name.partition(":")[0]


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *HEADERS]
        await send(message)

    return sent
