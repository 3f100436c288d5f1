"""JSON as the gateway takes it: strict, bounded, each name once."""

import json
from typing import Any

import msgspec

from interlock.terms.gateway.refusal import Refusal, RefusalKind

DEPTH_MAX = 64
_TOO_DEEP = "the body is nested too deep"

_decode = msgspec.json.Decoder().decode
encode = msgspec.json.Encoder().encode


class NotStrict(ValueError):
    """A text that is no JSON, or one that two readers could read in two ways. The message says what is wrong."""


def malformed(words: str, field: str | None = None) -> Refusal:
    """A request that cannot be read; `field` names what in it."""
    return Refusal(RefusalKind.MALFORMED, "malformed", words, field=field)


def decoded(body: bytes) -> tuple[Any, int]:
    """The value of a JSON document, and how many bytes it has when it is written again.

    Refused is what `decoded_once` refuses, and a name that an object has twice: a gateway that reads the last of two
    and an upstream that reads the first have read two different requests. Raises NotStrict.
    """
    value = decoded_once(body)
    try:
        again = encode(value)
    except RecursionError:
        raise NotStrict(_TOO_DEEP) from None
    # Each member has one colon, and those inside strings are the same in both texts unless one was written as \u003a.
    if again != body and (body.count(b":") != again.count(b":") or b"\\u003" in body):
        json.loads(body, object_pairs_hook=_once)
    return value, len(again)


def decoded_once(body: bytes) -> Any:
    """The value of a JSON document that is written anew or read by nobody else: of a name that comes twice, the last.

    Refused are invalid UTF-8, halves of surrogate pairs, NaN, numbers out of range and nesting that cannot be read.
    Raises NotStrict.
    """
    try:
        return _decode(body)
    except RecursionError:
        raise NotStrict(_TOO_DEEP) from None
    except UnicodeDecodeError:
        raise NotStrict("the body is not valid UTF-8") from None
    except msgspec.DecodeError as wrong:
        raise NotStrict(f"the body is no JSON that can be read: {wrong}") from None


def _once(pairs: list[tuple[str, Any]]) -> None:
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise NotStrict(f"the body has the name {name[:60]!r} twice in one object; send it once")
        seen.add(name)
