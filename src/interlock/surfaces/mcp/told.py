"""What a client is told, in the protocol's own types."""

from collections.abc import Mapping, Sequence
from typing import Any

import mcp_types as types
from pydantic import ValidationError

from interlock.terms.gateway.refusal import Refusal
from interlock.terms.gateway.tool_call import Called, CallState

TICKET_TOOL = "interlock_ticket"
HOW = f"Ask what became of it with the tool {TICKET_TOOL} and this ticket: "
NO_ERROR = frozenset({CallState.DONE, CallState.WAITS, CallState.AT_WORK, CallState.UNDONE})
UNREADABLE = "Its answer cannot be passed on."
# An answer may be a ticket instead, or have something taken out, so that no shape of it can be promised.
NOT_SHOWN = frozenset({"outputSchema", "execution", "_meta", "icons"})
TICKET = types.Tool(
    name=TICKET_TOOL,
    description=(
        "Ask what became of a tool call that waits for a person. Answers with the call's own result once it was done."
    ),
    input_schema={
        "type": "object",
        "properties": {"ticket": {"type": "string", "description": "the ticket that the call was answered with"}},
        "required": ["ticket"],
        "additionalProperties": False,
    },
    annotations=types.ToolAnnotations(title="What became of a call", open_world_hint=False),
)


def tools_told(schemas: Sequence[Mapping[str, Any]]) -> list[types.Tool]:
    """The tools as a client's model sees them, and the one that asks what became of a call."""
    shown = [{name: part for name, part in one.items() if name not in NOT_SHOWN} for one in schemas]
    return [*(types.Tool.model_validate(one) for one in shown if one["name"] != TICKET_TOOL), TICKET]


def call_told(called: Called) -> types.CallToolResult:
    """The answer to a call: the tool's own, or where the call stands."""
    answer = called.answer
    if called.state is CallState.DONE and answer is not None:
        own = {"content": list(answer.content), "isError": answer.is_error}
        return _valid(own if answer.structured is None else {**own, "structuredContent": answer.structured}, called)
    content = [*(() if answer is None else answer.content), _text(_words(called))]
    return _valid(
        {"content": content, "isError": called.state not in NO_ERROR, "structuredContent": _stands(called)}, called
    )


def refusal_told(words: str) -> types.CallToolResult:
    """A call that was not even decided on."""
    return types.CallToolResult(content=[types.TextContent(type="text", text=words)], is_error=True)


def refused(refusal: Refusal) -> types.CallToolResult:
    """The same with a refusal's words."""
    return refusal_told(refusal.words)


def _valid(told: Mapping[str, Any], called: Called) -> types.CallToolResult:
    stands = _stands(called)
    meta = {"_meta": {f"interlock/{name}": value for name, value in stands.items()}}
    try:
        return types.CallToolResult.model_validate({**told, **meta})
    except ValidationError:  # a tool answered what is no content
        words = [_text(f"{_words(called)} {UNREADABLE}")]
        return types.CallToolResult.model_validate({"content": words, "structuredContent": stands, **meta})


def _stands(called: Called) -> dict[str, str]:
    return {"state": called.state.value, **({} if called.ticket is None else {"ticket": called.ticket})}


def _words(called: Called) -> str:
    asks = called.ticket is not None and called.state in {CallState.WAITS, CallState.AT_WORK}
    return f"{called.words} {HOW}{called.ticket}" if asks else called.words


def _text(words: str) -> dict[str, str]:
    return {"type": "text", "text": words}
