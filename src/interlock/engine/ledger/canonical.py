"""Canonical bytes (RFC 8785) and digests of what was decided."""

import dataclasses
import hashlib
from enum import Enum
from typing import Any

import rfc8785


def plain(value: Any) -> Any:
    """Frozen terms as JSON-able values: dataclasses become objects, enums their values, tuples lists."""
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes of a JSON-able value or term; raises ValueError for NaN, infinities and integers over 2**53."""
    return rfc8785.dumps(plain(value))


def digest(value: Any) -> str:
    """ "sha256:" and the hexadecimal SHA-256 of the canonical bytes."""
    return "sha256:" + hashlib.sha256(canonical(value)).hexdigest()
