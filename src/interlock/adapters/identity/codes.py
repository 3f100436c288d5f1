"""One-time codes by pyotp, and their picture by segno."""

import base64
import datetime as dt
import hmac

import pyotp
import segno

STEP_S = 30
NEIGHBOURS = (0, -1, 1)  # a clock may be one step off
ISSUER = "Interlock"


class TimedCodes:
    """interlock.ports.identity.OneTimeCodes: six digits, a new one every 30 seconds."""

    def step(self, seed: bytes, code: str, at: dt.datetime) -> int | None:
        given = "".join(code.split()).encode("utf-8", "replace")
        codes, now = _codes(seed), int(at.timestamp()) // STEP_S
        # All are compared, so that the time it takes tells nothing.
        right = [now + n for n in NEIGHBOURS if hmac.compare_digest(codes.generate_otp(now + n).encode(), given)]
        return right[0] if right else None

    def address(self, seed: bytes, name: str) -> str:
        return _codes(seed).provisioning_uri(name=name, issuer_name=ISSUER)

    def picture(self, address: str) -> str:
        return segno.make(address, error="m").svg_inline(scale=5, border=4, light="#fff", omitsize=True)


def _codes(seed: bytes) -> pyotp.TOTP:
    return pyotp.TOTP(base64.b32encode(seed).decode(), interval=STEP_S)
