"""A stream on its way from an upstream to a client."""

from typing import Protocol

import msgspec

from interlock.engine.gateway.wire.decoding import NotStrict, decoded, decoded_once
from interlock.engine.gateway.wire.refusals import refusal_event
from interlock.engine.gateway.wire.streams.chat import ChatStream
from interlock.engine.gateway.wire.streams.events import DONE, Event, Told
from interlock.engine.gateway.wire.streams.filtering import Filters
from interlock.engine.gateway.wire.streams.messages import MessagesStream
from interlock.engine.gateway.wire.streams.responses import ResponsesStream
from interlock.engine.gateway.wire.streams.shapes import EVENTS
from interlock.engine.gateway.wire.streams.sse import EVENT_BYTES_MAX, BrokenStream, EventParser, SentEvent
from interlock.engine.gateway.wire.usage import Counted, counted
from interlock.terms.gateway.refusal import Refusal
from interlock.terms.gateway.wire import Wire


class _Reader(Protocol):
    @property
    def sequence(self) -> int: ...
    def take(self, event: Event) -> list[Event]: ...


class _Translation(_Reader, Protocol):
    @property
    def wire(self) -> Wire: ...


class Relay:
    """One streamed answer: fed with what the upstream sends, in any chunks, it says what the client is sent.

    `wire` is the upstream's format, `translation` says it in the client's where that is another one. Where nothing is
    looked through or translated, or nothing was found, the client gets the upstream's very bytes. `told` is what the
    stream told beside its text; a stream is whole only where `told.complete`. `filters` makes a filter for each block
    of text; what a filter raises goes through `feed`. Of a chat stream, `shows_usage` passes the event with the usage
    on, for which the gateway asks in any case. The upstream's own error events are not passed on.
    """

    def __init__(
        self,
        wire: Wire,
        *,
        shows_usage: bool = False,
        filters: Filters | None = None,
        translation: _Translation | None = None,
        event_bytes_max: int = EVENT_BYTES_MAX,
    ) -> None:
        self.told = Told()
        self._wire = wire
        self._translation = translation
        self._client = wire if translation is None else translation.wire
        self._filters = filters
        self._parser = EventParser(event_bytes_max)
        self._reader: _Reader = _reader(wire, self.told, filters, shows_usage=shows_usage or translation is not None)

    @property
    def counted(self) -> Counted:
        """What the stream said that it used; a stream that is not whole has said nothing that counts."""
        if not self.told.complete:
            return Counted(None, self.told.error or "the stream is not complete")
        return counted(self._wire, self.told.usage, self.told.said_chars)

    def feed(self, chunk: bytes) -> bytes:
        """What goes to the client now. Never raises of itself: what breaks the stream is `told.error`."""
        if self.told.is_over():
            return b""
        out: list[bytes] = []
        try:
            for sent in self._parser.feed(chunk):
                events = self._reader.take(self._event(sent))
                if self._translation is not None:
                    events = [told for event in events for told in self._translation.take(event)]
                out += [event.written(self._client) for event in events]
                if self.told.is_over():
                    break
        except BrokenStream:
            self.told.error = "oversized"
        except (NotStrict, msgspec.ValidationError):
            self.told.error = "malformed"
        return b"".join(out)

    def end(self) -> None:
        """The upstream has closed. Without its last event the stream is broken."""
        if not self.told.is_over():
            self.told.error = "ended early"

    def refused(self, refusal: Refusal) -> bytes:
        """The event that tells the client that the stream ends here and why."""
        numbering = self._reader if self._translation is None else self._translation
        return refusal_event(self._client, refusal, numbering.sequence)

    def _event(self, sent: SentEvent) -> Event:
        if sent.data is None:  # a comment, or nothing: its words are the upstream's, the sign of life is kept
            return Event(None, None if self._filters or self._translation else sent.raw)
        if self._wire is Wire.CHAT and sent.data.strip() == b"[DONE]":
            return Event(None, sent.raw, DONE)
        # Bytes that were looked through and are relayed must say one thing to everybody who reads them.
        data = decoded(sent.data)[0] if self._filters else decoded_once(sent.data)
        msgspec.convert(data, EVENTS[self._wire])
        return Event(data, sent.raw, sent.name)


def _reader(wire: Wire, told: Told, filters: Filters | None, *, shows_usage: bool) -> _Reader:
    if wire is Wire.CHAT:
        return ChatStream(told, filters, hides_usage=not shows_usage)
    if wire is Wire.MESSAGES:
        return MessagesStream(told, filters)
    if wire is Wire.RESPONSES:
        return ResponsesStream(told, filters)
    raise ValueError(f"{wire} has no streams")
