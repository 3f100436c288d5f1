"""Terms of the gateway as the ledger keeps them, back from their JSON-able bodies."""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import orjson

T = TypeVar("T")


def body_of(term: object) -> Any:
    """A term as the JSON-able value that `term_of` reads: by way of its text, ten times as quick as part by part."""
    return orjson.loads(orjson.dumps(term))


def term_of(kind: type[T], body: Mapping[str, Any]) -> T:
    """A frozen dataclass from the mapping of its fields, with all that is in it; what is left out is at its default.

    Raises TypeError for a field that the term does not have or one that is missing, ValueError for an unknown word.
    """
    hints = _hints(kind)  # type: ignore[arg-type]  # any class can be hashed
    unknown = sorted(set(body) - set(hints))
    if unknown:
        raise TypeError(f"{kind.__name__} has no {', '.join(unknown)}")
    return kind(**{name: _value(hints[name], value) for name, value in body.items()})


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _value(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _value(next(one for one in inner if one is not type(None)), value)
    if origin is tuple:
        kinds = (inner[0],) * len(value) if inner[-1] is Ellipsis else inner
        return tuple(_value(one, item) for one, item in zip(kinds, value, strict=True))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(value)
    if isinstance(hint, type) and is_dataclass(hint):
        return term_of(hint, value)
    return dict(value) if isinstance(value, Mapping) else value
