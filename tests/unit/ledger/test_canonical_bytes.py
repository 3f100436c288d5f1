"""Canonical bytes: RFC 8785, and readable again by anybody's JSON."""

import json
import math
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from interlock.engine.ledger.canonical import canonical, canonical_known, digest, encoded, known_number, plain

SAFE = 2**53 - 1
TEXT = st.text(st.characters(codec="utf-8"))
NUMBERS = st.integers(-SAFE, SAFE) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
@example(1e17)
@example(2.0**60)
@example(1e21)
@example(-0.0)
@example(1e-7)
@example(0.0001)
@example(0.00001)
@example({"\ufb33": 1, "\U0001f600": 2, "\r": 3, "1": 4, "\x80": 5, "\xf6": 6, "\u20ac": 7})
@example('\x00\x1f\x7f"\\/\u2028\ue000\U0010ffff')
def test_the_bytes_are_those_of_rfc_8785(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(JSON)
@example(1e17)
@example([2.0**53, 2.0**60, -1e20, 9.999999999999999e20])
@example({"wealth": 2e18})
def test_what_was_read_back_has_the_same_bytes(value: Any) -> None:
    assert canonical(json.loads(canonical(value))) == canonical(value)


@given(st.dictionaries(TEXT, NUMBERS, min_size=2))
def test_the_order_of_names_does_not_matter(value: dict[str, Any]) -> None:
    assert canonical(dict(reversed(value.items()))) == canonical(value)


def test_numbers_are_written_as_ecmascript_writes_them() -> None:
    numbers = [1.0, -0.0, 1e21, 1e-7, 123456789012345680000.0, 0.000001, 5e-324, 1.7976931348623157e308]
    assert canonical(numbers) == b"[1,0,1e+21,1e-7,123456789012345680000,0.000001,5e-324,1.7976931348623157e+308]"


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, -math.inf, 2**53 + 1, -(2**53) - 1, 2**60, 10**21, 10**400, "\ud800", {"\udfff": 1}]
)
def test_what_json_cannot_hold_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical({"deep": [value]})


@pytest.mark.parametrize("value", [{1, 2}, object(), b"bytes", 1j])
def test_what_is_no_json_is_refused(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        canonical(value)


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Part:
    colour: Colour
    numbers: tuple[float, ...]


def test_terms_become_plain() -> None:
    value = {"part": Part(Colour.RED, (1.0, 0.5)), Colour.RED: MappingProxyType({"a": (1,)})}
    assert plain(value) == {"part": {"colour": "red", "numbers": [1.0, 0.5]}, "red": {"a": [1]}}
    assert canonical(value) == b'{"part":{"colour":"red","numbers":[1,0.5]},"red":{"a":[1]}}'
    assert digest(Part(Colour.RED, ())) == digest({"numbers": [], "colour": "red"})


def test_two_names_that_become_the_same_text_are_refused() -> None:
    with pytest.raises(ValueError, match="the same text"):
        canonical({1: "a", "1": "b"})


@given(
    st.dictionaries(
        st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1),
        st.text() | st.integers(-(2**53) + 1, 2**53 - 1) | st.booleans() | st.none() | st.lists(st.text(), max_size=3),
        max_size=6,
    ),
    st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.none(), max_size=4),
)
def test_a_known_shape_is_written_as_any_other(shape: dict[str, Any], numbers: list[float | None]) -> None:
    known = [known_number(number) for number in numbers]
    whole = {**shape, "numbers": known, "kept": {"inside": known[:1]}}
    assert canonical_known(whole, known) == canonical(whole) == canonical({**whole, "numbers": numbers})


def test_a_part_that_was_encoded_before_stands_as_it_is() -> None:
    part = {"b": 1.0, "a": ["x", 1e-7], "\u00e9": None}
    assert canonical_known({"whole": encoded(part), "text": "t"}, ()) == canonical({"whole": part, "text": "t"})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {1, 2}])
def test_what_is_no_json_cannot_be_encoded(value: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        encoded({"x": value})
