"""A stream of a chat completion, as one of messages."""

from typing import Any

from interlock.engine.gateway.wire.streams.events import DONE, Event
from interlock.engine.gateway.wire.translate.words import stop_reason_of, usage_for_messages
from interlock.terms.gateway.wire import Wire


class ChatAsMessages:
    """Text is one block until a tool is called; each call is a block; all are stopped when the choice is finished."""

    wire = Wire.MESSAGES
    sequence = 0

    def __init__(self) -> None:
        self._started = False
        self._blocks = 0
        self._text: int | None = None
        self._calls: dict[int, int] = {}
        self._finish: str | None = None
        self._usage: Any = None

    def take(self, event: Event) -> list[Event]:
        """What this event of the chat stream is in the other format."""
        data = event.data
        if data is None:
            return self._end() if event.name == DONE else [Event(None)]
        self._usage = data.get("usage") or self._usage
        out = [] if self._started else [self._start(data)]
        for choice in data.get("choices") or ():
            if choice.get("index", 0) == 0:
                self._delta(out, choice.get("delta") or {})
                self._finish = choice.get("finish_reason") or self._finish
        return out

    def _start(self, data: dict[str, Any]) -> Event:
        self._started = True
        head = {"id": data.get("id") or "", "type": "message", "role": "assistant", "model": data.get("model") or ""}
        usage = {"input_tokens": 0, "output_tokens": 0}  # told with the last event, when it is known
        rest: dict[str, Any] = {"content": [], "stop_reason": None, "stop_sequence": None, "usage": usage}
        return Event({"type": "message_start", "message": {**head, **rest}})

    def _delta(self, out: list[Event], delta: dict[str, Any]) -> None:
        for text in (delta.get("content"), delta.get("refusal")):
            if type(text) is str and text:
                if self._text is None:
                    self._text = self._begin(out, {"type": "text", "text": ""})
                out.append(_grow(self._text, {"type": "text_delta", "text": text}))
        for call in delta.get("tool_calls") or ():
            self._call(out, call)

    def _call(self, out: list[Event], call: dict[str, Any]) -> None:
        number, function = call.get("index") or 0, call.get("function") or {}
        if number not in self._calls:
            self._stop_text(out)
            named = {"id": call.get("id") or "", "name": function.get("name") or ""}
            self._calls[number] = self._begin(out, {"type": "tool_use", **named, "input": {}})
        if function.get("arguments"):
            part = {"type": "input_json_delta", "partial_json": function["arguments"]}
            out.append(_grow(self._calls[number], part))

    def _begin(self, out: list[Event], block: dict[str, Any]) -> int:
        index, self._blocks = self._blocks, self._blocks + 1
        out.append(Event({"type": "content_block_start", "index": index, "content_block": block}))
        return index

    def _stop_text(self, out: list[Event]) -> None:
        if self._text is not None:
            out.append(_stop(self._text))
            self._text = None

    def _end(self) -> list[Event]:
        out: list[Event] = [] if self._started else [self._start({})]
        out += [_stop(index) for index in self._calls.values()]
        self._stop_text(out)
        delta = {"stop_reason": stop_reason_of(self._finish), "stop_sequence": None}
        out.append(Event({"type": "message_delta", "delta": delta, "usage": usage_for_messages(self._usage)}))
        return [*out, Event({"type": "message_stop"})]


def _grow(index: int, delta: dict[str, Any]) -> Event:
    return Event({"type": "content_block_delta", "index": index, "delta": delta})


def _stop(index: int) -> Event:
    return Event({"type": "content_block_stop", "index": index})
