"""What the gateway reads of a request's head."""

from collections.abc import MutableMapping
from typing import Any

from msgspec import Struct

from interlock.terms.gateway.wire import Wire

NO_PEER = ""


class Head(Struct):
    """`credential` is the key or token that was presented, `forwarded` the values of X-Forwarded-For in order.

    `length` is the body's announced size in bytes, 0 where none was. `wire` is the format that errors are told in where
    the path does not say (a list of models).
    """

    credential: str | None
    peer: str
    forwarded: tuple[str, ...]
    length: int
    wire: Wire


def head_of(scope: MutableMapping[str, Any]) -> Head:
    """The head of a request. OpenAI's clients send a bearer token, Anthropic's an x-api-key."""
    credential: str | None = None
    forwarded: list[str] = []
    length, wire = 0, Wire.CHAT
    for name, value in scope["headers"]:
        if name == b"authorization":
            credential = _bearer(value) or credential
        elif name == b"x-api-key":
            credential = credential or value.decode("latin-1").strip()
        elif name == b"content-length":
            length = int(value) if value.isdigit() else 0
        elif name == b"x-forwarded-for":
            forwarded += value.decode("latin-1").split(",")
        elif name == b"anthropic-version":
            wire = Wire.MESSAGES
    client = scope.get("client")
    peer = client[0] if client else NO_PEER
    return Head(credential, peer, tuple(one.strip() for one in forwarded), length, wire)


def _bearer(value: bytes) -> str | None:
    scheme, _, token = value.decode("latin-1").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
