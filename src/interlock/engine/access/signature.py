"""Signatures of web hooks, in and out, as Standard Webhooks writes them: `v1,` and an HMAC-SHA256 in base64."""

import base64
import binascii
import datetime as dt
import hashlib
import hmac

SECRET_PREFIX = "whsec_"  # noqa: S105 - what every secret begins with
SECRET_BYTES_MIN = 24
WINDOW = dt.timedelta(minutes=5)  # how far the sender's clock may be from ours


def secret_text(secret: bytes) -> str:
    """A secret as people copy it."""
    return SECRET_PREFIX + base64.b64encode(secret).decode()


def secret_of(text: str) -> bytes:
    """The secret that such a text holds. Raises ValueError for another text, or one that is too short."""
    try:
        secret = base64.b64decode(text.strip().removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as exc:
        raise ValueError(f"it is no base64 text ({exc})") from exc
    if len(secret) < SECRET_BYTES_MIN:
        raise ValueError(f"it has {len(secret)} bytes, at least {SECRET_BYTES_MIN} are needed")
    return secret


def signature(secret: bytes, message_id: str, timestamp: int, content: bytes) -> str:
    """The value of `webhook-signature`; `timestamp` in seconds since 1970, UTC."""
    signed = f"{message_id}.{timestamp}.".encode() + content
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()


def is_signed(secret: bytes, message_id: str, timestamp: int, content: bytes, given: str) -> bool:
    """Whether one of the given signatures (a sender that changes its secret sends two) is right."""
    right = signature(secret, message_id, timestamp, content).encode()
    return any(hmac.compare_digest(right, one.encode()) for one in given.split(" "))


def is_fresh(timestamp: int, now: dt.datetime) -> bool:
    """Whether a message was signed within the window around now."""
    return abs(now.timestamp() - timestamp) <= WINDOW.total_seconds()
