"""The routes of model traffic as plain ASGI: a framework would cost more than everything that governs a request."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from interlock.flows.gateway.passing import Arrival, Headers, Streamed, Whole
from interlock.surfaces.gateway.heads import Head, head_of
from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.gateway.wire import Wire

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

PREFIX = "/v1"
ROUTES = {f"{PREFIX}{wire.path}": wire for wire in Wire}
MODELS = f"{PREFIX}/models"
JSON = (b"content-type", b"application/json")
EVENTS = ((b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store"))
BODY_BYTES_MAX = 64_000_000
UNKNOWN_BYTES_MAX = 65_536
CLOSING = ((b"connection", b"close"),)
STREAMS_MAX = 10_000


class Governed(Protocol):
    """What passes a request on, or does not."""

    async def answer(self, arrival: Arrival) -> Whole | Streamed:
        """The answer. Never raises for what a client or an upstream did."""
        ...

    async def turned_away(self, arrival: Arrival) -> Whole | None:
        """The refusal of a stranger whose body was not read; None for a client that is known."""
        ...

    def refused(self, wire: Wire, refusal: Refusal) -> Whole:
        """A refusal in the wire format's own shape."""
        ...

    async def models(self, arrival: Arrival, name: str | None) -> Whole:
        """The models that the client may ask for, or one of them."""
        ...


@dataclass(frozen=True, slots=True)
class Clocks:
    """What an arrival is stamped with: a name that no other request has, the recorded time, seconds that only rise."""

    new_id: Callable[[], str]
    at: Callable[[], str]
    monotonic: Callable[[], float]


def is_traffic(path: str) -> bool:
    """Whether a path is one of those that models are asked by."""
    return path in ROUTES or path == MODELS or path.startswith(f"{MODELS}/")


class GatewayApp:
    """Model traffic of one process. At most `streams_max` answers stream at once; the next one is refused."""

    def __init__(self, governed: Governed, clocks: Clocks, *, streams_max: int = STREAMS_MAX) -> None:
        self._governed, self._clocks, self._streams_max = governed, clocks, streams_max
        self.open_streams = 0

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        path, method = scope["path"], scope["method"]
        wire = ROUTES.get(path)
        head = head_of(scope)
        if wire is None:
            await _send(send, await self._about_models(head, path, method))
        elif method != "POST":
            await _send(send, self._governed.refused(wire, _no_method(method, path)), ((b"allow", b"POST"),))
        elif self.open_streams >= self._streams_max:
            await _send(send, self._governed.refused(wire, self._busy()))
        else:
            await self._pass(head, wire, receive, send)

    async def _pass(self, head: Head, wire: Wire, receive: Receive, send: Send) -> None:
        arrival = self._arrival(head, wire)
        # What is large, or does not say how large it is, is read only of whom we know.
        if not 0 < head.length <= UNKNOWN_BYTES_MAX:
            refusal = await self._governed.turned_away(arrival)
            if refusal is not None:
                await _send(send, refusal, CLOSING)
                return
        if head.fault is not None:
            body: bytes | Refusal | None = Refusal(RefusalKind.MALFORMED, "head", head.fault)
        elif head.length > BODY_BYTES_MAX:
            body = _too_large()
        else:
            body = await _body(receive)
        if body is None:
            return  # the client left before its request was here
        if isinstance(body, Refusal):
            await _send(send, self._governed.refused(wire, body), CLOSING)
            return
        arrival.body = body
        answer = await self._governed.answer(arrival)
        if isinstance(answer, Whole):
            await _send(send, answer)
        else:
            await self._stream(answer, receive, send)

    async def _stream(self, answer: Streamed, receive: Receive, send: Send) -> None:
        self.open_streams += 1
        try:
            await _relay(answer, receive, send)
        finally:
            self.open_streams -= 1

    async def _about_models(self, head: Head, path: str, method: str) -> Whole:
        if method != "GET":
            return self._governed.refused(head.wire, _no_method(method, path))
        return await self._governed.models(self._arrival(head, head.wire), path[len(MODELS) + 1 :] or None)

    def _arrival(self, head: Head, wire: Wire) -> Arrival:
        clocks = self._clocks
        return Arrival(
            clocks.new_id(),
            wire,
            b"",
            head.credential,
            head.peer,
            head.forwarded,
            clocks.at(),
            clocks.monotonic(),
            head.elements,
            head.entities,
        )

    def _busy(self) -> Refusal:
        words = f"{self._streams_max:,} answers stream from this process now, and it takes no more; try again"
        return Refusal(RefusalKind.BUSY, "open streams", words, retry_after_s=1)


async def _body(receive: Receive) -> bytes | Refusal | None:
    message = await receive()
    body: bytes = message.get("body", b"")
    if message["type"] == "http.disconnect":
        return None
    if not message.get("more_body"):
        return body
    parts, size = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part = message.get("body", b"")
        size += len(part)
        if size > BODY_BYTES_MAX:
            return _too_large()
        parts.append(part)
    return b"".join(parts)


async def _relay(answer: Streamed, receive: Receive, send: Send) -> None:
    """Send what comes as it comes; where the client leaves, stop at once, also while the upstream says nothing."""
    task, left = asyncio.current_task(), False

    def leave(_: object) -> None:
        nonlocal left
        if not watching.cancelled() and task is not None:
            left = True
            task.cancel()

    watching = asyncio.ensure_future(_until_gone(receive))
    watching.add_done_callback(leave)
    try:
        await send({"type": "http.response.start", "status": 200, "headers": [*EVENTS, *answer.headers]})
        async for chunk in answer.chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        watching.remove_done_callback(leave)
        await send({"type": "http.response.body", "body": b""})
    except asyncio.CancelledError:
        if not left:
            raise
    finally:
        watching.remove_done_callback(leave)
        watching.cancel()
        await _closed(answer.chunks)
        answer.leave()


async def _closed(chunks: AsyncIterator[bytes]) -> None:
    close = getattr(chunks, "aclose", None)
    if close is not None:
        with suppress(RuntimeError):  # it has ended already
            await close()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(send: Send, answer: Whole, more: Iterable[tuple[bytes, bytes]] = ()) -> None:
    length = (b"content-length", b"%d" % len(answer.body))
    headers: Headers = [JSON, length, *answer.headers, *more]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def _too_large() -> Refusal:
    return Refusal(
        RefusalKind.TOO_LARGE, "body", f"the body has more than {BODY_BYTES_MAX:,} bytes, which no request may have"
    )


def _no_method(method: str, path: str) -> Refusal:
    wanted = "POST" if path in ROUTES else "GET"
    return Refusal(RefusalKind.MALFORMED, "method", f"{path} is asked with {wanted}, not with {method[:20]}")
