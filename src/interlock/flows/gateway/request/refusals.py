"""Refusals of what comes back from an upstream, and of what cannot be put on record."""

from interlock.terms.errors import Unavailable
from interlock.terms.gateway.refusal import Refusal, RefusalKind

FORBIDDEN_OUTPUT = Refusal(
    RefusalKind.CONTENT,
    "forbidden output",
    "the answer said what this workflow's answers may not say, so it was stopped; ask in another way",
)
_BROKEN = {
    "timeout": Refusal(RefusalKind.TIMED_OUT, "upstream", "the model stopped sending in the middle of its answer"),
    "oversized": Refusal(RefusalKind.UPSTREAM, "upstream", "the answer is larger than what is passed on"),
}
_BROKE_OFF = Refusal(RefusalKind.UPSTREAM, "upstream", "the model's answer broke off in the middle; ask again")


def broken_off(kind: str | None) -> Refusal:
    """An answer had begun and did not end; `kind` as in UpstreamFailed, or what a stream said of itself."""
    return _BROKEN.get(kind or "", _BROKE_OFF)


def too_large(size: int, most: int) -> Refusal:
    """A body of more bytes than one of the workflow may have."""
    words = f"the request has {size:,} bytes, and one of this workflow may have {most:,} bytes at most"
    return Refusal(RefusalKind.TOO_LARGE, "input_bytes_max", words)


def not_recorded(exc: Unavailable) -> Refusal:
    """The trace cannot be written: nothing passes that would not be on record."""
    words = f"the trace cannot be written, so nothing passes: {exc}"
    return Refusal(RefusalKind.UNAVAILABLE, "trace", words, retry_after_s=1)


def fault(request: str) -> Refusal:
    """Something in the gateway itself went wrong; the log says what, under the request's name."""
    words = f"the gateway could not handle this request, and an operator finds why in its log under {request}"
    return Refusal(RefusalKind.UNAVAILABLE, "fault", words)
