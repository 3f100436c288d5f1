"""Audit draws: keyed, uniform, recheckable."""

import hashlib
import hmac

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, kstest

from interlock.oversight import RecordedDraw, audit_draw, in_audit_sample, recheck, salt_commitment

SALT = "a secret of thirty-two characters"
keys = st.text(max_size=30)
salts = st.binary(min_size=1, max_size=64)


def test_known_draw() -> None:
    """HMAC-SHA256, test case 2 of RFC 4231: 5bdcc146bf60754e..."""
    assert audit_draw("what do ya want for nothing?", salt="Jefe") == (0x5BDCC146BF60754E >> 11) / 2**53


@given(key=keys, salt=salts)
def test_is_the_keyed_hash_and_below_one(key: str, salt: bytes) -> None:
    digest = hmac.new(salt, key.encode(), hashlib.sha256).digest()
    assert audit_draw(key, salt=salt) == (int.from_bytes(digest[:8], "big") >> 11) * 2.0**-53
    assert audit_draw(key.encode(), salt=salt) == audit_draw(key, salt=salt)
    assert 0.0 <= audit_draw(key, salt=salt) < 1.0


@given(key=keys, salt=salts, share=st.floats(0, 1), more=st.floats(0, 1))
def test_a_greater_share_keeps_the_smaller_sample(key: str, salt: bytes, share: float, more: float) -> None:
    small, great = sorted((share, more))
    assert in_audit_sample(key, share=small, salt=salt) <= in_audit_sample(key, share=great, salt=salt)
    assert in_audit_sample(key, share=1.0, salt=salt)
    assert not in_audit_sample(key, share=0.0, salt=salt)


def test_draws_of_running_numbers_are_uniform() -> None:
    draws = np.array([audit_draw(f"case-{i}", salt=SALT) for i in range(20_000)])
    assert kstest(draws, "uniform").pvalue > 1e-6
    low, high = binom.ppf((5e-7, 1 - 5e-7), 20_000, 0.05)
    assert low <= (draws < 0.05).sum() <= high
    assert abs(np.corrcoef(draws[1:], draws[:-1])[0, 1]) < 5 / np.sqrt(20_000)


def test_two_salts_give_unrelated_samples() -> None:
    first = np.array([audit_draw(f"case-{i}", salt=SALT) for i in range(10_000)])
    second = np.array([audit_draw(f"case-{i}", salt=SALT + "2") for i in range(10_000)])
    assert abs(np.corrcoef(first, second)[0, 1]) < 5 / np.sqrt(10_000)


def test_draws_of_one_case_for_different_ends_are_unrelated() -> None:
    """A release draws both with one salt: who knows that a case was covered knows nothing of its audit."""
    keys = [f"case-{i}" for i in range(20_000)]
    traffic, audit = (np.array([audit_draw(f"{end}:{key}", salt=SALT) for key in keys]) for end in ("traffic", "audit"))
    assert abs(np.corrcoef(traffic, audit)[0, 1]) < 5 / np.sqrt(20_000)
    low, high = binom.ppf((5e-7, 1 - 5e-7), (traffic < 0.1).sum(), 0.1)
    assert low <= ((traffic < 0.1) & (audit < 0.1)).sum() <= high


def test_recheck_names_what_was_altered() -> None:
    record = [
        RecordedDraw(key, audit_draw(key, salt=SALT), in_audit_sample(key, share=0.3, salt=SALT))
        for key in (f"case-{i}" for i in range(100))
    ]
    assert recheck(record, salt=SALT, share=0.3) == ()
    record[7] = record[7]._replace(draw=0.999)
    record[9] = record[9]._replace(in_sample=not record[9].in_sample)
    assert recheck(record, salt=SALT, share=0.3) == ("case-7", "case-9")
    assert len(recheck(record, salt="another secret", share=0.3)) == 100


def test_commitment_is_the_plain_hash_and_not_the_key_of_the_draws() -> None:
    assert salt_commitment(SALT) == hashlib.sha256(SALT.encode()).hexdigest()
    longest = b"x" * 64
    published = bytes.fromhex(salt_commitment(longest))
    assert audit_draw("case", salt=published) != audit_draw("case", salt=longest)


def test_weak_salts_are_refused() -> None:
    with pytest.raises(ValueError, match="salt has 0 bytes"):
        audit_draw("case", salt="")
    with pytest.raises(ValueError, match="salt has 65 bytes: give 1 to 64"):
        audit_draw("case", salt=b"x" * 65)
    with pytest.raises(ValueError, match="salt has 15 bytes: give at least 16"):
        salt_commitment("x" * 15)


@pytest.mark.parametrize("share", [-0.01, 1.01, float("nan")])
def test_shares_outside_zero_to_one_are_refused(share: float) -> None:
    with pytest.raises(ValueError, match="give a share from 0 to 1"):
        in_audit_sample("case", share=share, salt=SALT)
