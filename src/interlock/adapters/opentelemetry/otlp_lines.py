"""Spans as OTLP/JSON lines (the OpenTelemetry protocol's file format): no server has to run to receive them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link

from interlock.adapters.opentelemetry.spans import RESOURCE, SCOPE, spans_of
from interlock.terms.trace import CaseTrace

KINDS = {"INTERNAL": 1, "SERVER": 2, "CLIENT": 3, "PRODUCER": 4, "CONSUMER": 5}
CODES = {"UNSET": 0, "OK": 1, "ERROR": 2}


def otlp_lines(traces: Iterable[CaseTrace]) -> Iterator[bytes]:
    """One `TracesData` a line, one case each."""
    for trace in traces:
        yield line_of(traces_data(spans_of(trace), SCOPE))


def traces_data(spans: Iterable[ReadableSpan], scope: InstrumentationScope) -> dict[str, Any]:
    """`TracesData` of spans that have one scope."""
    named = {"scope": {"name": scope.name}, **({"schemaUrl": scope.schema_url} if scope.schema_url else {})}
    return {
        "resourceSpans": [{"resource": resource(), "scopeSpans": [{**named, "spans": [_span(one) for one in spans]}]}]
    }


def line_of(data: Mapping[str, Any]) -> bytes:
    """One line of a file."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def resource() -> dict[str, Any]:
    """Who says it."""
    return {"attributes": attributes(RESOURCE.attributes)}


def _span(span: ReadableSpan) -> dict[str, Any]:
    context = span.get_span_context()
    if context is None:
        raise ValueError("a span without a context cannot be written")
    status: dict[str, Any] = {"code": CODES[span.status.status_code.name]}
    if span.status.description:
        status["message"] = span.status.description
    return {
        "traceId": f"{context.trace_id:032x}",
        "spanId": f"{context.span_id:016x}",
        **({} if span.parent is None else {"parentSpanId": f"{span.parent.span_id:016x}"}),
        "name": span.name,
        "kind": KINDS[span.kind.name],
        "startTimeUnixNano": str(span.start_time),
        "endTimeUnixNano": str(span.end_time),
        "attributes": attributes(span.attributes or {}),
        **({"events": [_event(one) for one in span.events]} if span.events else {}),
        **({"links": [_link(one) for one in span.links]} if span.links else {}),
        "status": status,
    }


def attributes(named: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Attributes as OTLP has them."""
    return [{"key": key, "value": _value(value)} for key, value in sorted(named.items())]


def _event(event: Event) -> dict[str, Any]:
    return {
        "timeUnixNano": str(event.timestamp),
        "name": event.name,
        "attributes": attributes(event.attributes or {}),
    }


def _link(link: Link) -> dict[str, Any]:
    return {"traceId": f"{link.context.trace_id:032x}", "spanId": f"{link.context.span_id:016x}"}


def _value(value: object) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list | tuple):
        return {"arrayValue": {"values": [_value(one) for one in value]}}
    return {"stringValue": str(value)}
