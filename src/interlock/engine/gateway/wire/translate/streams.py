"""Which translation a stream needs."""

from collections.abc import Mapping
from typing import Any, Protocol

from interlock.engine.gateway.wire.parsed import Parsed
from interlock.engine.gateway.wire.streams.events import Event
from interlock.engine.gateway.wire.translate.stream_to_chat import MessagesAsChat
from interlock.engine.gateway.wire.translate.stream_to_messages import ChatAsMessages
from interlock.engine.gateway.wire.translate.stream_to_responses import ChatAsResponses
from interlock.terms.gateway.wire import Wire


class Translation(Protocol):
    """Says each event of one format in another one."""

    @property
    def wire(self) -> Wire:
        """The format that comes out."""
        ...

    @property
    def sequence(self) -> int:
        """The number of the next event, where events are numbered."""
        ...

    def take(self, event: Event) -> list[Event]:
        """What an event is in the other format."""
        ...


class _Both:
    """One translation after another."""

    def __init__(self, first: Translation, second: Translation) -> None:
        self._first, self._second = first, second

    @property
    def wire(self) -> Wire:
        return self._second.wire

    @property
    def sequence(self) -> int:
        return self._second.sequence

    def take(self, event: Event) -> list[Event]:
        return [told for one in self._first.take(event) for told in self._second.take(one)]


def stream_for(parsed: Parsed, upstream: Wire, *, created: int) -> Translation | None:
    """How an upstream's stream becomes one for the client that sent `parsed`; None where it needs no translation.

    `created` is the time in seconds since 1970, which some formats tell.
    """
    if upstream is parsed.wire:
        return None
    if upstream is Wire.CHAT:
        return _from_chat(parsed.wire, parsed.tree, created)
    if parsed.wire is Wire.CHAT:
        return MessagesAsChat(created=created, shows_usage=parsed.shows_usage)
    first = MessagesAsChat(created=created, shows_usage=True)
    return _Both(first, _from_chat(parsed.wire, parsed.tree, created))


def _from_chat(client: Wire, request: Mapping[str, Any], created: int) -> Translation:
    return ChatAsMessages() if client is Wire.MESSAGES else ChatAsResponses(request, created=created)
