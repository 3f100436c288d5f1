"""Audit samples that the audited party cannot predict and anyone can recheck afterwards."""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

_LONGEST_SALT_BYTES = 64  # a block of SHA-256
_SHORTEST_COMMITTED_SALT_BYTES = 16
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))
_SALTS_KEPT = 256


class RecordedDraw(NamedTuple):
    """What the record says of one case: its key, its audit draw, and whether it was in the audit sample."""

    key: str
    draw: float
    in_sample: bool


def audit_draw(key: str | bytes, *, salt: str | bytes) -> float:
    """A number in [0, 1), uniform over keys and fixed for a key: HMAC-SHA256(salt, key), its first 53 bits.

    `key` is the business key of the case (text is taken as UTF-8), `salt` a secret of at most 64 bytes until the period
    closes. Raises ValueError on an empty or longer salt.
    """
    begun_inner, begun_outer = _keyed(salt)
    inner, outer = begun_inner.copy(), begun_outer.copy()
    inner.update(key.encode() if isinstance(key, str) else key)
    outer.update(inner.digest())
    digest = outer.digest()
    # 53 bits, all that a float holds: 64 bits would round up to 1.0 now and then
    return (int.from_bytes(digest[:8], "big") >> 11) / 2**53


def in_audit_sample(key: str | bytes, *, share: float, salt: str | bytes) -> bool:
    """Whether this case is audited when a `share` in [0, 1] of cases is. A greater share keeps every smaller sample.

    Raises ValueError on a share outside [0, 1]. With a share of 0 nothing is audited and no promise is kept alive.
    """
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"share is {share!r}: give a share from 0 to 1 (0.05 audits 5 % of cases)")
    return audit_draw(key, salt=salt) < share


def salt_commitment(salt: str | bytes) -> str:
    """SHA-256 of the salt in hex: publish it before the period and the salt after it.

    Raises ValueError for a salt of fewer than 16 bytes, which could be found from its commitment by trying.
    """
    secret = _salt_bytes(salt)
    if len(secret) < _SHORTEST_COMMITTED_SALT_BYTES:
        raise ValueError(f"salt has {len(secret)} bytes: give at least 16 random ones, or it can be guessed")
    return hashlib.sha256(secret).hexdigest()


def recheck(draws: Iterable[RecordedDraw], *, salt: str | bytes, share: float) -> tuple[str, ...]:
    """Keys whose recorded draw is not the one that the salt gives, or that were in or out of the sample wrongly.

    In the order given; empty when the record is right. A case that is missing from the record cannot be seen here:
    compare the keys with the journal. Check the salt against its commitment first.
    """
    return tuple(
        record.key
        for record in draws
        if record.draw != audit_draw(record.key, salt=salt)
        or record.in_sample != in_audit_sample(record.key, share=share, salt=salt)
    )


@lru_cache(maxsize=_SALTS_KEPT)
def _keyed(salt: str | bytes) -> tuple["hashlib._Hash", "hashlib._Hash"]:
    """The inner and the outer hash of HMAC (RFC 2104) after the key: two draws are on the way of every effect."""
    block = _salt_bytes(salt).ljust(_LONGEST_SALT_BYTES, b"\0")
    return hashlib.sha256(block.translate(_INNER)), hashlib.sha256(block.translate(_OUTER))


def _salt_bytes(salt: str | bytes) -> bytes:
    secret = salt.encode() if isinstance(salt, str) else salt
    # HMAC replaces a key of more than 64 bytes by its SHA-256, which is the commitment that everyone has seen.
    if not 0 < len(secret) <= _LONGEST_SALT_BYTES:
        raise ValueError(f"salt has {len(secret)} bytes: give 1 to 64, best 32 random ones")
    return secret
