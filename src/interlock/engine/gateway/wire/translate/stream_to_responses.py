"""A stream of a chat completion, as one of Responses."""

from collections.abc import Mapping
from typing import Any

from interlock.engine.gateway.wire.streams.events import DONE, Event
from interlock.engine.gateway.wire.translate.taking import kept
from interlock.engine.gateway.wire.translate.words import (
    call_item,
    response_object,
    status_of,
    text_item,
    text_part,
    usage_for_responses,
)
from interlock.terms.gateway.wire import Wire


class ChatAsResponses:
    """Items grow beside each other and are done when the choice is finished. `request` is the client's own."""

    wire = Wire.RESPONSES

    def __init__(self, request: Mapping[str, Any], *, created: int) -> None:
        self.sequence = 0
        self._request = request
        self._created = created
        self._head: dict[str, Any] = {}
        self._items: list[_Text | _Call] = []
        self._calls: dict[int, _Call] = {}
        self._texts: dict[str, _Text] = {}
        self._finish: str | None = None
        self._usage: Any = None

    def take(self, event: Event) -> list[Event]:
        """What this event of the chat stream is in the other format."""
        data = event.data
        if data is None and event.name != DONE:
            return [Event(None)]
        out: list[dict[str, Any]] = []
        if not self._head:
            self._start(out, data or {})
        if data is None:
            self._end(out)
        else:
            self._usage = data.get("usage") or self._usage
            for choice in data.get("choices") or ():
                if choice.get("index", 0) == 0:
                    self._delta(out, choice.get("delta") or {})
                    self._finish = choice.get("finish_reason") or self._finish
        return [self._numbered(one) for one in out]

    def _numbered(self, data: dict[str, Any]) -> Event:
        self.sequence += 1
        return Event({**data, "sequence_number": self.sequence - 1})

    def _start(self, out: list[dict[str, Any]], data: dict[str, Any]) -> None:
        head = {"id": data.get("id") or "", "created_at": self._created, "model": data.get("model") or ""}
        self._head = head
        response = response_object(self._request, head)
        out += [{"type": kind, "response": response} for kind in ("response.created", "response.in_progress")]

    def _delta(self, out: list[dict[str, Any]], delta: dict[str, Any]) -> None:
        for name in ("content", "refusal"):
            if type(delta.get(name)) is str and delta[name]:
                if name not in self._texts:
                    self._texts[name] = _Text(self._head["id"], name, len(self._items))
                    self._items.append(self._texts[name])
                    out += self._texts[name].begin()
                out.append(self._texts[name].grow(delta[name]))
        for call in delta.get("tool_calls") or ():
            self._call(out, call.get("index") or 0, call, call.get("function") or {})

    def _call(self, out: list[dict[str, Any]], number: int, call: dict[str, Any], function: dict[str, Any]) -> None:
        if number not in self._calls:
            item = _Call(call.get("id") or "", function.get("name") or "", len(self._items))
            self._calls[number] = item
            self._items.append(item)
            out.append(item.begin())
        if function.get("arguments"):
            out.append(self._calls[number].grow(function["arguments"]))

    def _end(self, out: list[dict[str, Any]]) -> None:
        for item in self._items:
            out += item.end()
        status = status_of(self._finish)
        output = [item.item("completed") for item in self._items]
        usage = kept(usage=usage_for_responses(self._usage))
        response = response_object(self._request, self._head, output=output, **usage, **status)
        out.append({"type": f"response.{status['status']}", "response": response})


class _Text:
    """A message with one text or refusal in it."""

    def __init__(self, answer_id: str, name: str, index: int) -> None:
        self._answer_id = answer_id if name == "content" else f"{answer_id}_refusal"
        self._is_refusal = name == "refusal"
        self._index = index
        self._said = ""
        self._at = {"item_id": f"msg_{self._answer_id}", "output_index": index, "content_index": 0}
        self._kind = "response.refusal" if self._is_refusal else "response.output_text"
        self._more: dict[str, Any] = {} if self._is_refusal else {"logprobs": []}

    def item(self, status: str) -> dict[str, Any]:
        text, refusal = ("", self._said) if self._is_refusal else (self._said, "")
        return text_item(self._answer_id, text, refusal, status)

    def _part(self) -> dict[str, Any]:
        return {"type": "refusal", "refusal": self._said} if self._is_refusal else text_part(self._said)

    def begin(self) -> list[dict[str, Any]]:
        added = {"type": "response.output_item.added", "output_index": self._index, "item": self.item("in_progress")}
        return [added, {"type": "response.content_part.added", **self._at, "part": self._part()}]

    def grow(self, text: str) -> dict[str, Any]:
        self._said += text
        return {"type": f"{self._kind}.delta", **self._at, "delta": text, **self._more}

    def end(self) -> list[dict[str, Any]]:
        told = "refusal" if self._is_refusal else "text"
        return [
            {"type": f"{self._kind}.done", **self._at, told: self._said, **self._more},
            {"type": "response.content_part.done", **self._at, "part": self._part()},
            {"type": "response.output_item.done", "output_index": self._index, "item": self.item("completed")},
        ]


class _Call:
    """The call of a tool."""

    def __init__(self, call_id: str, name: str, index: int) -> None:
        self._call_id, self._name, self._index = call_id, name, index
        self._arguments = ""
        self._at = {"item_id": f"fc_{call_id}", "output_index": index}

    def item(self, status: str) -> dict[str, Any]:
        return call_item(self._call_id, self._name, self._arguments, status)

    def begin(self) -> dict[str, Any]:
        return {"type": "response.output_item.added", "output_index": self._index, "item": self.item("in_progress")}

    def grow(self, part: str) -> dict[str, Any]:
        self._arguments += part
        return {"type": "response.function_call_arguments.delta", **self._at, "delta": part}

    def end(self) -> list[dict[str, Any]]:
        done = {"type": "response.function_call_arguments.done", **self._at}
        return [
            {**done, "name": self._name, "arguments": self._arguments},
            {"type": "response.output_item.done", "output_index": self._index, "item": self.item("completed")},
        ]
