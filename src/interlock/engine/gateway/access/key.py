"""The form of a gateway key: a prefix that scanners for leaked secrets know, chance, and a checksum."""

import hashlib
import re
import zlib

PREFIX = "interlock_gw_"
ENTROPY_BYTES = 32
BEGINS = len(PREFIX) + 6  # 36 of the 256 random bits, which name the key where it was found and leave 220
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM_DIGITS, _CHECK_DIGITS = 43, 6  # 62**43 > 2**256, 62**6 > 2**32
_FORM = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{_RANDOM_DIGITS + _CHECK_DIGITS}}}", re.ASCII)


def key_of(entropy: bytes) -> str:
    """The key of 32 random bytes: prefix, 43 digits to base 62, and 6 of the CRC-32 of all before them.

    The checksum tells a mistyped or cut key from one that is not known, without a look at any store; it guards nothing.
    Raises ValueError for another number of bytes.
    """
    if len(entropy) != ENTROPY_BYTES:
        raise ValueError(f"a key is made of {ENTROPY_BYTES} random bytes, not of {len(entropy)}")
    body = PREFIX + _digits(int.from_bytes(entropy), _RANDOM_DIGITS)
    return body + _check(body)


def is_key(text: str) -> bool:
    """Whether it could be a key, as its form and checksum say."""
    return _FORM.fullmatch(text) is not None and text[-_CHECK_DIGITS:] == _check(text[:-_CHECK_DIGITS])


def digest_of(presented: bytes) -> bytes:
    """The SHA-256 by which a credential is known: of 256 random bits, so no salt and no stretching are needed."""
    return hashlib.sha256(presented).digest()


def _check(body: str) -> str:
    return _digits(zlib.crc32(body.encode()), _CHECK_DIGITS)


def _digits(number: int, count: int) -> str:
    found = []
    for _ in range(count):
        number, digit = divmod(number, len(_DIGITS))
        found.append(_DIGITS[digit])
    return "".join(reversed(found))
