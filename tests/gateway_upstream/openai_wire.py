"""Answers as OpenAI's interface gives them: chat completions, responses, embeddings, models."""

import base64
import json
import struct
from collections.abc import Iterator
from typing import Any

from gateway_upstream.answer import CREATED, Answer

ENDED = {"stop": "stop", "length": "length", "tool": "tool_calls"}


def sse(data: Any, event: str | None = None) -> bytes:
    """One server-sent event."""
    head = f"event: {event}\n" if event else ""
    words = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return f"{head}data: {words}\n\n".encode()


def chat(answer: Answer) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": None if answer.tool else answer.text, "refusal": None}
    if answer.tool:
        message["tool_calls"] = [_call(answer)]
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": ENDED[answer.ended]}
    return {**_chat_head(answer, "chat.completion"), "choices": [choice], **_chat_usage(answer)}


def chat_events(answer: Answer, *, with_usage: bool) -> Iterator[bytes]:
    """Chunks with one delta each; the last one before [DONE] holds the usage where it was asked for."""
    head = _chat_head(answer, "chat.completion.chunk")
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": "", "refusal": None}]
    deltas += [{"content": delta} for delta in answer.deltas]
    if answer.tool:
        deltas.append({"tool_calls": [{"index": 0, **_call(answer, arguments="")}]})
        half = len(answer.arguments) // 2
        for part in (answer.arguments[:half], answer.arguments[half:]):
            deltas.append({"tool_calls": [{"index": 0, "function": {"arguments": part}}]})
    for delta in deltas:
        yield sse({**head, "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}]})
    yield sse({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": ENDED[answer.ended]}]})
    if with_usage and answer.usage is not None:
        yield sse({**head, "choices": [], **_chat_usage(answer)})
    yield sse("[DONE]")


def _chat_head(answer: Answer, kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-upstream", "object": kind, "created": CREATED, "model": answer.model}


def _call(answer: Answer, arguments: str | None = None) -> dict[str, Any]:
    said = answer.arguments if arguments is None else arguments
    return {"id": "call_upstream", "type": "function", "function": {"name": answer.tool, "arguments": said}}


def _chat_usage(answer: Answer) -> dict[str, Any]:
    if answer.usage is None:
        return {}
    read, written = answer.usage
    return {"usage": {"prompt_tokens": read, "completion_tokens": written, "total_tokens": _sum(read, written)}}


def response(answer: Answer, *, status: str | None = None) -> dict[str, Any]:
    done = status or ("incomplete" if answer.ended == "length" else "completed")
    reason = {"reason": "max_output_tokens"} if done == "incomplete" else None
    return {
        "id": "resp_upstream", "object": "response", "created_at": CREATED, "status": done, "model": answer.model,
        "error": None, "incomplete_details": reason, "instructions": None, "metadata": {}, "parallel_tool_calls": True,
        "tool_choice": "auto", "tools": [], "temperature": 1.0, "top_p": 1.0,
        "output": [] if done == "in_progress" else [_item(answer)],
        "usage": None if done == "in_progress" else _response_usage(answer),
    }  # fmt: skip


def response_events(answer: Answer) -> Iterator[bytes]:
    for number, event in enumerate(_response_events(answer)):
        yield sse({**event, "sequence_number": number}, event["type"])


def _response_events(answer: Answer) -> Iterator[dict[str, Any]]:
    at = {"item_id": _item(answer)["id"], "output_index": 0}
    started = response(answer, status="in_progress")
    yield {"type": "response.created", "response": started}
    yield {"type": "response.in_progress", "response": started}
    yield {"type": "response.output_item.added", "output_index": 0, "item": _item(answer, begun=True)}
    if answer.tool:
        yield {"type": "response.function_call_arguments.delta", **at, "delta": answer.arguments}
        done = {"name": answer.tool, "arguments": answer.arguments}
        yield {"type": "response.function_call_arguments.done", **at, **done}
    else:
        yield from _text_events(answer, {**at, "content_index": 0})
    yield {"type": "response.output_item.done", "output_index": 0, "item": _item(answer)}
    last = response(answer)
    yield {"type": f"response.{last['status']}", "response": last}


def _text_events(answer: Answer, at: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {"type": "response.content_part.added", **at, "part": _part("")}
    for delta in answer.deltas:
        yield {"type": "response.output_text.delta", **at, "delta": delta, "logprobs": []}
    yield {"type": "response.output_text.done", **at, "text": answer.text, "logprobs": []}
    yield {"type": "response.content_part.done", **at, "part": _part(answer.text)}


def _item(answer: Answer, *, begun: bool = False) -> dict[str, Any]:
    status = "in_progress" if begun else "completed"
    if answer.tool:
        said = "" if begun else answer.arguments
        return {"id": "fc_upstream", "type": "function_call", "status": status, "call_id": "call_upstream",
                "name": answer.tool, "arguments": said}  # fmt: skip
    content = [] if begun else [_part(answer.text)]
    return {"id": "msg_upstream", "type": "message", "status": status, "role": "assistant", "content": content}


def _part(text: str) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _response_usage(answer: Answer) -> dict[str, Any] | None:
    if answer.usage is None:
        return None
    read, written = answer.usage
    return {
        "input_tokens": read, "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": written, "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": _sum(read, written),
    }  # fmt: skip


def embeddings(body: dict[str, Any], answer: Answer) -> dict[str, Any]:
    """Vectors of three numbers, as numbers or, where it is asked for, as base64 of 32-bit floats."""
    given = body.get("input")
    n = len(given) if isinstance(given, list) and not all(isinstance(each, int) for each in given) else 1
    vectors: list[list[float]] = [[0.5, -0.25, float(number)] for number in range(n)]
    packed = body.get("encoding_format") == "base64"
    data = [
        {"object": "embedding", "index": number, "embedding": _packed(vector) if packed else vector}
        for number, vector in enumerate(vectors)
    ]
    whole = {"object": "list", "data": data, "model": answer.model}
    if answer.usage is None:
        return whole
    return {**whole, "usage": {"prompt_tokens": answer.usage[0], "total_tokens": answer.usage[0]}}


def _packed(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


def models() -> dict[str, Any]:
    said = {"object": "model", "created": CREATED, "owned_by": "upstream"}
    return {"object": "list", "data": [{"id": name, **said} for name in ("small", "large")]}


def error(status: int) -> dict[str, Any]:
    kinds = {429: ("rate_limit_error", "rate_limit_exceeded"), 401: ("authentication_error", "invalid_api_key")}
    kind, code = kinds.get(status, ("server_error" if status >= 500 else "invalid_request_error", None))
    return {"error": {"message": f"the upstream says {status}", "type": kind, "param": None, "code": code}}


def _sum(read: Any, written: Any) -> Any:
    whole = isinstance(read, int) and isinstance(written, int)
    return read + written if whole else None
