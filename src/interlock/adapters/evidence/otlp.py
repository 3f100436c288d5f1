"""OTLP/JSON lines: of how many outputs it is on record what they were made of, by what, and who approved it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from interlock.adapters.evidence.source_file import SourceFile, count, time_of_nanoseconds
from interlock.terms.errors import BadInput
from interlock.terms.evidence import EvidenceClass
from interlock.terms.imported import Imported

# What a trace must name for each of the four, by any of these attributes.
NAMED: Mapping[str, frozenset[str]] = {
    "input": frozenset({"interlock.case.key", "gen_ai.input.messages", "input.value", "gen_ai.prompt"}),
    "prompt": frozenset({"interlock.release", "gen_ai.prompt.name", "gen_ai.system_instructions", "prompt.id"}),
    "version": frozenset({"interlock.release", "gen_ai.response.model", "service.version", "gen_ai.request.model"}),
    "approval": frozenset({"interlock.promotion.entry", "interlock.reviewer", "interlock.by", "approval.by"}),
}
TRACES_MAX = 200_000


def read_otlp(file: SourceFile) -> tuple[Imported, ...]:
    """Each trace is one output. Raises BadInput where a line is no OTLP/JSON, or there are too many traces."""
    traces: dict[str, set[str]] = {}
    spans = newest = 0
    for number, text in file.lines():
        if not text.strip():
            continue
        place = f"{file.name}: line {number}"
        for shared, span in _spans(_object(text, place), place):
            spans += 1
            named = traces.setdefault(_trace_id(span, place), set())
            held = shared | _keys(span, place)
            named.update(part for part, names in NAMED.items() if held & names)
            newest = max(newest, count(span.get("endTimeUnixNano", 0), place=f"{place}: endTimeUnixNano"))
        if len(traces) > TRACES_MAX:
            raise BadInput(f"{file.name}: more than {TRACES_MAX:,} traces; add a period at a time")
    whole = sum(len(named) == len(NAMED) for named in traces.values())
    body = {
        "outputs": len(traces),
        "spans": spans,
        "traced": whole,
        "share": whole / len(traces) if traces else None,
        **{f"with_{part}": sum(part in named for named in traces.values()) for part in NAMED},
    }
    at = time_of_nanoseconds(newest, place=file.name) if newest else None
    digest, size = file.sha256, file.size_bytes
    return (Imported("traces", EvidenceClass.EXECUTED, "OpenTelemetry", body, file.name, digest, size, at),)


def _object(text: str, place: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise BadInput(f"{place}: this is no JSON ({exc}); write one OTLP object a line") from exc
    if not isinstance(found, Mapping) or not isinstance(found.get("resourceSpans"), list):
        raise BadInput(f"{place}: there is no `resourceSpans` in it; export traces as OTLP/JSON, one object a line")
    return found


def _spans(data: Mapping[str, Any], place: str) -> Iterator[tuple[set[str], Mapping[str, Any]]]:
    for resource in data["resourceSpans"]:
        try:
            shared = _keys(resource.get("resource") or {}, place)
            for scope in resource.get("scopeSpans") or ():
                for span in scope.get("spans") or ():
                    yield shared, span
        except AttributeError as exc:
            raise BadInput(f"{place}: its spans are not laid out as in OTLP/JSON; export them again") from exc


def _trace_id(span: Mapping[str, Any], place: str) -> str:
    identity = span.get("traceId")
    if not isinstance(identity, str) or not identity.strip("0"):
        raise BadInput(f"{place}: a span has no traceId; export the traces again")
    return identity


def _keys(holder: Mapping[str, Any], place: str) -> set[str]:
    """Names of the attributes that say something."""
    try:
        return {item["key"] for item in holder.get("attributes") or () if any(map(_said, item["value"].values()))}
    except (KeyError, TypeError, AttributeError) as exc:
        raise BadInput(f"{place}: attributes are not laid out as in OTLP/JSON; export them again") from exc


def _said(value: object) -> bool:
    return value not in (None, "", [], {})
