"""Streams of chat completions: one delta an event, choices by index."""

from typing import Any

from interlock.engine.gateway.wire.streams.events import DONE, Event, Told
from interlock.engine.gateway.wire.streams.filtering import Filters, TextFilter, all_of, arguments, whole
from interlock.engine.gateway.wire.streams.sse import EVENT_BYTES_MAX, BrokenStream

_CALL = ("index", "id", "type", "function")
_FUNCTION = frozenset(("name", "arguments"))
_FUNCTION_CALL = -1  # the one call of the older form, beside those that have an index
_ENVELOPE = ("id", "object", "created", "model", "system_fingerprint", "service_tier")
_SPARED = frozenset((*_ENVELOPE, "choices", "usage", "obfuscation"))
_SPARED_OF_CHOICE = frozenset(("index", "delta", "finish_reason", "logprobs"))


class ChatStream:
    """Reads events of a chat stream and looks through their text. `hides_usage`: the client did not ask for it.

    Text that is held back comes in an event of its own before the one that finishes its choice, or that begins a tool
    call. Arguments of calls are held until then, so that they can be read as JSON. What else a delta may hold (audio,
    details of reasoning, log-probabilities) cannot be looked through in pieces and is taken out where texts are.
    """

    sequence = 0  # events of this format have no numbers

    def __init__(self, told: Told, filters: Filters | None, *, hides_usage: bool) -> None:
        self.told = told
        self._filters = filters
        self._hides_usage = hides_usage
        self._envelope: dict[str, Any] = {}
        self._texts: dict[int, dict[str, TextFilter]] = {}
        self._calls: dict[int, dict[int, list[str]]] = {}
        self._held_chars = 0

    def end(self) -> list[Event]:
        """What was held back of choices that were never finished."""
        if self._filters is None:
            return []
        open_ones = sorted({*self._texts, *self._calls})
        return [self._chunk(index, rest) for index in open_ones if (rest := self._rest(index, self._filters))]

    def take(self, event: Event) -> list[Event]:
        """What this event becomes."""
        data = event.data
        if data is None:
            return self._mark(event)
        if data.get("error"):
            self.told.failed(data["error"])
            return []
        self.told.identify(data)
        if data.get("usage"):
            self.told.usage = data["usage"]
        choices = data.get("choices") or []
        if not choices and self._hides_usage and data.get("usage"):
            return []
        for choice in choices:
            self._note(choice)
        return [event] if self._filters is None else self._looked_through(event, choices, self._filters)

    def _mark(self, event: Event) -> list[Event]:
        if event.name != DONE:
            return [event]
        self.told.complete = True
        return [*self.end(), event]

    def _note(self, choice: dict[str, Any]) -> None:
        if choice.get("finish_reason"):
            self.told.finish_reasons = (*self.told.finish_reasons, choice["finish_reason"])
        delta = choice.get("delta") or {}
        for name, value in delta.items():
            if type(value) is str and name != "role":
                self.told.said_chars += len(value)
        for call in delta.get("tool_calls") or ():
            self.told.said_chars += len((call.get("function") or {}).get("arguments") or "")

    def _looked_through(self, event: Event, choices: list[dict[str, Any]], filters: Filters) -> list[Event]:
        data = event.data or {}
        self._envelope = {name: data[name] for name in _ENVELOPE if name in data}
        before: list[Event] = []
        has_more = not data.keys() <= _SPARED
        tells = has_more or not choices or bool(data.get("usage"))
        changed = has_more and all_of(filters, data, spare=_SPARED)
        for choice in choices:
            index, finish = choice.get("index", 0), choice.get("finish_reason")
            delta = choice.get("delta") or {}
            if delta.get("tool_calls") and (text := self._rest_of_texts(index)):
                before.append(self._chunk(index, text))
            changed |= self._delta(index, delta, filters)
            changed |= not choice.keys() <= _SPARED_OF_CHOICE and all_of(filters, choice, spare=_SPARED_OF_CHOICE)
            if choice.get("logprobs") is not None:
                choice["logprobs"], changed = None, True
            if finish and (rest := self._rest(index, filters)):
                before.append(self._chunk(index, rest))
            tells |= bool(finish) or any(delta.values())
        if changed:
            event.raw = None
        return [*before, event] if tells or not changed else before

    def _delta(self, index: int, delta: dict[str, Any], filters: Filters) -> bool:
        changed = False
        for name, value in list(delta.items()):
            if type(value) is str and name != "role" and value:
                texts = self._texts.setdefault(index, {})
                if name not in texts:
                    texts[name] = filters()
                delta[name] = texts[name].feed(value)
                changed |= delta[name] != value
            elif name == "tool_calls" and value:
                kept = [call for call in value if self._call(index, call.get("index") or 0, call, filters)]
                delta[name], changed = [{part: call[part] for part in _CALL if part in call} for call in kept], True
            elif name == "function_call" and value:
                self._call(index, _FUNCTION_CALL, {"function": value}, filters)
                changed = True
            elif type(value) in (dict, list) and value:
                del delta[name]
                changed = True
        return changed

    def _call(self, index: int, number: int, call: dict[str, Any], filters: Filters) -> bool:
        """Hold back the arguments of a call; whether something of it is left to tell."""
        function = call.get("function") or {}
        for part in function.keys() - _FUNCTION:
            del function[part]
        if function.get("arguments"):
            self._held_chars += len(function["arguments"])
            if self._held_chars > EVENT_BYTES_MAX:
                raise BrokenStream("the arguments of tool calls are larger than what is held of a stream")
            self._calls.setdefault(index, {}).setdefault(number, []).append(function["arguments"])
            function["arguments"] = ""
        if function.get("name"):
            function["name"] = whole(filters, function["name"])
        return bool(call.get("id") or function.get("name"))

    def _rest_of_texts(self, index: int) -> dict[str, Any]:
        texts = self._texts.pop(index, {})
        return {name: held for name, one in texts.items() if (held := one.finish())}

    def _rest(self, index: int, filters: Filters) -> dict[str, Any]:
        rest = self._rest_of_texts(index)
        calls = self._calls.pop(index, {})
        if _FUNCTION_CALL in calls:
            rest["function_call"] = {"arguments": arguments(filters, "".join(calls.pop(_FUNCTION_CALL)))}
        if calls:
            rest["tool_calls"] = [
                {"index": number, "function": {"arguments": arguments(filters, "".join(parts))}}
                for number, parts in calls.items()
            ]
        return rest

    def _chunk(self, index: int, delta: dict[str, Any]) -> Event:
        choice = {"index": index, "delta": delta, "finish_reason": None}
        return Event({**self._envelope, "choices": [choice]})
