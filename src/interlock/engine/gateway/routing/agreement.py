"""Whether two models said the same, and which requests are asked of a second one."""

import hashlib
import json
from typing import Any


def said_the_same(one: str, other: str) -> bool:
    """Equal as JSON where both are JSON (a stated confidence aside), else equal as words, whatever blanks and case.

    Texts that mean the same in other words are not the same to it: it is made for answers from a list.
    """
    first, second = _value(one), _value(other)
    if first is not None and second is not None:
        return bool(first == second)
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def is_drawn(request_id: str, share: float) -> bool:
    """Whether a request is one of the share that a shadow model is asked too; anyone can draw it again."""
    digest = hashlib.sha256(f"shadow:{request_id}".encode()).digest()
    return int.from_bytes(digest[:8]) < share * 2**64


def _value(text: str) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict):
        value.pop("confidence", None)
    return value
