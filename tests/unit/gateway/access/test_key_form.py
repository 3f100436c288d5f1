"""The form of a gateway key."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.engine.gateway.access.key import PREFIX, digest_of, is_key, key_of

ENTROPY = st.binary(min_size=32, max_size=32)


@given(ENTROPY)
def test_key_has_one_form_that_scanners_can_look_for(entropy: bytes) -> None:
    key = key_of(entropy)
    assert re.fullmatch(r"interlock_gw_[0-9A-Za-z]{49}", key)
    assert is_key(key)


@given(ENTROPY, ENTROPY)
def test_keys_differ_where_their_chance_does(one: bytes, other: bytes) -> None:
    assert (key_of(one) == key_of(other)) is (one == other)
    assert (digest_of(key_of(one).encode()) == digest_of(key_of(other).encode())) is (one == other)


@given(ENTROPY, st.integers(0, 48), st.sampled_from("0Zz"))
def test_one_wrong_character_is_told_offline(entropy: bytes, at: int, other: str) -> None:
    key = key_of(entropy)
    at += len(PREFIX)
    changed = key[:at] + other + key[at + 1 :]
    assert is_key(changed) is (changed == key)  # CRC-32 finds every single burst of up to 32 bits


def test_neighbours_exchanged_and_cut_keys_are_told() -> None:
    key = key_of(bytes(range(32)))
    at = next(i for i in range(20, 50) if key[i] != key[i + 1])
    assert not is_key(key[:at] + key[at + 1] + key[at] + key[at + 2 :])
    assert not any(is_key(key[:length]) for length in range(len(key)))
    assert not any(map(is_key, (key + "0", f"{key}\n", "interlock_" + key[len(PREFIX) :])))


def test_too_little_chance_makes_no_key() -> None:
    with pytest.raises(ValueError, match="32 random bytes"):
        key_of(b"short")
