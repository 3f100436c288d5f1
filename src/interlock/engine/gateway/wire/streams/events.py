"""Events between reading a stream and writing it."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from interlock.engine.gateway.wire.decoding import encode
from interlock.terms.gateway.wire import Wire

DONE = "[DONE]"


class Event(Struct):
    """An event whose data is read. `raw` are the bytes it came in, None where it is new or was changed.

    `data` is None for a comment and for the mark that ends a chat stream, whose name is DONE.
    """

    data: dict[str, Any] | None
    raw: bytes | None = None
    name: str = ""

    def written(self, wire: Wire) -> bytes:
        """Its bytes in a stream of that wire format: as it came, or anew."""
        if self.raw is not None:
            return self.raw
        if self.data is None:
            return b"data: [DONE]\n\n" if self.name == DONE else b":\n\n"
        data = b"data: " + encode(self.data) + b"\n\n"
        return data if wire is Wire.CHAT else b"event: " + self.data["type"].encode() + b"\n" + data


class Told(Struct):
    """What a stream has told so far beside its text. `usage` is as the upstream wrote it.

    `complete`: its last event has come. `error` is the kind of error that the upstream told inside the stream, or how
    the stream broke; never the upstream's words, which may hold what is not the client's.
    """

    response_id: str | None = None
    response_model: str | None = None
    finish_reasons: tuple[str, ...] = ()
    usage: Mapping[str, Any] | None = None
    said_chars: int = 0
    complete: bool = False
    error: str | None = None

    def is_over(self) -> bool:
        """Whether nothing more may be told."""
        return self.complete or self.error is not None

    def identify(self, data: Mapping[str, Any]) -> None:
        """Take the answer's id and model from an object that has them."""
        if self.response_id is None and type(data.get("id")) is str:
            self.response_id = data["id"]
        if self.response_model is None and type(data.get("model")) is str:
            self.response_model = data["model"]

    def failed(self, error: Any) -> None:
        """The upstream told an error."""
        kind = (error.get("code") or error.get("type")) if isinstance(error, Mapping) else None
        self.error = kind[:80] if type(kind) is str and kind.isascii() and kind else "error"
