"""Refusals in the shape of the client's wire format, so that official clients raise the error that is meant."""

from typing import Any

from interlock.engine.gateway.wire.decoding import encode
from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.gateway.wire import Wire

_OPENAI = {
    RefusalKind.MALFORMED: "invalid_request_error",
    RefusalKind.UNKNOWN_CALLER: "authentication_error",
    RefusalKind.FORBIDDEN: "permission_error",
    RefusalKind.UNKNOWN_MODEL: "invalid_request_error",
    RefusalKind.TOO_LARGE: "invalid_request_error",
    RefusalKind.CONTENT: "invalid_request_error",
    RefusalKind.LIMITED: "rate_limit_error",
    RefusalKind.BUDGET: "insufficient_quota",
    RefusalKind.BUSY: "server_error",
    RefusalKind.UPSTREAM: "server_error",
    RefusalKind.TIMED_OUT: "server_error",
    RefusalKind.UNAVAILABLE: "server_error",
}
_CODES = {
    RefusalKind.UNKNOWN_CALLER: "invalid_api_key",
    RefusalKind.UNKNOWN_MODEL: "model_not_found",
    RefusalKind.TOO_LARGE: "request_too_large",
    RefusalKind.CONTENT: "content_policy_violation",
    RefusalKind.LIMITED: "rate_limit_exceeded",
    RefusalKind.BUDGET: "insufficient_quota",
}
_ANTHROPIC = {
    RefusalKind.MALFORMED: "invalid_request_error",
    RefusalKind.UNKNOWN_CALLER: "authentication_error",
    RefusalKind.FORBIDDEN: "permission_error",
    RefusalKind.UNKNOWN_MODEL: "not_found_error",
    RefusalKind.TOO_LARGE: "request_too_large",
    RefusalKind.CONTENT: "invalid_request_error",
    RefusalKind.LIMITED: "rate_limit_error",
    RefusalKind.BUDGET: "rate_limit_error",
    RefusalKind.BUSY: "overloaded_error",
    RefusalKind.UPSTREAM: "api_error",
    RefusalKind.TIMED_OUT: "timeout_error",
    RefusalKind.UNAVAILABLE: "api_error",
}
# Asking again cannot help, or not soon: official clients obey this field and do not try three times.
_FINAL = (RefusalKind.BUDGET,)


def refusal_body(wire: Wire, refusal: Refusal) -> bytes:
    """The body of the answer that refuses; its HTTP status is `refusal.status`."""
    return encode(_anthropic(refusal) if wire.is_anthropics else {"error": _openai(refusal)})


def refusal_headers(refusal: Refusal) -> tuple[tuple[bytes, bytes], ...]:
    """Header fields that go with it: when to ask again, or that it is of no use to."""
    fields: list[tuple[bytes, bytes]] = []
    if refusal.retry_after_s is not None:
        fields.append((b"retry-after", str(refusal.retry_after_s).encode()))
    if refusal.kind in _FINAL:
        fields.append((b"x-should-retry", b"false"))
    return tuple(fields)


def refusal_event(wire: Wire, refusal: Refusal, sequence: int = 0) -> bytes:
    """The event that ends a stream which has begun; nothing that means a complete answer may follow it.

    `sequence` numbers it among the events of a Responses stream.
    """
    if wire is Wire.MESSAGES:
        return b"event: error\ndata: " + encode(_anthropic(refusal)) + b"\n\n"
    error = _openai(refusal)
    if wire is Wire.RESPONSES:
        told = {name: error[name] for name in ("code", "message", "param")}
        body = {"type": "error", **told, "sequence_number": sequence, "error": error}
        return b"event: error\ndata: " + encode(body) + b"\n\n"
    return b"data: " + encode({"error": error}) + b"\n\n"


def _openai(refusal: Refusal) -> dict[str, Any]:
    code = _CODES.get(refusal.kind) or refusal.rule.replace(" ", "_")
    return {"message": refusal.words, "type": _OPENAI[refusal.kind], "param": refusal.field, "code": code}


def _anthropic(refusal: Refusal) -> dict[str, Any]:
    return {"type": "error", "error": {"type": _ANTHROPIC[refusal.kind], "message": refusal.words}}
