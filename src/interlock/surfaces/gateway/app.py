"""The routes of model traffic as plain ASGI: a framework would cost more than everything that governs a request."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from interlock.engine.gateway.held import HeldBodies
from interlock.flows.gateway.request.arrival import Arrival, Headers, Room, Streamed, Whole
from interlock.surfaces.gateway.heads import Head, head_of
from interlock.surfaces.gateway.leaving import Connection, Waiting, connection_of
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
SMALL_BYTES_MAX = 65_536
HELD_BYTES_MAX = 256_000_000
CLOSING = ((b"connection", b"close"),)
STREAMS_MAX = 10_000


class Governed(Protocol):
    """What passes a request on, or does not."""

    async def answer(self, arrival: Arrival) -> Whole | Streamed:
        """The answer. Never raises for what a client or an upstream did.

        Where the client leaves it is cancelled, and `has_left` of the arrival says so.
        """
        ...

    async def room(self, arrival: Arrival, length: int) -> Whole | Room:
        """How large a body may be that is to be read; `length` was announced, in bytes. Or the refusal, to a stranger
        too, of a body that is not read.
        """
        ...

    async def not_read(self, arrival: Arrival, refusal: Refusal) -> Whole:
        """The refusal of a request whose body is not read, on record where the client is known."""
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
    """Model traffic of one process. At most `streams_max` requests whose body is here are under way at once, and bodies
    that are awaited have `held_bytes_max` together, of one client a half; the next one is refused.
    """

    def __init__(
        self,
        governed: Governed,
        clocks: Clocks,
        *,
        streams_max: int = STREAMS_MAX,
        held_bytes_max: int = HELD_BYTES_MAX,
    ) -> None:
        self._governed, self._clocks = governed, clocks
        self._streams_max, self._held = streams_max, HeldBodies(held_bytes_max, SMALL_BYTES_MAX)
        self._under_way = 0
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
        else:
            await self._pass(head, wire, connection_of(scope), receive, send)

    async def _pass(self, head: Head, wire: Wire, connection: Connection, receive: Receive, send: Send) -> None:
        arrival = self._arrival(head, wire)
        if head.fault is not None:
            fault = Refusal(RefusalKind.MALFORMED, "head", head.fault)
            await _send(send, await self._governed.not_read(arrival, fault), CLOSING)
        elif 0 < head.length <= SMALL_BYTES_MAX:
            begun = await receive()
            if begun.get("more_body"):
                await self._await_body(head, arrival, begun, connection, receive, send)
            else:
                await self._read(arrival, begun, SMALL_BYTES_MAX, connection, receive, send)
        else:
            await self._await_body(head, arrival, None, connection, receive, send)

    async def _await_body(
        self,
        head: Head,
        arrival: Arrival,
        begun: Message | None,
        connection: Connection,
        receive: Receive,
        send: Send,
    ) -> None:
        """A body that is large, does not say how large it is, or is not here at once, is read only of whom we know, and
        where there is room. `begun`: its first piece, where that has come.
        """
        room = await self._governed.room(arrival, head.length)
        if isinstance(room, Whole):
            await _send(send, room, CLOSING)
            return
        held = head.length or room.bytes_max
        if not self._held.take(room.client, held):
            words = "the bodies of requests that are under way leave no room for this one; try again"
            refusal = Refusal(RefusalKind.BUSY, "bodies", words, retry_after_s=1)
            await _send(send, await self._governed.not_read(arrival, refusal), CLOSING)
            return
        try:
            await self._read(arrival, begun or await receive(), room.bytes_max, connection, receive, send)
        finally:
            self._held.give_back(room.client, held)

    async def _read(
        self,
        arrival: Arrival,
        begun: Message,
        bytes_max: int,
        connection: Connection,
        receive: Receive,
        send: Send,
    ) -> None:
        body = await _body(begun, receive, bytes_max)
        if body is None:
            return  # the client left before its request was here
        if isinstance(body, Refusal):
            await _send(send, await self._governed.not_read(arrival, body), CLOSING)
            return
        if self._under_way >= self._streams_max:
            await _send(send, self._governed.refused(arrival.wire, self._busy()), CLOSING)
            return
        arrival.body = body
        self._under_way += 1
        try:
            await self._answer(arrival, connection, send)
        finally:
            self._under_way -= 1

    async def _answer(self, arrival: Arrival, connection: Connection, send: Send) -> None:
        answer = None
        with Waiting(connection, arrival):
            answer = await self._governed.answer(arrival)
            if isinstance(answer, Streamed):
                await self._stream(answer, send)
        if isinstance(answer, Whole):
            await _send(send, answer)

    async def _stream(self, answer: Streamed, send: Send) -> None:
        self.open_streams += 1
        try:
            await _relay(answer, send)
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
            trace_parent=head.trace_parent,
        )

    def _busy(self) -> Refusal:
        words = f"{self._streams_max:,} requests are under way in this process, and it takes no more; try again"
        return Refusal(RefusalKind.BUSY, "requests under way", words, retry_after_s=1)


async def _body(message: Message, receive: Receive, bytes_max: int) -> bytes | Refusal | None:
    """The whole body that begins with a message; None where the client left."""
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
        if size > bytes_max:
            words = f"the request has more than the {bytes_max:,} bytes that one of this workflow may have"
            return Refusal(RefusalKind.TOO_LARGE, "input_bytes_max", words)
        parts.append(part)
    return b"".join(parts)


async def _relay(answer: Streamed, send: Send) -> None:
    """Send what comes as it comes."""
    try:
        await send({"type": "http.response.start", "status": 200, "headers": [*EVENTS, *answer.headers]})
        async for chunk in answer.chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        await _closed(answer.chunks)
        answer.leave()


async def _closed(chunks: AsyncIterator[bytes]) -> None:
    close = getattr(chunks, "aclose", None)
    if close is not None:
        with suppress(RuntimeError):  # it has ended already
            await close()


async def _send(send: Send, answer: Whole, more: Iterable[tuple[bytes, bytes]] = ()) -> None:
    length = (b"content-length", b"%d" % len(answer.body))
    headers: Headers = [JSON, length, *answer.headers, *more]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def _no_method(method: str, path: str) -> Refusal:
    wanted = "POST" if path in ROUTES else "GET"
    return Refusal(RefusalKind.MALFORMED, "method", f"{path} is asked with {wanted}, not with {method[:20]}")
