"""Spans as OTLP/JSON lines (the OpenTelemetry protocol's file format): no server has to run to receive them."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan

from interlock.adapters.opentelemetry.spans import RESOURCE, SCOPE, spans_of
from interlock.terms.trace import CaseTrace

KINDS = {"INTERNAL": 1, "SERVER": 2, "CLIENT": 3, "PRODUCER": 4, "CONSUMER": 5}
CODES = {"UNSET": 0, "OK": 1, "ERROR": 2}


def otlp_lines(traces: Iterable[CaseTrace]) -> Iterator[bytes]:
    """One `TracesData` a line, one case each."""
    for trace in traces:
        spans = [_span(span) for span in spans_of(trace)]
        scope = {"scope": {"name": SCOPE.name}, "spans": spans}
        data = {
            "resourceSpans": [{"resource": {"attributes": _attributes(RESOURCE.attributes)}, "scopeSpans": [scope]}]
        }
        yield json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


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
        "attributes": _attributes(span.attributes or {}),
        "status": status,
    }


def _attributes(attributes: Any) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in sorted(attributes.items())]


def _value(value: object) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    return {"stringValue": str(value)}
