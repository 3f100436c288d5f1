"""Answers as Anthropic's interface gives them: messages."""

import json
from collections.abc import Iterator
from typing import Any

from gateway_upstream.answer import Answer
from gateway_upstream.openai_wire import sse

ENDED = {"stop": "end_turn", "length": "max_tokens", "tool": "tool_use"}
ERRORS = {
    400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error",
    413: "request_too_large", 429: "rate_limit_error", 500: "api_error", 529: "overloaded_error",
}  # fmt: skip


def message(answer: Answer) -> dict[str, Any]:
    content: list[dict[str, Any]] = [{"type": "text", "text": answer.text}]
    if answer.tool:
        content = [{**_tool(answer), "input": json.loads(answer.arguments)}]
    usage = {} if answer.usage is None else {"usage": _usage(*answer.usage)}
    return {**_head(answer), "content": content, "stop_reason": ENDED[answer.ended], "stop_sequence": None, **usage}


def message_events(answer: Answer) -> Iterator[bytes]:
    for event in _events(answer):
        yield sse(event, event["type"])


def _events(answer: Answer) -> Iterator[dict[str, Any]]:
    usage = {} if answer.usage is None else {"usage": _usage(answer.usage[0], 1)}
    begun = {**_head(answer), "content": [], "stop_reason": None, "stop_sequence": None, **usage}
    yield {"type": "message_start", "message": begun}
    text = {"type": "text", "text": ""}
    block: dict[str, Any] = {**_tool(answer), "input": {}} if answer.tool else text
    yield {"type": "content_block_start", "index": 0, "content_block": block}
    yield {"type": "ping"}
    for delta in answer.deltas:
        yield {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": delta}}
    if answer.tool:
        half = len(answer.arguments) // 2
        for part in (answer.arguments[:half], answer.arguments[half:]):
            said = {"type": "input_json_delta", "partial_json": part}
            yield {"type": "content_block_delta", "index": 0, "delta": said}
    yield {"type": "content_block_stop", "index": 0}
    written = {} if answer.usage is None else {"usage": {"output_tokens": answer.usage[1]}}
    yield {"type": "message_delta", "delta": {"stop_reason": ENDED[answer.ended], "stop_sequence": None}, **written}
    yield {"type": "message_stop"}


def error(status: int) -> dict[str, Any]:
    kind = ERRORS.get(status, "api_error")
    return {"type": "error", "error": {"type": kind, "message": f"the upstream says {status}"}}


def _head(answer: Answer) -> dict[str, Any]:
    return {"id": "msg_upstream", "type": "message", "role": "assistant", "model": answer.model}


def _tool(answer: Answer) -> dict[str, Any]:
    return {"type": "tool_use", "id": "toolu_upstream", "name": answer.tool}


def _usage(read: Any, written: Any) -> dict[str, Any]:
    return {
        "input_tokens": read, "output_tokens": written,
        "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
    }  # fmt: skip
