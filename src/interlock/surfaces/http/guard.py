"""Around every request: who may be asked for, a limit on its size, and headers that leave a browser little to run."""

from collections.abc import Callable, Mapping

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BYTES_MAX = 1024 * 1024
Refusal = Callable[[str, int, str], ASGIApp]
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),  # with none at all a browser hides from us that a form is our own
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)


class Guard:
    """An ASGI application around another one.

    `policy` is its content security policy; `refusal` answers what is refused here, by kind, status and words. `larger`
    are limits of their own, by path. An answer that says how long it may be kept is kept that long, all others never.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        policy: str,
        refusal: Refusal,
        hosts: frozenset[str] | None = None,
        bytes_max: int = BYTES_MAX,
        larger: Mapping[str, int] | None = None,
    ) -> None:
        self._app, self._hosts, self._refusal, self._bytes_max = app, hosts, refusal, bytes_max
        self._larger = larger or {}
        self._headers = (*HEADERS, (b"content-security-policy", policy.encode()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, sent = dict(scope["headers"]), self._with_headers(send)
        if self._hosts is not None and _host(headers.get(b"host", b"")) not in self._hosts:
            # A page in a browser on this machine may have pointed its own name here.
            words = f"without tokens this server answers to {', '.join(sorted(self._hosts))} only"
            await self._refusal("forbidden", 403, words)(scope, receive, sent)
            return
        limit = self._larger.get(scope["path"], self._bytes_max)
        declared = headers.get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > limit:
            await self._refusal("too-large", 413, _too_large(limit))(scope, receive, sent)
            return
        await self._app(scope, _counted(receive, limit), sent)

    def _with_headers(self, send: Send) -> Send:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", ()))
                has = {name.lower() for name, _ in given}
                kept = () if b"cache-control" in has else ((b"cache-control", b"no-store"),)
                ours = [(name, value) for name, value in (*self._headers, *kept) if name not in has]
                message["headers"] = [*given, *ours]
            await send(message)

        return sent


def _too_large(limit: int) -> str:
    return f"a request holds at most {limit:,} bytes: send less at once"


def _counted(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise HTTPException(413, _too_large(limit))  # passed on as it is by whoever reads the content
        return message

    return counted


def _host(header: bytes) -> str:
    name = header.decode("latin-1").lower()
    return name.rpartition("]")[0] + "]" if name.startswith("[") else name.partition(":")[0]
