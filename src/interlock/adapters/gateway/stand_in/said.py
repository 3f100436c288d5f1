"""What the stand-in says, as each wire format puts it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

BEGINS = "[stand-in, no model] You wrote: "
PIECE = 5  # characters an event: short enough to cut what a gateway has to put together again
TOKEN = 4  # characters, roughly what vendors count
OUTPUT_TOKENS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Said:
    """An answer of the stand-in; tokens as it counts them."""

    model: str
    text: str
    input_tokens: int
    output_tokens: int
    cut: bool

    @property
    def pieces(self) -> Iterator[str]:
        """The text in the pieces of a stream."""
        return (self.text[at : at + PIECE] for at in range(0, len(self.text), PIECE))


def said_to(body: Mapping[str, Any]) -> Said:
    """The rule: what was written last is said back, as far as the request lets it. Raises ValueError, KeyError."""
    texts = [_text(message["content"]) for message in body["messages"]]
    asked = body.get("max_completion_tokens") or body.get("max_tokens") or OUTPUT_TOKENS_MAX
    whole = BEGINS + texts[-1]
    text = whole[: min(int(asked), OUTPUT_TOKENS_MAX) * TOKEN]
    return Said(str(body["model"]), text, _tokens("".join(texts)), _tokens(text), cut=len(text) < len(whole))


def chat(said: Said) -> dict[str, Any]:
    """A chat completion."""
    message = {"role": "assistant", "content": said.text}
    choice = {"index": 0, "message": message, "finish_reason": _chat_end(said)}
    return {**_chat_head(said, "chat.completion"), "choices": [choice], "usage": _chat_usage(said)}


def chat_events(said: Said, *, usage: bool) -> Iterator[bytes]:
    """The same as a stream, with the usage at its end where it was asked for."""
    head = _chat_head(said, "chat.completion.chunk")
    for piece in ("", *said.pieces):
        delta = {"content": piece} if piece else {"role": "assistant", "content": ""}
        yield _event({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    yield _event({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": _chat_end(said)}]})
    if usage:
        yield _event({**head, "choices": [], "usage": _chat_usage(said)})
    yield b"data: [DONE]\n\n"


def message(said: Said) -> dict[str, Any]:
    """A message."""
    content = [{"type": "text", "text": said.text}]
    ended = {"stop_reason": _message_end(said), "stop_sequence": None}
    return {**_message_head(said), "content": content, **ended, "usage": _message_usage(said, said.output_tokens)}


def message_events(said: Said) -> Iterator[bytes]:
    """The same as a stream."""
    begun = {**_message_head(said), "content": [], "stop_reason": None, "stop_sequence": None}
    yield _typed({"type": "message_start", "message": {**begun, "usage": _message_usage(said, 1)}})
    yield _typed({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}})
    for piece in said.pieces:
        yield _typed({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}})
    yield _typed({"type": "content_block_stop", "index": 0})
    ended = {"stop_reason": _message_end(said), "stop_sequence": None}
    yield _typed({"type": "message_delta", "delta": ended, "usage": {"output_tokens": said.output_tokens}})
    yield _typed({"type": "message_stop"})


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content or ())


def _tokens(text: str) -> int:
    return -(-len(text) // TOKEN)


def _chat_head(said: Said, kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-stand-in", "object": kind, "created": 0, "model": said.model}


def _chat_usage(said: Said) -> dict[str, int]:
    read, written = said.input_tokens, said.output_tokens
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


def _chat_end(said: Said) -> str:
    return "length" if said.cut else "stop"


def _message_head(said: Said) -> dict[str, Any]:
    return {"id": "msg_stand_in", "type": "message", "role": "assistant", "model": said.model}


def _message_usage(said: Said, output_tokens: int) -> dict[str, int]:
    return {"input_tokens": said.input_tokens, "output_tokens": output_tokens}


def _message_end(said: Said) -> str:
    return "max_tokens" if said.cut else "end_turn"


def _event(data: Mapping[str, Any]) -> bytes:
    return f"data: {json.dumps(data)}\n\n".encode()


def _typed(data: Mapping[str, Any]) -> bytes:
    return f"event: {data['type']}\n".encode() + _event(data)
