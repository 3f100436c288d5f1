"""Records of traffic for tests, and a clock that stands still unless it is told."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from interlock.adapters.gateway.segments.log import SegmentTraceLog
from interlock.terms.gateway.trace import Accepted, Attempt, Outcome
from interlock.terms.gateway.usage import Usage

AT = "2026-11-26T10:00:00.000000Z"


def now() -> str:
    return AT


def accepted(number: int | str, *, at: str = AT, client: str = "shop", model: str = "small", **more: Any) -> Accepted:
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    known = Accepted(
        f"r{number}", at, client, "claims", "sha256:1", "chat", model, False, 812, digest, "acme",
        ("greeting", "3"), {"temperature": 0.5, "max_tokens": 100}, {"email": 2}, (), ("limits",), 900,
    )  # fmt: skip
    return replace(known, **more)


def outcome(number: int | str, *, at: str = AT, cost: int = 700, status: int = 200, **more: Any) -> Outcome:
    tried = (Attempt("east", "small", "eu", 41.5, status),)
    known = Outcome(f"r{number}", at, status, 42.25, tried, Usage(100, 20, 10), cost, "2026-11", "small-1", "resp-1")
    return replace(known, **more)


def write_ten(folder: Path) -> None:
    """One sealed segment of ten requests, r0 to r9, a second apart; the last one has no end."""
    log = SegmentTraceLog(folder, "w-1", now, age_s=3_600)
    for number in range(10):
        log.accept(accepted(number, at=f"2026-11-26T10:00:{number:02d}.000000Z"))
        if number != 9:
            log.outcome(outcome(number))
    log.close()
