"""Around every request: who may be asked for, a limit on its size, and headers that leave a browser little to run."""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from interlock.surfaces.http.origin import is_foreign
from interlock.terms.errors import Unavailable

log = logging.getLogger("interlock.http")
BYTES_MAX = 1024 * 1024
Refusal = Callable[[str, int, str], ASGIApp]
Failed = Callable[[Request, Exception], Awaitable[ASGIApp]]
READS = frozenset({"GET", "HEAD"})
UTF_8 = re.compile(r';\s*charset="?(utf-?8|us-ascii)"?\s*(?=;|$)')
HSTS = (b"strict-transport-security", b"max-age=31536000")
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),  # with none at all a browser hides from us that a form is our own
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)


@dataclass(frozen=True, slots=True)
class AtHome:
    """While anybody may do anything: the names by which a server on this machine is asked.

    `over` says whether somebody is known by now; it may look into the store, and raise Unavailable.
    """

    hosts: frozenset[str]
    over: Callable[[], bool] = lambda: False


class Guard:
    """An ASGI application around another one.

    `policy` is its content security policy; `refusal` answers what is refused here, by kind, status and words, `failed`
    what the application raised. `home` (None: never) is the time in which nobody shows who they are, so that the names
    by which it may be asked are few, and what another site has a browser send is refused; it is over when somebody is
    known and asks by another name. `larger` are limits of their own, by path. An answer that says how long it may be
    kept is kept that long, all others never.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        policy: str,
        refusal: Refusal,
        failed: Failed,
        home: AtHome | None = None,
        bytes_max: int = BYTES_MAX,
        larger: Mapping[str, int] | None = None,
    ) -> None:
        self._app, self._home, self._bytes_max = app, home, bytes_max
        self._refusal, self._failed = refusal, failed
        self._larger = larger or {}
        self._headers = (*HEADERS, (b"content-security-policy", policy.encode()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent, limit = _Sent(send, self._headers_of(scope)), self._larger.get(scope["path"], self._bytes_max)
        await self._look_outside(scope)
        refused = self._refused(scope, limit)
        if refused is not None:
            await self._refusal(*refused)(scope, receive, sent)
            return
        try:
            await self._app(scope, _counted(receive, limit), sent)
        except Exception as exc:
            if sent.begun:
                raise  # the connection is cut: half an answer must not look like a whole one
            await (await self._what_failed(Request(scope), exc))(scope, receive, sent)

    async def _look_outside(self, scope: Scope) -> None:
        home = self._home
        if home is not None and not _is_at_home(scope, home) and await run_in_threadpool(_is_over, home):
            self._home = None  # for good: an account that was made stays on record

    async def _what_failed(self, request: Request, exc: Exception) -> ASGIApp:
        try:
            return await self._failed(request, exc)
        except Exception:  # what fails with every page fails with the one that says so
            log.exception("nor could be told in its own form that something failed")
            return self._refusal("unexpected", 500, "the server failed at this; its log says why")

    def _refused(self, scope: Scope, limit: int) -> tuple[str, int, str] | None:
        """Why a request is not passed on: kind, status and words."""
        headers = Headers(scope=scope)
        if self._home is not None:
            if not _is_at_home(scope, self._home):
                # A page in a browser on this machine may have pointed its own name here.
                names = ", ".join(sorted(self._home.hosts))
                words = f"while anybody may do anything this server answers to {names} only: make an account first"
                return "forbidden", 403, words
            if scope["method"] not in READS and is_foreign(headers):
                return "forbidden", 403, "another site had this sent, so nothing was done"
        if not _is_plain(headers.get("content-type", "")):
            return "bad-input", 415, "text is taken as UTF-8 only: leave the charset out of the content type"
        declared = headers.get("content-length", "0")
        if not (declared.isascii() and declared.isdigit() and len(declared) < 20) or int(declared) > limit:
            return "too-large", 413, _too_large(limit)
        return None

    def _headers_of(self, scope: Scope) -> tuple[tuple[bytes, bytes], ...]:
        return (*self._headers, HSTS) if scope.get("scheme") == "https" else self._headers


class _Sent:
    """Passes an answer on with the headers that it lacks; `begun` once a part of it is on its way."""

    def __init__(self, send: Send, headers: tuple[tuple[bytes, bytes], ...]) -> None:
        self._send, self._headers, self.begun = send, headers, False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            given = list(message.get("headers", ()))
            has = {name.lower() for name, _ in given}
            ours = (*self._headers, (b"cache-control", b"no-store"))
            message["headers"] = [*given, *((name, value) for name, value in ours if name not in has)]
        await self._send(message)


def _is_plain(kind: str) -> bool:
    """Whether a content type names no way of writing text beside UTF-8.

    Whoever sends a form chooses the codec that reads it, and Python has some that take minutes for a megabyte.
    """
    return "charset" not in UTF_8.sub("", kind.lower())


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


def _is_at_home(scope: Scope, home: AtHome) -> bool:
    return _host(Headers(scope=scope).get("host", "")) in home.hosts


def _is_over(home: AtHome) -> bool:
    try:
        return home.over()
    except Unavailable:  # whether somebody is known cannot be found out: nothing is opened
        return False


def _host(header: str) -> str:
    name = header.lower()
    return name.rpartition("]")[0] + "]" if name.startswith("[") else name.partition(":")[0]
