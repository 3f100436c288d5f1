"""Streams of Responses: items and their parts, told in deltas and again as a whole."""

from typing import Any

from interlock.engine.gateway.wire.answer_shapes import ENVELOPE, finish_reason_of
from interlock.engine.gateway.wire.streams.events import Event, Told
from interlock.engine.gateway.wire.streams.filtering import Filters, TextFilter, all_of, arguments
from interlock.engine.gateway.wire.streams.sse import EVENT_BYTES_MAX, BrokenStream

_LAST = ("response.completed", "response.incomplete")
# Deltas whose text must be JSON as a whole, and the field that tells it again.
_WHOLE = {"response.function_call_arguments": "arguments"}
_AT = ("output_index", "content_index", "summary_index", "item_id")
_SPARED = ("type", "response", "usage", "sequence_number", "obfuscation")


class ResponsesStream:
    """Reads events of a Responses stream and looks through their text.

    What is held back of a part comes in a delta of its own before the part is done; what is told again as a whole is
    looked through again. Where texts are looked through, events are numbered anew.
    """

    def __init__(self, told: Told, filters: Filters | None) -> None:
        self.told = told
        self._filters = filters
        self._parts: dict[tuple[Any, ...], _Part] = {}
        self._held_chars = 0
        self._sequence = 0

    @property
    def sequence(self) -> int:
        """The number of the next event."""
        return self._sequence

    def take(self, event: Event) -> list[Event]:
        """What this event becomes."""
        data = event.data
        if data is None:
            return [event]
        kind = data["type"]
        if kind in ("error", "response.failed"):
            self.told.failed(data.get("error") or (data.get("response") or {}).get("error") or data)
            return []
        self._note(kind, data)
        if self._filters is None:
            self._sequence = (data.get("sequence_number") or self._sequence) + 1
            return [event]
        return [self._numbered(one) for one in self._looked_through(event, kind, data, self._filters)]

    def _note(self, kind: str, data: dict[str, Any]) -> None:
        response = data.get("response")
        if response:
            self.told.identify(response)
        if type(data.get("delta")) is str:
            self.told.said_chars += len(data["delta"])
        if kind in _LAST and response:
            self.told.complete = True
            self.told.usage = response.get("usage")
            self.told.finish_reasons = (finish_reason_of(response),)

    def _looked_through(self, event: Event, kind: str, data: dict[str, Any], filters: Filters) -> list[Event]:
        family, _, step = kind.rpartition(".")
        at = (family, *(data.get(name) for name in _AT))
        if step == "delta" and type(data.get("delta")) is str:
            return self._delta(event, family, at, filters)
        before = self._rest(at, filters) if step == "done" else self._all_rest(filters) if kind in _LAST else []
        changed = all_of(filters, data, spare=_SPARED)
        if data.get("response"):
            changed |= all_of(filters, data["response"], spare=ENVELOPE)
        if changed:
            event.raw = None
        return [*before, event]

    def _delta(self, event: Event, family: str, at: tuple[Any, ...], filters: Filters) -> list[Event]:
        data = event.data or {}
        text = data["delta"]
        part = self._parts.get(at)
        if part is None:
            part = self._parts[at] = _Part({name: data[name] for name in ("type", *_AT) if name in data}, filters())
        if family in _WHOLE:
            self._held_chars += len(text)
            if self._held_chars > EVENT_BYTES_MAX:
                raise BrokenStream("the arguments of tool calls are larger than what is held of a stream")
            part.whole.append(text)
            return []
        new = part.filter.feed(text)
        if new == text and data.keys() <= _PLAIN:
            return [event]
        data = {name: data[name] for name in data.keys() & _PLAIN}
        return [Event({**data, "delta": new, **_no_logprobs(family)})] if new else []

    def _rest(self, at: tuple[Any, ...], filters: Filters) -> list[Event]:
        part = self._parts.pop(at, None)
        if part is None:
            return []
        held = arguments(filters, "".join(part.whole)) if part.whole else part.filter.finish()
        return [Event({**part.head, "delta": held, **_no_logprobs(at[0])})] if held else []

    def _all_rest(self, filters: Filters) -> list[Event]:
        return [one for at in list(self._parts) for one in self._rest(at, filters)]

    def _numbered(self, event: Event) -> Event:
        data = event.data or {}
        if data.get("sequence_number") != self._sequence:
            data["sequence_number"], event.raw = self._sequence, None
        self._sequence += 1
        return event


_PLAIN = frozenset(("type", "delta", "sequence_number", *_AT))


class _Part:
    __slots__ = ("filter", "head", "whole")

    def __init__(self, head: dict[str, Any], text_filter: TextFilter) -> None:
        self.head, self.filter = head, text_filter
        self.whole: list[str] = []


def _no_logprobs(family: str) -> dict[str, list[Any]]:
    """Log-probabilities tell the text again in pieces, so there are none where texts are looked through."""
    return {"logprobs": []} if family == "response.output_text" else {}
