"""What the gateway reads of a request's head."""

from collections.abc import MutableMapping
from typing import Any

from msgspec import Struct

from interlock.terms.gateway.wire import Wire

NO_PEER = ""


class Head(Struct):
    """`credential` is the key or token that was presented, `forwarded` the values of X-Forwarded-For in order.

    Two that differ are both in it, one a line, and known to nobody: which of them counts is not for a guess.
    `elements` are the values of Forwarded (RFC 7239), which says the same as X-Forwarded-For in another way.
    `length` is the body's announced size in bytes, 0 where none was. `wire` is the format that errors are told in where
    the path does not say (a list of models).
    """

    credential: str | None
    peer: str
    forwarded: tuple[str, ...]
    length: int
    wire: Wire
    elements: tuple[str, ...] = ()


def head_of(scope: MutableMapping[str, Any]) -> Head:
    """The head of a request. OpenAI's clients send a bearer token, Anthropic's an x-api-key."""
    credentials: dict[str, None] = {}
    forwarded: list[str] = []
    elements: tuple[str, ...] = ()
    length, wire = 0, Wire.CHAT
    for name, value in scope["headers"]:
        if name == b"authorization":
            credentials[_bearer(value)] = None
        elif name == b"x-api-key":
            credentials[value.decode("latin-1").strip()] = None
        elif name == b"content-length":
            length = int(value) if value.isdigit() else 0
        elif name == b"x-forwarded-for":
            forwarded += value.decode("latin-1").split(",")
        elif name == b"forwarded":
            elements = (*elements, value.decode("latin-1"))
        elif name == b"anthropic-version":
            wire = Wire.MESSAGES
    client = scope.get("client")
    peer = client[0] if client else NO_PEER
    credential = "\n".join(filter(None, credentials)) or None
    return Head(credential, peer, tuple(one.strip() for one in forwarded), length, wire, elements)


def _bearer(value: bytes) -> str:
    """The token; what is of another scheme is taken as it is, and is no form of a credential."""
    scheme, _, token = value.decode("latin-1").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else value.decode("latin-1").strip()
