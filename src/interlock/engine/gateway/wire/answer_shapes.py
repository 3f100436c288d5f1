"""What a complete answer of each wire format must look like to be read, and where in it what is."""

from typing import Any

from msgspec import Struct

from interlock.terms.gateway.wire import Wire

Objects = list[dict[str, Any]]


class _Identified(Struct, kw_only=True):
    id: str | None = None
    model: str | None = None


class _Choice(Struct):
    message: dict[str, Any]
    finish_reason: str | None = None


class _ChatAnswer(_Identified, kw_only=True):
    choices: list[_Choice]


class _MessagesAnswer(_Identified, kw_only=True):
    content: Objects
    stop_reason: str | None = None


class _ResponsesAnswer(_Identified, kw_only=True):
    output: Objects
    status: str | None = None
    incomplete_details: dict[str, Any] | None = None


class _EmbeddingsAnswer(_Identified, kw_only=True):
    data: Objects


class _CountAnswer(_Identified, kw_only=True):
    input_tokens: int


ANSWERS: dict[Wire, type[Struct]] = {
    Wire.CHAT: _ChatAnswer,
    Wire.MESSAGES: _MessagesAnswer,
    Wire.RESPONSES: _ResponsesAnswer,
    Wire.EMBEDDINGS: _EmbeddingsAnswer,
    Wire.COUNT: _CountAnswer,
}

# Fields of an answer that are figures and words of the format, no text of anybody's.
_FIGURES = ("created", "created_at", "completed_at", "usage")
ENVELOPE = frozenset(("id", "object", "model", "system_fingerprint", "status", "type", "role", *_FIGURES))


def contents_of(wire: Wire, tree: dict[str, Any]) -> Objects:
    """The objects of an answer that the model wrote."""
    if wire is Wire.CHAT:
        return [choice["message"] for choice in tree["choices"]]
    return [] if not wire.writes else list(tree["content" if wire is Wire.MESSAGES else "output"])


def with_logprobs(wire: Wire, tree: dict[str, Any]) -> Objects:
    """The objects of an answer that may have log-probabilities of its text."""
    if wire is Wire.CHAT:
        return [choice for choice in tree["choices"] if choice.get("logprobs") is not None]
    if wire is not Wire.RESPONSES:
        return []
    return [part for item in tree["output"] for part in _parts(item.get("content")) if part.get("logprobs")]


def finish_reasons_of(wire: Wire, tree: dict[str, Any]) -> tuple[str, ...]:
    """Why each choice ended, where it says so."""
    if wire is Wire.CHAT:
        return tuple(choice["finish_reason"] for choice in tree["choices"] if choice.get("finish_reason"))
    if wire is Wire.RESPONSES:
        return (finish_reason_of(tree),)
    return (tree["stop_reason"],) if tree.get("stop_reason") else ()


def finish_reason_of(response: dict[str, Any]) -> str:
    """Why a Responses answer ended: its status, or what it is incomplete for."""
    details, status = response.get("incomplete_details"), response.get("status")
    why = details.get("reason") if isinstance(details, dict) else None
    return why if type(why) is str else status if type(status) is str else "completed"


def said_in(wire: Wire, tree: dict[str, Any]) -> str:
    """What the first choice says, without what it thinks or calls."""
    if not wire.writes:
        return ""
    if wire is Wire.CHAT:
        content = tree["choices"][0]["message"].get("content") if tree["choices"] else ""
        return content if type(content) is str else _joined(_parts(content))
    if wire is Wire.MESSAGES:
        return _joined(tree["content"])
    return "".join(_joined(_parts(item.get("content"))) for item in tree["output"] if item.get("type") == "message")


def _parts(content: Any) -> Objects:
    return [part for part in content if type(part) is dict] if type(content) is list else []


def _joined(parts: Objects) -> str:
    said = (part.get("text") for part in parts if part.get("type") in ("text", "output_text"))
    return "".join(text for text in said if type(text) is str)
