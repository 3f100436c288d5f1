"""The list of models in the shape that the asking client reads."""

from collections.abc import Sequence
from typing import Any

from interlock.engine.gateway.wire.decoding import encode

# Neither format lets the time of its making be left out; this one says that nobody tells it.
_UNKNOWN_TIME = "1970-01-01T00:00:00Z"


def models_body(names: Sequence[str], *, for_anthropic: bool) -> bytes:
    """The answer to `GET /v1/models`; `for_anthropic`: the client sent the header `anthropic-version`."""
    if not for_anthropic:
        return encode({"object": "list", "data": [_openai(name) for name in names]})
    first, last = (names[0], names[-1]) if names else (None, None)
    data = [_anthropic(name) for name in names]
    return encode({"data": data, "has_more": False, "first_id": first, "last_id": last})


def model_body(name: str, *, for_anthropic: bool) -> bytes:
    """The answer to `GET /v1/models/NAME`."""
    return encode(_anthropic(name) if for_anthropic else _openai(name))


def _openai(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "interlock"}


def _anthropic(name: str) -> dict[str, Any]:
    return {"type": "model", "id": name, "display_name": name, "created_at": _UNKNOWN_TIME}
