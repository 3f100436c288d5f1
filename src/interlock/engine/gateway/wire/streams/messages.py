"""Streams of messages: content blocks that begin, grow and stop."""

from typing import Any

from interlock.engine.gateway.wire.sightings import is_base64
from interlock.engine.gateway.wire.streams.events import Event, Told
from interlock.engine.gateway.wire.streams.filtering import Filters, TextFilter, all_of, arguments
from interlock.engine.gateway.wire.streams.sse import EVENT_BYTES_MAX, BrokenStream

# The deltas that are text, and the field it is in.
_TEXTS = {"text_delta": "text", "thinking_delta": "thinking"}
_SEALED, _SIGNED = ("signature_delta",), {"type", "signature"}
_PARTS = frozenset(("type", "index", "message", "content_block", "delta", "usage"))
_ENVELOPE = ("id", "type", "role", "model", "usage")


class MessagesStream:
    """Reads events of a messages stream and looks through their text.

    What is held back of a block comes in a delta of its own before the block stops. The input of a tool is held until
    then, so that it can be read as JSON.
    """

    sequence = 0  # events of this format have no numbers

    def __init__(self, told: Told, filters: Filters | None) -> None:
        self.told = told
        self._filters = filters
        self._texts: dict[int, dict[str, TextFilter]] = {}
        self._inputs: dict[int, list[str]] = {}
        self._held_chars = 0

    def take(self, event: Event) -> list[Event]:
        """What this event becomes."""
        data = event.data
        if data is None:
            return [event]
        kind = data["type"]
        if kind == "error":
            self.told.failed(data.get("error"))
            return []
        self._note(kind, data)
        return [event] if self._filters is None else self._looked_through(event, kind, data, self._filters)

    def _looked_through(self, event: Event, kind: str, data: dict[str, Any], filters: Filters) -> list[Event]:
        if not data.keys() <= _PARTS and all_of(filters, data, spare=_PARTS):
            event.raw = None
        if kind == "content_block_delta" and data.get("delta"):
            return self._delta(event, data, filters)
        if kind == "content_block_stop":
            return [*self._rest(data.get("index", 0), filters), event]
        if kind == "content_block_start" and data.get("content_block"):
            return self._begin(event, data, filters)
        before = self._open(filters) if kind in ("message_delta", "message_stop") else []
        for part in (data.get("message"), data.get("delta"), data.get("content_block")):
            if part and all_of(filters, part, spare=_ENVELOPE):
                event.raw = None
        return [*before, event]

    def _note(self, kind: str, data: dict[str, Any]) -> None:
        told = self.told
        if kind == "message_start" and data.get("message"):
            told.identify(data["message"])
            told.usage = _merged(None, data["message"].get("usage"), is_last=False)
        elif kind == "content_block_delta":
            delta = data.get("delta") or {}
            said = delta.get("text") or delta.get("thinking") or delta.get("partial_json") or ""
            told.said_chars += len(said)
        elif kind == "message_delta":
            told.usage = _merged(told.usage, data.get("usage"), is_last=True)
            if reason := (data.get("delta") or {}).get("stop_reason"):
                told.finish_reasons = (reason,)
        elif kind == "message_stop":
            told.complete = True

    def _begin(self, event: Event, data: dict[str, Any], filters: Filters) -> list[Event]:
        """The begin of a block; text that is in it already is the first of what the block's filter is fed."""
        block = data["content_block"]
        begun = [(kind, block[field]) for kind, field in _TEXTS.items() if type(block.get(field)) is str]
        for kind, _ in begun:
            block[_TEXTS[kind]] = ""
        if any(text for _, text in begun) or all_of(filters, block):
            event.raw = None
        deltas = [_delta(data.get("index", 0), {"type": kind, _TEXTS[kind]: text}) for kind, text in begun if text]
        return [event, *(one for delta in deltas for one in self._delta(delta, delta.data or {}, filters))]

    def _delta(self, event: Event, data: dict[str, Any], filters: Filters) -> list[Event]:
        index, delta = data.get("index", 0), data["delta"]
        kind = delta.get("type")
        if kind in _SEALED and delta.keys() == _SIGNED and is_base64(delta["signature"]):
            return [event]
        if kind == "input_json_delta":
            self._hold(index, delta.get("partial_json") or "")
            return []
        field = _TEXTS.get(kind)
        if field is None or type(delta.get(field)) is not str:
            if all_of(filters, delta):
                event.raw = None
            return [event]
        texts = self._texts.setdefault(index, {})
        if kind not in texts:
            texts[kind] = filters()
        new = texts[kind].feed(delta[field])
        if new == delta[field] and len(delta) == len(("type", field)):
            return [event]
        data["delta"], event.raw = {"type": kind, field: new}, None
        return [event] if new else []

    def _hold(self, index: int, part: str) -> None:
        self._held_chars += len(part)
        if self._held_chars > EVENT_BYTES_MAX:
            raise BrokenStream("the input of tools is larger than what is held of a stream")
        self._inputs.setdefault(index, []).append(part)

    def _open(self, filters: Filters) -> list[Event]:
        return [one for index in sorted({*self._texts, *self._inputs}) for one in self._rest(index, filters)]

    def _rest(self, index: int, filters: Filters) -> list[Event]:
        texts = self._texts.pop(index, {})
        deltas = [{"type": kind, _TEXTS[kind]: held} for kind, one in texts.items() if (held := one.finish())]
        if parts := self._inputs.pop(index, None):
            deltas.append({"type": "input_json_delta", "partial_json": arguments(filters, "".join(parts))})
        return [_delta(index, delta) for delta in deltas]


def _delta(index: int, delta: dict[str, Any]) -> Event:
    return Event({"type": "content_block_delta", "index": index, "delta": delta})


def _merged(before: Any, usage: Any, *, is_last: bool) -> dict[str, Any] | None:
    """Counts of `message_delta` are totals, so they stand in the place of the first ones; its output is the last word.

    What the beginning says about the output is no count of the answer.
    """
    if not isinstance(usage, dict):
        return before if isinstance(before, dict) else None
    told = {name: value for name, value in usage.items() if value is not None and (is_last or name != "output_tokens")}
    return {**(before or {}), **told}
