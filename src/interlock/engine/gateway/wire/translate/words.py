"""Words and figures that both formats have under other names."""

from collections.abc import Mapping
from typing import Any

from interlock.engine.gateway.wire.usage import counted
from interlock.terms.gateway.usage import Usage
from interlock.terms.gateway.wire import Wire

_STOPS = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use", "function_call": "tool_use"}
_STOPS |= {"content_filter": "refusal"}
_FINISHES = {"max_tokens": "length", "model_context_window_exceeded": "length", "tool_use": "tool_calls"}
_FINISHES |= {"refusal": "content_filter"}
_INCOMPLETE = {"length": "max_output_tokens", "content_filter": "content_filter"}
# What a Responses answer repeats of its request, and what it says where the request said nothing.
_ECHOED: Mapping[str, Any] = {
    "instructions": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "temperature": None,
    "top_p": None,
    "tool_choice": "auto",
    "max_output_tokens": None,
    "reasoning": None,
    "text": {"format": {"type": "text"}},
    "truncation": "disabled",
}


def stop_reason_of(finish_reason: str | None) -> str:
    """Why messages say that they stop, where chat says `finish_reason`."""
    return _STOPS.get(finish_reason or "stop", "end_turn")


def finish_reason_of(stop_reason: str | None) -> str:
    """Why chat says that it finishes, where messages say `stop_reason`."""
    return _FINISHES.get(stop_reason or "", "stop")


def usage_for_messages(chat: Any) -> dict[str, int]:
    """Usage of a chat completion as messages tell it; nought where it cannot be believed, for there must be some."""
    usage = counted(Wire.CHAT, chat, 0).usage
    if usage is None:
        return {"input_tokens": 0, "output_tokens": 0}
    return {
        "input_tokens": usage.input_tokens - usage.cached_input_tokens - usage.cache_written_input_tokens,
        "cache_creation_input_tokens": usage.cache_written_input_tokens,
        "cache_read_input_tokens": usage.cached_input_tokens,
        "output_tokens": usage.output_tokens,
    }


def usage_for_chat(messages: Any) -> dict[str, Any] | None:
    """Usage of messages as a chat completion tells it; None where it cannot be believed."""
    usage = counted(Wire.MESSAGES, messages, 0).usage
    if usage is None:
        return None
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "prompt_tokens_details": _cached(usage),
    }


def usage_for_responses(chat: Any) -> dict[str, Any] | None:
    """Usage of a chat completion as Responses tell it; None where it cannot be believed."""
    usage = counted(Wire.CHAT, chat, 0).usage
    if usage is None:
        return None
    details = chat.get("completion_tokens_details")
    reasoning = details.get("reasoning_tokens") if isinstance(details, dict) else None
    return {
        "input_tokens": usage.input_tokens,
        "input_tokens_details": _cached(usage),
        "output_tokens": usage.output_tokens,
        "output_tokens_details": {"reasoning_tokens": reasoning if type(reasoning) is int else 0},
        "total_tokens": usage.input_tokens + usage.output_tokens,
    }


def _cached(usage: Usage) -> dict[str, int]:
    return {"cached_tokens": usage.cached_input_tokens, "cache_write_tokens": usage.cache_written_input_tokens}


def response_object(request: Mapping[str, Any], head: Mapping[str, Any], **rest: Any) -> dict[str, Any]:
    """A Responses answer: `head` has its id, model and created_at, `rest` what it came to."""
    echoed = {name: default if request.get(name) is None else request[name] for name, default in _ECHOED.items()}
    tools = [{"strict": None, "parameters": None, **tool} for tool in request.get("tools") or ()]
    told = {"status": "in_progress", "error": None, "incomplete_details": None, "output": [], **rest}
    return {**head, "object": "response", **told, **echoed, "tools": tools, "store": False}


def status_of(finish_reason: str | None) -> dict[str, Any]:
    """Status of a Responses answer, and what it is incomplete for."""
    why = _INCOMPLETE.get(finish_reason or "")
    return {"status": "incomplete", "incomplete_details": {"reason": why}} if why else {"status": "completed"}


def text_item(answer_id: str, text: str, refusal: str, status: str = "completed") -> dict[str, Any]:
    """The message among the output of a Responses answer."""
    content = [text_part(text)] if text else []
    content += [{"type": "refusal", "refusal": refusal}] if refusal else []
    return {"type": "message", "id": f"msg_{answer_id}", "status": status, "role": "assistant", "content": content}


def text_part(text: str) -> dict[str, Any]:
    """A text in that message."""
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def call_item(call_id: str, name: str, arguments: str, status: str = "completed") -> dict[str, Any]:
    """The call of a tool among the output of a Responses answer."""
    called = {"call_id": call_id, "name": name, "arguments": arguments, "status": status}
    return {"type": "function_call", "id": f"fc_{call_id}", **called}
