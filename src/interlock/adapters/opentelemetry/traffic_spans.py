"""A model request as a span of the OpenTelemetry SDK, with an event for each attempt that failed."""

import hashlib

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

from interlock.adapters.opentelemetry.gen_ai import SCHEMA_URL, attributes_of, error_type, span_name
from interlock.adapters.opentelemetry.spans import RESOURCE, nanoseconds
from interlock.terms.gateway.trace import Accepted, Outcome

SCOPE = InstrumentationScope("interlock.gateway", schema_url=SCHEMA_URL)


def span_of(accepted: Accepted, outcome: Outcome) -> ReadableSpan:
    """The span. The same request always has the same ids: handing it on again doubles nothing."""
    error = error_type(outcome)
    begun, ended = nanoseconds(accepted.at), nanoseconds(outcome.at)
    return ReadableSpan(
        name=span_name(accepted),
        context=_context(accepted.id),
        resource=RESOURCE,
        instrumentation_scope=SCOPE,
        kind=SpanKind.CLIENT,
        attributes=attributes_of(accepted, outcome),
        events=[
            Event(
                "interlock.attempt.failed",
                {"interlock.upstream": one.upstream, "interlock.failure": one.failure, "interlock.region": one.region},
                timestamp=begun,
            )
            for one in outcome.attempts
            if one.failure is not None
        ],
        status=Status(StatusCode.OK) if error is None else Status(StatusCode.ERROR, error),
        start_time=begun,
        end_time=max(begun, ended),
    )


def _context(request: str) -> SpanContext:
    digest = hashlib.sha256(f"traffic\n{request}".encode()).digest()
    return SpanContext(
        trace_id=int.from_bytes(digest[:16], "big"),
        span_id=int.from_bytes(digest[16:24], "big"),
        is_remote=False,
        trace_flags=TraceFlags(TraceFlags.SAMPLED),
    )
