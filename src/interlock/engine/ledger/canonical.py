"""Canonical bytes (RFC 8785) and digests of what was decided."""

import dataclasses
import functools
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any

import orjson
import rfc8785

from interlock.terms.absent import ABSENT_AT_DEFAULT

Encoded = orjson.Fragment

_ALWAYS = object()  # no field holds this
_SAFE_INTEGER = 2**53 - 1
_EXPONENT_BELOW = 1e-4  # Python writes smaller floats with an exponent where RFC 8785 does not yet
_AS_IT_IS = (str, bool, type(None))
_FAST = (
    orjson.OPT_SORT_KEYS
    | orjson.OPT_STRICT_INTEGER
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_SUBCLASS
)


class _Unusual(Exception):
    """Some part needs RFC 8785's own rules for numbers or for the order of names."""


def plain(value: Any) -> Any:
    """Frozen terms as JSON-able values: dataclasses become objects, enums their values, tuples lists.

    Raises ValueError where two names of an object become the same text.
    """
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: plain(held) for name, held in _written(value)}
    if isinstance(value, Mapping):
        named = {str(key): plain(item) for key, item in value.items()}
        if len(named) != len(value):
            raise ValueError("two names of an object are the same text")
        return named
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes of a JSON-able value or term.

    Raises ValueError for NaN, infinities, lone surrogates, and integers over 2**53 that are not what a float is
    written as (a float of 1e17 is written as an integer, and must be readable again).
    """
    try:
        return orjson.dumps(_usual(value), option=_FAST)
    except (_Unusual, TypeError):
        return rfc8785.dumps(_large_integers_as_floats(plain(value)))


def canonical_known(value: Any, numbers: Iterable[float | None]) -> bytes:
    """The same bytes, without a look at every part: for a shape that is known to be made of text, whole numbers, lists
    and objects with ASCII names, and of `numbers`, each passed through `known_number`.

    Raises as `canonical`.
    """
    if all(number is None or number == 0 or _EXPONENT_BELOW <= abs(number) < _SAFE_INTEGER for number in numbers):
        try:
            return orjson.dumps(value, option=_FAST)
        except TypeError:  # a lone surrogate, a term among the values
            return canonical(value)
    return canonical(value)


def encoded(value: Any) -> Encoded:
    """A value as part of what `canonical_known` writes: checked and written once. Raises as `canonical`."""
    return orjson.Fragment(canonical(value))


def known_number(value: float | None) -> float | int | None:
    """A finite number as RFC 8785 writes it: a whole one without a fraction."""
    return int(value) if value is not None and abs(value) <= _SAFE_INTEGER and value == int(value) else value


def digest(value: Any) -> str:
    """ "sha256:" and the hexadecimal SHA-256 of the canonical bytes."""
    return "sha256:" + hashlib.sha256(canonical(value)).hexdigest()


def _usual(value: Any) -> Any:
    """The value made plain where the C encoder of the standard library writes what RFC 8785 wants: ten times faster."""
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    if kind is int:
        return _usual_integer(value)
    if kind is float:
        return _usual_float(value)
    if kind is dict:
        return {_usual_name(key): _usual(item) for key, item in value.items()}
    if kind is list or kind is tuple:
        return [_usual(item) for item in value]
    if isinstance(value, Enum):
        return _usual(value.value)
    if dataclasses.is_dataclass(kind):
        return {name: _usual(held) for name, held in _written(value)}
    raise _Unusual


def _usual_name(name: Any) -> str:
    if type(name) is str and name.isascii():
        return name
    raise _Unusual  # RFC 8785 sorts by UTF-16 units, Python by code points


def _usual_integer(value: int) -> int:
    if -_SAFE_INTEGER <= value <= _SAFE_INTEGER:
        return value
    raise _Unusual


def _usual_float(value: float) -> float | int:
    size = abs(value)
    if not size <= _SAFE_INTEGER:
        raise _Unusual
    if value == (whole := int(value)):
        return whole
    if size >= _EXPONENT_BELOW:
        return value
    raise _Unusual


def _large_integers_as_floats(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _large_integers_as_floats(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_large_integers_as_floats(item) for item in value]
    if type(value) is int and _SAFE_INTEGER < abs(value) < 10**21:
        as_float = float(value)
        return as_float if rfc8785.dumps(as_float) == str(value).encode() else value
    return value


def _written(value: Any) -> Iterator[tuple[str, Any]]:
    """The fields that are written; one marked ABSENT_AT_DEFAULT is not while it holds its default.

    So a term can get a field without changing the digest of anything that does not use it.
    """
    kind: type = type(value)
    for name, default in _fields_of(kind):
        held = getattr(value, name)
        if default is _ALWAYS or held != default:
            yield name, held


@functools.cache
def _fields_of(kind: type) -> tuple[tuple[str, Any], ...]:
    return tuple(
        (field.name, _default_of(field) if ABSENT_AT_DEFAULT.items() <= field.metadata.items() else _ALWAYS)
        for field in dataclasses.fields(kind)
    )


def _default_of(field: dataclasses.Field[Any]) -> Any:
    return field.default if field.default_factory is dataclasses.MISSING else field.default_factory()
