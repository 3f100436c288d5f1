"""Only canonical bytes are read, and every way of writing the same content otherwise is refused."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from interlock.engine.ledger.canonical import canonical
from interlock.engine.ledger.canonical_form import content_of

SAFE = 2**53 - 1
TEXT = st.text(st.characters(codec="utf-8"))
NUMBERS = st.integers(-SAFE, SAFE) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(TEXT, VALUES, max_size=5)


@given(OBJECTS)
@example({"a": 1e17, "b": 2e18, "c": 1e21, "d": -0.0, "e": 1e-7, "f": 0.0001, "g": 0.00001, "h": 1.0})
@example({"\ufb33": 1, "\U0001f600": 2, "\r": 3, "1": 4, "\x80": 5, "\xf6": 6, "\u20ac": 7})
@example({"all": '\x00\x1f\x7f"\\/\u2028\ue000\U0010ffff'})
def test_what_is_canonical_is_read(value: dict[str, Any]) -> None:
    record = canonical(value)
    assert canonical(content_of(record)) == record


@given(OBJECTS)
@example({"a": 1.0, "b": [1e16, 1e-5, 1e-7, 0.5, -0.0, 2.0**60]})
def test_whatever_another_writer_writes_is_read_only_where_it_is_the_same(value: dict[str, Any]) -> None:
    for record in (
        json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode(),
        json.dumps(value, separators=(",", ":"), sort_keys=True).encode(),
        json.dumps(value).encode(),
    ):
        if record == canonical(value):
            assert canonical(content_of(record)) == record
        else:
            with pytest.raises(ValueError, match=r"^it "):
                content_of(record)


@given(OBJECTS.map(canonical), st.data())
def test_a_changed_byte_is_refused_or_another_canonical_content(record: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(record) - 1))
    changed = record[:place] + bytes([data.draw(st.integers(0, 255))]) + record[place + 1 :]
    try:
        content = content_of(changed)
    except ValueError:
        return
    assert canonical(content) == changed


NOT_CANONICAL = "it is not in canonical form: bytes were changed"


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        pytest.param(b'{"a":1,"a":1}', NOT_CANONICAL, id="name twice"),
        pytest.param(b'{"a":1,"a":2}', NOT_CANONICAL, id="name twice with two values"),
        pytest.param(b'{"b":1,"a":2}', NOT_CANONICAL, id="names out of order"),
        pytest.param('{"\ufb33":1,"\U0001f600":2}'.encode(), NOT_CANONICAL, id="names in the order of code points"),
        pytest.param(b'{"a": 1}', NOT_CANONICAL, id="blank"),
        pytest.param(b'{"a":1}\n', NOT_CANONICAL, id="line end"),
        pytest.param(b'{"a":1.0}', NOT_CANONICAL, id="fraction of nothing"),
        pytest.param(b'{"a":[[{"b":1.0}]]}', NOT_CANONICAL, id="fraction of nothing, deep"),
        pytest.param(b'{"a":0.50}', NOT_CANONICAL, id="zero at the end"),
        pytest.param(b'{"a":-0}', NOT_CANONICAL, id="minus zero"),
        pytest.param(b'{"a":-0.0}', NOT_CANONICAL, id="minus zero with a fraction"),
        pytest.param(b'{"a":1e-5}', NOT_CANONICAL, id="exponent"),
        pytest.param(b'{"a":1e16}', NOT_CANONICAL, id="large exponent"),
        pytest.param(b'{"a":1e+16}', NOT_CANONICAL, id="large exponent with its sign"),
        pytest.param(b'{"a":0.10000000000000000001}', NOT_CANONICAL, id="more digits than a float has"),
        pytest.param(b'{"a":"\\u0041"}', NOT_CANONICAL, id="escaped"),
        pytest.param(b'{"a":"\\/"}', NOT_CANONICAL, id="escaped slash"),
        pytest.param(b'{"a":"\\u001F"}', NOT_CANONICAL, id="capital digits"),
        pytest.param(b'{"a":"\\ud83d\\ude00"}', NOT_CANONICAL, id="escaped surrogates"),
        pytest.param(b"[]", "it is not an object", id="list"),
        pytest.param(b"null", "it is not an object", id="null"),
        pytest.param(b"1", "it is not an object", id="number"),
        pytest.param(b"", "it cannot be read: ", id="nothing"),
        pytest.param(b'{"a":9007199254740993}', "it cannot be read: ", id="integer that is no float"),
        pytest.param(b'{"a":1e999}', "it cannot be read: ", id="overflow"),
        pytest.param(b'{"a":NaN}', "it cannot be read: ", id="NaN"),
        pytest.param(b'{"a":"\\ud800"}', "it cannot be read: ", id="lone surrogate"),
        pytest.param(b'{"a":"\xff"}', "it cannot be read: ", id="no UTF-8"),
        pytest.param(b'\xef\xbb\xbf{"a":1}', "it cannot be read: ", id="byte order mark"),
        pytest.param('{"a":1}'.encode("utf-16"), "it cannot be read: ", id="UTF-16"),
        pytest.param(b'{"a":' * 100_000, "it cannot be read: ", id="deep"),
        pytest.param(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "it cannot be read: ", id="deep and closed"),
    ],
)
def test_what_is_not_canonical_is_refused_with_its_reason(record: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=r"^it ") as raised:
        content_of(record)
    assert str(raised.value).startswith(reason)


@pytest.mark.parametrize("depth", [10, 200, 500, 900, 990, 1000, 1010, 1024, 1100])
def test_what_is_deep_is_read_or_refused_and_never_an_exception_of_another_kind(depth: int) -> None:
    record = b'{"a":' + b"[" * depth + b"0.5" + b"]" * depth + b"}"
    if depth > 200:  # how deep is too deep hangs on who calls
        with suppress(ValueError):
            assert list(content_of(record)) == ["a"]
    else:
        assert list(content_of(record)) == ["a"]


def test_large_integers_that_were_floats_are_read() -> None:
    assert content_of(b'{"a":2000000000000000000}') == {"a": 2 * 10**18}
