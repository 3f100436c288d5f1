"""Reading canonical bytes back: only what is in the one form that RFC 8785 gives it is taken."""

import json
import re
from collections.abc import Iterable
from typing import Any

import orjson

from interlock.engine.ledger.canonical import canonical

NOT_CANONICAL = "it is not in canonical form: bytes were changed"

_WRITTEN_AGAIN = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER
_WHOLE_FROM = 2**53  # floats from here on are whole numbers
_EXPONENT_BELOW = 1e-4  # some writers use an exponent from here down, RFC 8785 does from 1e-7
_BEYOND_BMP = re.compile(b"[\xf0-\xf4]")  # only with such characters UTF-16 sorts names otherwise than UTF-8


def content_of(record: bytes) -> dict[str, Any]:
    """The object that canonical bytes stand for.

    Raises ValueError with the reason where they stand for none, or are not the canonical form of what they say: blanks,
    a name twice or out of order, a number or a text written another way.
    """
    try:
        content = orjson.loads(record)
        usual = orjson.dumps(content, option=_WRITTEN_AGAIN) == record and _names_in_order(record)
        usual = usual and not _unusual_number((content,))
    except (ValueError, TypeError, RecursionError):
        usual, content = False, None
    if not usual:
        content = _content_by_the_book(record)
    if type(content) is not dict:
        raise ValueError("it is not an object")
    return content


def _names_in_order(record: bytes) -> bool:
    return record.isascii() or not _BEYOND_BMP.search(record)


def _unusual_number(values: Iterable[Any]) -> bool:
    """Whether a number is among them that may be written otherwise by RFC 8785 than by the fast writer."""
    for value in values:
        kind = type(value)
        if kind is str or kind is int:
            continue
        if kind is float:
            if not _EXPONENT_BELOW <= abs(value) < _WHOLE_FROM or value == int(value):
                return True
        elif kind is dict:
            if _unusual_number(value.values()):
                return True
        elif kind is list and _unusual_number(value):
            return True
    return False


def _content_by_the_book(record: bytes) -> Any:
    try:
        content = json.loads(record.decode())
        again = canonical(content)
    except (ValueError, TypeError, RecursionError) as exc:
        raise ValueError(f"it cannot be read: {exc}") from exc
    if again != record:
        raise ValueError(NOT_CANONICAL)
    return content
