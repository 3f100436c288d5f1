"""A stream of messages, as one of a chat completion."""

from typing import Any

from interlock.engine.gateway.wire.decoding import encode
from interlock.engine.gateway.wire.streams.events import DONE, Event
from interlock.engine.gateway.wire.translate.words import finish_reason_of, usage_for_chat
from interlock.terms.gateway.wire import Wire


class MessagesAsChat:
    """Reasoning is left out: it is sealed for its own vendor. `created` is in seconds since 1970."""

    wire = Wire.CHAT
    sequence = 0

    def __init__(self, *, created: int, shows_usage: bool) -> None:
        self._created = created
        self._shows_usage = shows_usage
        self._head: dict[str, Any] = {}
        self._calls: dict[int, tuple[int, bool]] = {}
        self._usage: dict[str, Any] = {}

    def take(self, event: Event) -> list[Event]:
        """What this event of the messages stream is in the other format."""
        data = event.data
        kind = "" if data is None else data["type"]
        if data is None or kind == "ping":
            return [Event(None)]
        if kind == "message_start":
            return [self._start(data.get("message") or {})]
        if kind == "content_block_start":
            return self._begin(data.get("index", 0), data.get("content_block") or {})
        if kind == "content_block_delta":
            return self._grow(data.get("index", 0), data.get("delta") or {})
        if kind == "content_block_stop":
            return self._stop(data.get("index", 0))
        if kind == "message_delta":
            self._count(data.get("usage"))
            return [self._chunk({}, finish_reason_of((data.get("delta") or {}).get("stop_reason")))]
        return self._end() if kind == "message_stop" else []

    def _start(self, message: dict[str, Any]) -> Event:
        head = {"id": message.get("id") or "", "object": "chat.completion.chunk", "created": self._created}
        self._head = {**head, "model": message.get("model") or ""}
        self._count(message.get("usage"))
        return self._chunk({"role": "assistant", "content": "", "refusal": None})

    def _count(self, usage: Any) -> None:
        if isinstance(usage, dict):
            self._usage |= {name: value for name, value in usage.items() if value is not None}

    def _begin(self, index: int, block: dict[str, Any]) -> list[Event]:
        if block.get("type") == "text" and block.get("text"):
            return [self._chunk({"content": block["text"]})]
        if block.get("type") != "tool_use":
            return []
        number = len(self._calls)
        begun = encode(block["input"]).decode() if block.get("input") else ""
        self._calls[index] = (number, bool(begun))
        function = {"name": block.get("name") or "", "arguments": begun}
        call = {"index": number, "id": block.get("id") or "", "type": "function", "function": function}
        return [self._chunk({"tool_calls": [call]})]

    def _grow(self, index: int, delta: dict[str, Any]) -> list[Event]:
        if delta.get("type") == "text_delta" and delta.get("text"):
            return [self._chunk({"content": delta["text"]})]
        if delta.get("type") == "input_json_delta" and delta.get("partial_json") and index in self._calls:
            return [self._arguments(index, delta["partial_json"])]
        return []

    def _stop(self, index: int) -> list[Event]:
        """A tool without arguments is called with none there, and with an empty object here."""
        begun = self._calls.get(index, (0, True))[1]
        return [] if begun else [self._arguments(index, "{}")]

    def _arguments(self, index: int, part: str) -> Event:
        number = self._calls[index][0]
        self._calls[index] = (number, True)
        return self._chunk({"tool_calls": [{"index": number, "function": {"arguments": part}}]})

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None = None) -> Event:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return Event({**self._head, "choices": [choice]})

    def _end(self) -> list[Event]:
        usage = usage_for_chat(self._usage) if self._shows_usage else None
        told = [] if usage is None else [Event({**self._head, "choices": [], "usage": usage})]
        return [*told, Event(None, name=DONE)]
