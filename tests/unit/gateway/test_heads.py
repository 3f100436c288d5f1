"""What is read of a head, and what of it is refused."""

import json
from typing import Any

import pytest

from interlock.surfaces.gateway.heads import ENTITIES_BYTES_MAX, ENTITIES_MAX, head_of


def head(*headers: tuple[bytes, bytes]) -> Any:
    return head_of({"headers": headers, "client": ("127.0.0.1", 1)})


@pytest.mark.parametrize(
    ("value", "length"),
    [
        (b"5", 5),
        (b"0" * 5_000 + b"5", 5),
        (b"9" * 5_000, 0),
        (b"-1", 0),
        (b"", 0),
        (b"0", 0),
        (b"5, 5", 0),
        (b"\xb2", 0),
    ],
)
def test_a_length_is_a_number_or_nothing(value: bytes, length: int) -> None:
    assert head((b"content-length", value)).length == length


def named(count: int, chars: int = 8) -> tuple[bytes, bytes]:
    return b"interlock-entities", json.dumps([f"{number:0{chars}}" for number in range(count)]).encode()


def test_values_are_few_and_short_over_all_headers() -> None:
    assert len(head(named(ENTITIES_MAX)).entities) == ENTITIES_MAX
    assert head(named(ENTITIES_MAX)).fault is None
    for headers in ([named(ENTITIES_MAX + 1)], [named(ENTITIES_MAX), named(1)], [named(2, ENTITIES_BYTES_MAX // 2)]):
        found = head(*headers)
        assert found.fault is not None


def test_two_keys_are_nobodys() -> None:
    assert head((b"authorization", b"Bearer a"), (b"x-api-key", b"b")).credential == "a\nb"
    assert head((b"authorization", b"Bearer a"), (b"x-api-key", b"a")).credential == "a"
