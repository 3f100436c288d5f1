"""What the gateway reads of a request's head."""

from collections.abc import MutableMapping
from typing import Any

from msgspec import MsgspecError, Struct
from msgspec.json import Decoder

from interlock.engine.gateway.trace_parent import trace_parent_of
from interlock.terms.gateway.content import Entity
from interlock.terms.gateway.wire import Wire

NO_PEER = ""


class Head(Struct):
    """`credential` is the key or token that was presented, `forwarded` the values of X-Forwarded-For in order.

    Two that differ are both in it, one a line, and known to nobody: which of them counts is not for a guess.
    `elements` are the values of Forwarded (RFC 7239), which says the same as X-Forwarded-For in another way.
    `entities` are values that must not leave (header Interlock-Entities), `fault` what is wrong with the head.
    `length` is the body's announced size in bytes, 0 where none was. `wire` is the format that errors are told in where
    the path does not say (a list of models). `trace_parent` is the caller's place in its own trace (traceparent; two of
    them are none).
    """

    credential: str | None
    peer: str
    forwarded: tuple[str, ...]
    length: int
    wire: Wire
    elements: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()
    fault: str | None = None
    trace_parent: str | None = None


def head_of(scope: MutableMapping[str, Any]) -> Head:
    """The head of a request. OpenAI's clients send a bearer token, Anthropic's an x-api-key."""
    credentials: dict[str, None] = {}
    forwarded: list[str] = []
    elements: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()
    fault: str | None = None
    length, wire = 0, Wire.CHAT
    parents: tuple[str, ...] = ()
    for name, value in scope["headers"]:
        if name == b"authorization":
            credentials[_bearer(value)] = None
        elif name == b"x-api-key":
            credentials[value.decode("latin-1").strip()] = None
        elif name == b"content-length":
            length = _length(value)
        elif name == b"x-forwarded-for":
            forwarded += value.decode("latin-1").split(",")
        elif name == b"forwarded":
            elements = (*elements, value.decode("latin-1"))
        elif name == b"interlock-entities":
            found = _entities(value, ENTITIES_MAX - len(entities))
            entities, fault = ((), found) if isinstance(found, str) else (entities + found, fault)
        elif name == b"anthropic-version":
            wire = Wire.MESSAGES
        elif name == b"traceparent":
            parents = (*parents, value.decode("latin-1"))
    client = scope.get("client")
    peer = client[0] if client else NO_PEER
    credential = "\n".join(filter(None, credentials)) or None
    parent = trace_parent_of(parents[0].strip()) if len(parents) == 1 else None
    hops = tuple(one.strip() for one in forwarded)
    return Head(credential, peer, hops, length, wire, elements, entities, fault, parent)


class _Named(Struct):
    value: str
    label: str = "name"


_read_entities = Decoder(list[str | _Named]).decode
# Enough for the persons of a conversation. A thousand take 50 ms of a worker that has others to serve.
ENTITIES_MAX, ENTITIES_BYTES_MAX = 250, 16_384


def _entities(value: bytes, most: int) -> tuple[Entity, ...] | str:
    """Values as JSON: a list of texts, or of objects with `value` and `label`; the fault where it is none."""
    if len(value) > ENTITIES_BYTES_MAX:
        return f"Interlock-Entities has {len(value):,} bytes, and {ENTITIES_BYTES_MAX:,} at most are read"
    try:
        found = _read_entities(value)
    except (MsgspecError, UnicodeDecodeError):
        return 'Interlock-Entities is a JSON list in ASCII, such as ["Ada Byron", {"value": "12", "label": "account"}]'
    if len(found) > most:
        return f"Interlock-Entities names more values than the {ENTITIES_MAX:,} that are looked for at most"
    return tuple(Entity(one) if isinstance(one, str) else Entity(one.value, one.label) for one in found)


LENGTH_DIGITS_MAX = 19


def _length(value: bytes) -> int:
    """The size that is announced, 0 for what is none: then the body is taken for one that says nothing of its size."""
    digits = value.lstrip(b"0")
    return int(digits) if digits.isdigit() and len(digits) <= LENGTH_DIGITS_MAX else 0


def _bearer(value: bytes) -> str:
    """The token; what is of another scheme is taken as it is, and is no form of a credential."""
    scheme, _, token = value.decode("latin-1").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else value.decode("latin-1").strip()
