"""Records of the trace as structs with the fields of their terms: checked as these are, and made in half the time."""

from dataclasses import MISSING, Field, fields
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import msgspec


@cache
def struct_of(term: type) -> type[msgspec.Struct]:
    """The struct of a frozen dataclass, and of those within it. What has a field more is refused."""
    hints = get_type_hints(term)
    named = [(field.name, _quick(hints[field.name]), _default(field)) for field in fields(term)]
    return msgspec.defstruct(term.__name__, named, frozen=True, gc=False, forbid_unknown_fields=True)


def _quick(hint: Any) -> Any:
    """A type with structs in place of dataclasses."""
    if hasattr(hint, "__dataclass_fields__"):
        return struct_of(hint)
    origin, inner = get_origin(hint), get_args(hint)
    if origin is UnionType:
        made = _quick(inner[0])
        for one in inner[1:]:
            made = made | _quick(one)
        return made
    return tuple[tuple(map(_quick, inner))] if origin is tuple else hint  # type: ignore[misc]  # made as it runs


def _default(field: Field[Any]) -> Any:
    if field.default is not MISSING:
        return field.default
    return (
        msgspec.NODEFAULT if field.default_factory is MISSING else msgspec.field(default_factory=field.default_factory)
    )
