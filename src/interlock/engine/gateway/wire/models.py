"""Lists of models in the shape of the client's format."""

from collections.abc import Sequence
from typing import Any

from interlock.engine.gateway.wire.decoding import encode
from interlock.terms.gateway.wire import Wire

OWNER = "interlock"
BEGUN = 0  # when a model was made is told by its vendor; here it is a name
BEGUN_AT = "1970-01-01T00:00:00Z"


def models_body(wire: Wire, names: Sequence[str]) -> bytes:
    """All models that a client may ask for, in their order."""
    if wire is Wire.MESSAGES:
        ends = {"first_id": names[0] if names else None, "last_id": names[-1] if names else None}
        return encode({"data": [_item(wire, name) for name in names], "has_more": False, **ends})
    return encode({"object": "list", "data": [_item(wire, name) for name in names]})


def model_body(wire: Wire, name: str) -> bytes:
    """One of them."""
    return encode(_item(wire, name))


def _item(wire: Wire, name: str) -> dict[str, Any]:
    if wire is Wire.MESSAGES:
        return {"type": "model", "id": name, "display_name": name, "created_at": BEGUN_AT}
    return {"id": name, "object": "model", "created": BEGUN, "owned_by": OWNER}
