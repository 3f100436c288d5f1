"""The records of a request, from what was known of it when each is written."""

import hashlib

import msgspec

from interlock.engine.gateway.strays import asked_model
from interlock.flows.gateway.request.admission import Known, Request
from interlock.flows.gateway.request.arrival import Arrival
from interlock.terms.gateway.refusal import Refusal
from interlock.terms.gateway.trace import CLIENT_LEFT, CLIENT_LEFT_STATUS, Accepted, Outcome

ERROR_CHARS_MAX = 600
LOOKED_AT_BYTES = 262_144  # of a request that is refused anyway


class _Named(msgspec.Struct):
    model: str = ""
    stream: bool | None = None


class _Message(msgspec.Struct):
    message: str = ""


class _Error(msgspec.Struct):
    error: _Message | str = ""


_read_error = msgspec.json.Decoder(_Error).decode
_read = msgspec.json.Decoder(_Named).decode


def model_named(body: bytes) -> str:
    """The model that a request which is refused asked for, "" where that cannot be told or is no plain name."""
    try:
        return asked_model(_read(body).model) if len(body) <= LOOKED_AT_BYTES else ""
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""


def error_said(body: bytes) -> str | None:
    """The message of an upstream's error, cut to what a person reads; None where it has none."""
    try:
        error = _read_error(body).error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    words = error.message if isinstance(error, _Message) else error
    return words[:ERROR_CHARS_MAX] or None


def accepted(arrival: Arrival, request: Request, *, reserved_micro_usd: int) -> Accepted:
    """Of a request that may leave."""
    known, parsed, looked = request.known, request.parsed, request.looked
    return Accepted(
        id=arrival.id,
        at=arrival.at,
        client=known.client.name,
        workflow=known.client.workflow,
        release=known.authority.release,
        wire=arrival.wire.value,
        model=parsed.model,
        streams=parsed.streams,
        input_bytes=len(arrival.body),
        body_digest=hashlib.sha256(arrival.body).hexdigest(),
        tenant=known.client.tenant,
        key=known.client.key,
        prompt=parsed.prompt,
        parameters=parsed.parameters,
        redacted=looked.redacted,
        found=looked.found,
        rules=request.rules,
        reserved_micro_usd=reserved_micro_usd,
        trace_parent=arrival.trace_parent,
    )


def accepted_refused(arrival: Arrival, known: Known) -> Accepted:
    """Of a known client's request that does not leave. Whatever else is in it was perhaps not read."""
    return Accepted(
        id=arrival.id,
        at=arrival.at,
        client=known.client.name,
        workflow=known.client.workflow,
        release=known.authority.release,
        wire=arrival.wire.value,
        model=model_named(arrival.body),
        streams=False,
        input_bytes=len(arrival.body),
        body_digest=hashlib.sha256(arrival.body).hexdigest(),
        tenant=known.client.tenant,
        key=known.client.key,
        trace_parent=arrival.trace_parent,
    )


def outcome_refused(arrival: Arrival, refusal: Refusal, *, now_s: float, at: str) -> Outcome:
    """That it was refused, and by which rule."""
    latency_ms = round((now_s - arrival.started_s) * 1_000, 3)
    return Outcome(arrival.id, at, refusal.status, latency_ms, refused=refusal.rule)


def outcome_left(arrival: Arrival, *, now_s: float, at: str) -> Outcome:
    """That its client left before it did."""
    latency_ms = round((now_s - arrival.started_s) * 1_000, 3)
    return Outcome(arrival.id, at, CLIENT_LEFT_STATUS, latency_ms, broken=CLIENT_LEFT)
