"""What no request may ask of an upstream, because the gateway could neither see, count nor stop it."""

from typing import Any

from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.gateway.wire import Wire

_STATE = "it stands on what is kept upstream, which the gateway has not seen; send the whole conversation"
_PRICE = "it costs what no price on record says; leave it out"
_ELSEWHERE = "which models a request may go to is decided here; leave it out"
_SERVER_TOOL = "it makes the upstream act by itself, past the tool gateway; offer a function tool instead"

_FIELDS: dict[Wire, dict[str, str]] = {
    Wire.CHAT: {
        "prediction": "rejected predictions are charged beyond the largest output; leave it out",
        "audio": _PRICE,
        "web_search_options": _SERVER_TOOL,
        # Of servers that speak this format and know more than it.
        "models": _ELSEWHERE,
        "fallbacks": _ELSEWHERE,
        "route": _ELSEWHERE,
        "provider": _ELSEWHERE,
        "plugins": _SERVER_TOOL,
        "data_sources": _SERVER_TOOL,
        "best_of": _PRICE,
    },
    Wire.RESPONSES: {
        "previous_response_id": _STATE,
        "conversation": _STATE,
        "prompt": _STATE,
        "background": "its answer would come later, past the gateway; leave it out",
    },
    Wire.MESSAGES: {
        "mcp_servers": _SERVER_TOOL,
        "container": _STATE,
        "inference_geo": "where a request may be computed is decided here; leave it out",
        "speed": _PRICE,
    },
    Wire.EMBEDDINGS: {"stream": "vectors come whole; leave it out"},
}
_FIELDS[Wire.COUNT] = {**_FIELDS[Wire.MESSAGES], "stream": "a count comes whole; leave it out"}
NEVER = frozenset(name for fields in _FIELDS.values() for name in fields)
# Tools that the client carries out; every other kind is carried out by the upstream.
_CLIENT_TOOLS = frozenset(("function", "custom", "local_shell", "apply_patch", "computer", "computer_use_preview"))
_CLIENT_TOOLS_BEGIN = ("bash_", "text_editor_", "computer_", "memory_")
_TIERS = (None, "auto", "default", "flex", "standard_only")


def not_supported(field: str, why: str) -> Refusal:
    """The refusal that names a field and says why the gateway does not let it through."""
    return Refusal(RefusalKind.MALFORMED, "not supported", f"`{field}` is not supported here: {why}.", field=field)


def unsupported(wire: Wire, body: dict[str, Any]) -> Refusal | None:
    """The first thing in a request that nobody may ask for through the gateway."""
    for field, why in _FIELDS[wire].items():
        if field in body and body[field] not in (None, False):
            return not_supported(field, why)
    if body.get("service_tier") not in _TIERS:
        return not_supported("service_tier", _PRICE)
    if "audio" in (body.get("modalities") or ()):
        return not_supported("modalities", _PRICE)
    for index, tool in enumerate(body.get("tools") or ()):
        kind = tool.get("type", "custom")
        if not (type(kind) is str and (kind in _CLIENT_TOOLS or kind.startswith(_CLIENT_TOOLS_BEGIN))):
            return not_supported(f"tools[{index}].type", _SERVER_TOOL)
    return None


def unclear(names: set[str]) -> Refusal | None:
    """The refusal of a name that some readers take for another one."""
    return not_supported(min(names), "some would read it, and others not: write it in small letters") if names else None


def without_price(names: set[str]) -> Refusal | None:
    """The refusal of what costs more than the price on record."""
    return not_supported(min(names), _PRICE) if names else None


def held_upstream(names: set[str]) -> Refusal | None:
    """The refusal of a request that points at something only an upstream has."""
    return not_supported(min(names), _STATE) if names else None
