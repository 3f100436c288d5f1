"""What an event of each wire format must look like to be read; all else in it passes as it came."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from interlock.terms.gateway.wire import Wire

Index = Annotated[int, Meta(ge=0, le=100_000)]


class _Arguments(Struct):
    name: str | None = None
    arguments: str | None = None


class _Call(Struct):
    index: Index | None = None
    function: _Arguments | None = None


class _ChatDelta(Struct):
    tool_calls: list[_Call] | None = None
    function_call: _Arguments | None = None


class _ChatChoice(Struct):
    index: Index = 0
    delta: _ChatDelta | None = None
    finish_reason: str | None = None


class _ChatChunk(Struct):
    choices: list[_ChatChoice] | None = None
    usage: dict[str, Any] | None = None


class _Delta(Struct):
    type: str | None = None
    text: str | None = None
    partial_json: str | None = None
    thinking: str | None = None
    stop_reason: str | None = None


class _MessagesEvent(Struct):
    type: str
    index: Index = 0
    message: dict[str, Any] | None = None
    content_block: dict[str, Any] | None = None
    delta: _Delta | None = None
    usage: dict[str, Any] | None = None


class _ResponsesEvent(Struct):
    type: str
    output_index: Index | None = None
    content_index: Index | None = None
    summary_index: Index | None = None
    item_id: str | None = None
    delta: str | None = None
    response: dict[str, Any] | None = None
    item: dict[str, Any] | None = None
    sequence_number: int | None = None


EVENTS: dict[Wire, type[Struct]] = {
    Wire.CHAT: _ChatChunk,
    Wire.MESSAGES: _MessagesEvent,
    Wire.RESPONSES: _ResponsesEvent,
}
