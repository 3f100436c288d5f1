"""Streams as the wire formats document them, and filters for tests."""

import json
from typing import Any


def sse(*events: dict[str, Any], named: bool = False, done: bool = False) -> bytes:
    """A stream of these events."""
    out = b""
    for event in events:
        out += (
            (f"event: {event['type']}\n" if named else "").encode() + b"data: " + json.dumps(event).encode() + b"\n\n"
        )
    return out + (b"data: [DONE]\n\n" if done else b"")


def read(stream: bytes) -> list[dict[str, Any]]:
    """The data of a stream's events, without comments and the last mark."""
    data = [line[6:] for line in stream.split(b"\n") if line.startswith(b"data: ")]
    return [json.loads(one) for one in data if one != b"[DONE]"]


def chunk(delta: dict[str, Any], finish: str | None = None, index: int = 0, **more: Any) -> dict[str, Any]:
    """A chunk of a chat completion."""
    choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1760000000, "model": "s-1"}
    return {**head, "choices": [choice], **more}


USAGE = {"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 14}
CALL = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "look", "arguments": ""}}
CHAT = sse(
    chunk({"role": "assistant", "content": ""}),
    chunk({"content": "Dear NAM"}),
    chunk({"content": "E_1, you"}),
    chunk({"content": " owe NAME_"}),
    chunk({"content": "1 ä€."}),
    chunk({"tool_calls": [CALL]}),
    chunk({"tool_calls": [{"index": 0, "function": {"arguments": '{"who": "NA'}}]}),
    chunk({"tool_calls": [{"index": 0, "function": {"arguments": 'ME_1"}'}}]}),
    chunk({}, "tool_calls"),
    {**chunk({}), "choices": [], "usage": USAGE},
    done=True,
)
_BLOCKS: list[dict[str, Any]] = [
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "ping"},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Dear NAM"}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "E_1, you owe NAME_"}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "1 ä€."}},
    {"type": "content_block_stop", "index": 0},
    {
        "type": "content_block_start",
        "index": 1,
        "content_block": {"type": "tool_use", "id": "t", "name": "look", "input": {}},
    },
    {"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": '{"who": "NA'}},
    {"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": 'ME_1"}'}},
    {"type": "content_block_stop", "index": 1},
]
_START: dict[str, Any] = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "c-1",
    "content": [],
    "stop_reason": None,
}
MESSAGES = sse(
    {"type": "message_start", "message": {**_START, "usage": {"input_tokens": 9, "output_tokens": 1}}},
    *_BLOCKS,
    {
        "type": "message_delta",
        "delta": {"stop_reason": "tool_use", "stop_sequence": None},
        "usage": {"output_tokens": 5},
    },
    {"type": "message_stop"},
    named=True,
)


def _response(status: str, output: list[Any], usage: Any = None) -> dict[str, Any]:
    head = {"id": "resp_1", "object": "response", "created_at": 1760000000, "model": "s-1", "status": status}
    rest: dict[str, Any] = {
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "tools": [],
        "metadata": {},
    }
    return {**head, **rest, "output": output, "usage": usage}


_TEXT = "Dear NAME_1, you owe NAME_1 ä€."
_PART = {"type": "output_text", "text": _TEXT, "annotations": [], "logprobs": []}
_MESSAGE = {"type": "message", "id": "m", "status": "completed", "role": "assistant", "content": [_PART]}
_CALLED = {"type": "function_call", "id": "f", "call_id": "call_1", "name": "look", "arguments": '{"who": "NAME_1"}'}
_AT = {"item_id": "m", "output_index": 0, "content_index": 0}
_AT_CALL = {"item_id": "f", "output_index": 1}
_EVENTS: list[dict[str, Any]] = [
    {"type": "response.created", "response": _response("in_progress", [])},
    {"type": "response.output_item.added", "output_index": 0, "item": {**_MESSAGE, "content": []}},
    {"type": "response.content_part.added", **_AT, "part": {**_PART, "text": ""}},
    {"type": "response.output_text.delta", **_AT, "delta": "Dear NAM", "logprobs": []},
    {"type": "response.output_text.delta", **_AT, "delta": "E_1, you owe NAME_1 ä€.", "logprobs": []},
    {"type": "response.output_text.done", **_AT, "text": _TEXT, "logprobs": []},
    {"type": "response.content_part.done", **_AT, "part": _PART},
    {"type": "response.output_item.done", "output_index": 0, "item": _MESSAGE},
    {"type": "response.output_item.added", "output_index": 1, "item": {**_CALLED, "arguments": ""}},
    {"type": "response.function_call_arguments.delta", **_AT_CALL, "delta": '{"who": "NA'},
    {"type": "response.function_call_arguments.delta", **_AT_CALL, "delta": 'ME_1"}'},
    {"type": "response.function_call_arguments.done", **_AT_CALL, "arguments": '{"who": "NAME_1"}'},
    {"type": "response.output_item.done", "output_index": 1, "item": _CALLED},
    {
        "type": "response.completed",
        "response": _response(
            "completed", [_MESSAGE, _CALLED], {"input_tokens": 9, "output_tokens": 5, "total_tokens": 14}
        ),
    },
]
RESPONSES = sse(*({**event, "sequence_number": number} for number, event in enumerate(_EVENTS)), named=True)


class Renaming:
    """Puts a name in the place of NAME_1, wherever the stream was cut; holds back what may be the begin of it."""

    def __init__(self, name: str = 'Ann "A" \\ Lee') -> None:
        self.name, self._held = name, ""

    def feed(self, text: str, /) -> str:
        text = (self._held + text).replace("NAME_1", self.name)
        cut = next((size for size in range(5, 0, -1) if text.endswith("NAME_1"[:size])), 0)
        self._held = text[len(text) - cut :]
        return text[: len(text) - cut]

    def finish(self) -> str:
        held, self._held = self._held, ""
        return held
