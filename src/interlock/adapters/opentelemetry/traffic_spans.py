"""A request as a span of the OpenTelemetry SDK: a model that was asked, or a tool that was called."""

import hashlib
from collections.abc import Iterator

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from interlock.adapters.opentelemetry.gen_ai import agreement, attributes_of, error_type, is_tool, span_name
from interlock.adapters.opentelemetry.spans import RESOURCE, nanoseconds
from interlock.terms.gateway.conventions import EVALUATION, SCHEMA_URL
from interlock.terms.gateway.trace import Accepted, Outcome

SCOPE = InstrumentationScope("interlock.gateway", schema_url=SCHEMA_URL)


def span_of(accepted: Accepted, outcome: Outcome) -> ReadableSpan:
    """The span. The same request always has the same ids: handing it on again doubles nothing.

    It goes on in the caller's own trace where the caller says that it has one. A shadow's span does not, or the caller
    would seem to have waited for it: it has a trace of its own, with a link to what it is the shadow of.
    """
    error = error_type(outcome)
    begun, ended = nanoseconds(accepted.at), nanoseconds(outcome.at)
    parent = None if outcome.shadow_of is not None else _parent(accepted)
    return ReadableSpan(
        name=span_name(accepted),
        context=_context(accepted.id, parent),
        parent=parent,
        resource=RESOURCE,
        instrumentation_scope=SCOPE,
        kind=SpanKind.INTERNAL if is_tool(accepted) else SpanKind.CLIENT,
        attributes=attributes_of(accepted, outcome),
        events=tuple(_events(outcome, begun, ended)),
        links=() if outcome.shadow_of is None else (Link(_context(outcome.shadow_of, _parent(accepted))),),
        status=Status(StatusCode.OK) if error is None else Status(StatusCode.ERROR, error),
        start_time=begun,
        end_time=max(begun, ended),
    )


def _events(outcome: Outcome, begun: int, ended: int) -> Iterator[Event]:
    """Each attempt that failed, and whether a second model said the same as the first."""
    for one in outcome.attempts:
        if one.failure is not None:
            where = {"interlock.upstream": one.upstream, "interlock.region": one.region}
            yield Event("interlock.attempt.failed", {**where, "interlock.failure": one.failure}, timestamp=begun)
    agrees = agreement(outcome)
    if agrees is not None:
        yield Event(EVALUATION, agrees, timestamp=max(begun, ended))


def _parent(accepted: Accepted) -> SpanContext | None:
    """The caller's own span, as it says."""
    if accepted.trace_parent is None:
        return None
    trace, _, span = accepted.trace_parent.partition("-")
    return SpanContext(int(trace, 16), int(span, 16), is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))


def _context(request: str, parent: SpanContext | None) -> SpanContext:
    digest = hashlib.sha256(f"traffic\n{request}".encode()).digest()
    return SpanContext(
        trace_id=int.from_bytes(digest[:16], "big") if parent is None else parent.trace_id,
        span_id=int.from_bytes(digest[16:24], "big"),
        is_remote=False,
        trace_flags=TraceFlags(TraceFlags.SAMPLED),
    )
