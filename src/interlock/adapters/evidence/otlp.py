"""OTLP/JSON lines: of how many outputs it is on record what they were made of, by what, and who approved it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from interlock.adapters.evidence.source_file import SourceFile, count, time_of_nanoseconds
from interlock.terms.errors import BadInput
from interlock.terms.evidence import EvidenceClass
from interlock.terms.imported import Imported

# What a trace must name for each of the four, by any of these attributes: those of OpenTelemetry's conventions for
# generative AI (gen_ai.*, service.version), of OpenInference (input.value, llm.*), and Interlock's own.
NAMED: Mapping[str, tuple[str, ...]] = {
    "input": ("gen_ai.input.messages", "gen_ai.prompt", "input.value", "interlock.case.key"),
    "prompt": ("gen_ai.system_instructions", "gen_ai.prompt.name", "llm.prompt_template.template", "interlock.release"),
    "version": (
        "gen_ai.response.model",
        "gen_ai.request.model",
        "llm.model_name",
        "service.version",
        "interlock.release",
    ),
    "approval": ("approval.by", "interlock.promotion.entry", "interlock.reviewer"),
}
PARTS = tuple(NAMED)
APPROVAL = "approval"
# A case that ran beside people: nothing was done with its output, so there was nothing to approve.
SHADOW = ("interlock.verb", "shadow")
TRACES_MAX = 200_000


def read_otlp(file: SourceFile, own: Mapping[str, Sequence[str]] | None = None) -> tuple[Imported, ...]:
    """Each trace is one output; `own` are attributes of yours that name a part too.

    Raises BadInput where a line is no OTLP/JSON, or there are too many traces.
    """
    names = {part: {*known, *(own or {}).get(part, ())} for part, known in NAMED.items()}
    traces: dict[str, set[str]] = {}
    spans = newest = 0
    for number, text in file.lines():
        if not text.strip():
            continue
        place = f"{file.name}: line {number}"
        for shared, span in _spans(_object(text, place), place):
            spans += 1
            held = {**shared, **_attributes(span, place)}
            found = traces.setdefault(_trace_id(span, place), set())
            found.update(part for part, wanted in names.items() if held.keys() & wanted)
            if held.get(SHADOW[0]) == SHADOW[1]:
                found.add(SHADOW[1])
            newest = max(newest, count(span.get("endTimeUnixNano", 0), place=f"{place}: endTimeUnixNano"))
        if len(traces) > TRACES_MAX:
            raise BadInput(f"{file.name}: more than {TRACES_MAX:,} traces; add a period at a time")
    body = {**_counts(list(traces.values())), "spans": spans}
    if own:
        body["own_attributes"] = {part: sorted(listed) for part, listed in own.items()}
    at = time_of_nanoseconds(newest, place=file.name) if newest else None
    digest, size = file.sha256, file.size_bytes
    return (Imported("traces", EvidenceClass.EXECUTED, "OpenTelemetry", body, file.name, digest, size, at),)


def _counts(traces: list[set[str]]) -> dict[str, Any]:
    """Traced is an output of which all four are named; of one that nobody did anything with, all but the approval."""
    shadow = sum(SHADOW[1] in found for found in traces)
    whole = sum(_wanted(found) <= found for found in traces)
    return {
        "outputs": len(traces),
        "shadow": shadow,
        "traced": whole,
        "share": whole / len(traces) if traces else None,
        **{f"with_{part}": sum(part in found for found in traces) for part in PARTS},
    }


def _wanted(found: set[str]) -> set[str]:
    return set(PARTS) - {APPROVAL} if SHADOW[1] in found else set(PARTS)


def _object(text: str, place: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise BadInput(f"{place}: this is no JSON ({exc}); write one OTLP object a line") from exc
    if not isinstance(found, Mapping) or not isinstance(found.get("resourceSpans"), list):
        raise BadInput(f"{place}: there is no `resourceSpans` in it; export traces as OTLP/JSON, one object a line")
    return found


def _spans(data: Mapping[str, Any], place: str) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    for resource in data["resourceSpans"]:
        try:
            shared = _attributes(resource.get("resource") or {}, place)
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


def _attributes(holder: Mapping[str, Any], place: str) -> dict[str, Any]:
    """The attributes that say something, those of a span's events too: there some tools put input and prompt."""
    found: dict[str, Any] = {}
    try:
        for part in (holder, *(holder.get("events") or ())):
            for item in part.get("attributes") or ():
                value = next(iter(item["value"].values()), None)
                if value not in (None, "", [], {}):
                    found[item["key"]] = value
    except (KeyError, TypeError, AttributeError) as exc:
        raise BadInput(f"{place}: attributes are not laid out as in OTLP/JSON; export them again") from exc
    return found
