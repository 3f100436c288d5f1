"""Traffic in OpenTelemetry's words: names as pinned, the same ids every time, and no content."""

import re
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.semconv._incubating.attributes import (
    error_attributes,
    gen_ai_attributes,
    http_attributes,
    mcp_attributes,
)
from opentelemetry.semconv._incubating.attributes.gen_ai_attributes import GenAiOperationNameValues
from opentelemetry.semconv._incubating.attributes.mcp_attributes import McpMethodNameValues
from opentelemetry.semconv._incubating.metrics import gen_ai_metrics
from opentelemetry.semconv.schemas import Schemas

from interlock.adapters.opentelemetry.otlp_lines import traces_data
from interlock.adapters.opentelemetry.traffic_figures import metrics_data
from interlock.adapters.opentelemetry.traffic_spans import SCOPE, span_of
from interlock.terms.gateway import conventions as names
from interlock.terms.gateway.trace import Accepted, Attempt, Outcome, ToolEnd
from traced import accepted, outcome


def read(attributes: list[dict[str, Any]]) -> dict[str, Any]:
    def value(held: dict[str, Any]) -> Any:
        ((kind, inner),) = held.items()
        if kind == "arrayValue":
            return [value(one) for one in inner["values"]]
        return int(inner) if kind == "intValue" else inner

    return {one["key"]: value(one["value"]) for one in attributes}


def test_names_are_those_of_the_pinned_conventions() -> None:
    """Where the conventions that are installed move on, this says so, and the mapping follows in one place."""
    ours = {str(value) for name, value in vars(names).items() if name.isupper()} | set(names.PARAMETERS.values())
    ours = {name for name in ours if name.startswith(("gen_ai.", "mcp.", "error.", "http."))}
    modules = (gen_ai_attributes, gen_ai_metrics, error_attributes, http_attributes, mcp_attributes)
    theirs = {str(value) for module in modules for value in vars(module).values()}
    assert ours - theirs == {names.PROMPT_VERSION, names.EVALUATION}, "of the conventions of before, and an event"
    assert {names.CHAT, names.EMBEDDINGS, names.EXECUTE_TOOL} <= {one.value for one in GenAiOperationNameValues}
    assert McpMethodNameValues.TOOLS_CALL.value == names.TOOLS_CALL
    assert any(schema.value == names.SCHEMA_URL for schema in Schemas)


def test_names_are_in_one_table() -> None:
    """No other module of ours spells one."""
    table = Path(names.__file__)
    spelled = {
        path.name
        for path in (table.parents[2]).rglob("*.py")
        if path != table and re.search(r"[\"']gen_ai\.[a-z]", path.read_text("utf-8"))
    }
    assert spelled == {"otlp.py"}, "which reads the spans of others, of any version"


def span(begun: Accepted, end: Outcome) -> dict[str, Any]:
    (one,) = traces_data([span_of(begun, end)], SCOPE)["resourceSpans"][0]["scopeSpans"][0]["spans"]
    return {**one, "said": read(one["attributes"])}


def test_a_tool_call_is_a_span() -> None:
    """What is on record of a call that a person approved."""
    begun = accepted(1, wire="mcp", model="billing/pay/now", prompt=None, parameters={})
    ended = ToolEnd("done", "act", "review", "approved", "ab" * 16, "call_7")
    made = span(begun, outcome(1, usage=None, response_model=None, response_id=None, tool=ended))
    assert (made["name"], made["kind"], made["status"]) == ("execute_tool pay/now", 1, {"code": 1})
    said = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "pay/now",
        "gen_ai.tool.call.id": "call_7",
        "gen_ai.workflow.name": "claims",
        "mcp.method.name": "tools/call",
        "interlock.tool.server": "billing",
        "interlock.tool.authority": "act",
        "interlock.tool.state": "done",
        "interlock.tool.ticket": "ab" * 16,
        "interlock.verdict": "review",
        "interlock.approval": "approved",
    }
    assert {**made["said"], **said} == made["said"]
    assert not {name for name in made["said"] if name.startswith(("gen_ai.request", "gen_ai.usage", "gen_ai.provider"))}
    refused = span(begun, outcome(1, refused="argument_bytes_max", status=413, usage=None))
    assert (refused["status"]["code"], refused["said"]["error.type"]) == (2, "refused: argument_bytes_max")


@pytest.mark.parametrize(("wire", "name"), [("embeddings", "embeddings small"), ("responses", "chat small")])
def test_an_operation_is_what_was_asked_for(wire: str, name: str) -> None:
    assert span(accepted(1, wire=wire), outcome(1))["name"] == name


def test_a_trace_that_the_caller_began_goes_on() -> None:
    trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    alone, within = span(accepted(1), outcome(1)), span(accepted(1, trace_parent=f"{trace}-{parent}"), outcome(1))
    assert (within["traceId"], within["parentSpanId"], within["spanId"]) == (trace, parent, alone["spanId"])
    assert "parentSpanId" not in alone
    assert alone["traceId"] != trace


@pytest.mark.parametrize("parent", [None, "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"])
def test_a_shadow_has_a_trace_of_its_own_and_leads_to_what_it_is_of(parent: str | None) -> None:
    first = span(accepted(1, trace_parent=parent), outcome(1))
    begun = accepted("1-shadow", model="next", trace_parent=parent)
    shadow = span(begun, outcome("1-shadow", shadow_of="r1", shadow_agrees=False))
    assert shadow["links"] == [{"traceId": first["traceId"], "spanId": first["spanId"]}]
    assert (shadow["traceId"] != first["traceId"], "parentSpanId" in shadow, "links" in first) == (True, False, False)
    (event,) = shadow["events"]
    assert (event["name"], read(event["attributes"])) == (
        "gen_ai.evaluation.result",
        {
            "gen_ai.evaluation.name": "interlock.shadow_agreement",
            "gen_ai.evaluation.score.label": "differs",
            "gen_ai.evaluation.score.value": 0.0,
            "gen_ai.response.id": "resp-1",
        },
    )
    assert "events" not in span(begun, outcome("1-shadow", shadow_of="r1"))


def test_figures_are_not_told_apart_by_what_a_client_writes() -> None:
    """A model that nobody has is a name that may be anything."""
    pairs = [(accepted(n, model=f"anything-{n}"), outcome(n, refused="unknown_model", attempts=())) for n in range(9)]
    for one in metrics_data(pairs)["resourceMetrics"][0]["scopeMetrics"][0]["metrics"]:
        for point in one["histogram"]["dataPoints"]:
            assert "anything" not in str(point)


def test_a_request_is_a_span() -> None:
    failed = Attempt("west", "small", "us", 9.0, None, "timeout")
    end = outcome(1, at="2026-11-26T10:00:01.500000Z", finish_reasons=("stop",), first_chunk_ms=250.0)
    end = outcome(1, at=end.at, finish_reasons=("stop",), first_chunk_ms=250.0, attempts=(failed, *end.attempts))
    data = traces_data([span_of(accepted(1), end)], SCOPE)
    scope = data["resourceSpans"][0]["scopeSpans"][0]
    (span,) = scope["spans"]
    assert (span["name"], span["kind"], span["status"], scope["schemaUrl"]) == (
        *("chat small", 3), {"code": 1}, names.SCHEMA_URL,
    )  # fmt: skip
    assert int(span["endTimeUnixNano"]) - int(span["startTimeUnixNano"]) == 1_500_000_000
    assert [event["name"] for event in span["events"]] == ["interlock.attempt.failed"]
    said = read(span["attributes"])
    assert (
        said
        | {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "east",
            "gen_ai.request.model": "small",
            "gen_ai.response.model": "small-1",
            "gen_ai.response.finish_reasons": ["stop"],
            "gen_ai.response.time_to_first_chunk": 0.25,
            "gen_ai.request.temperature": 0.5,
            "gen_ai.request.max_tokens": 100,
            "gen_ai.usage.input_tokens": 100,
            "gen_ai.usage.cache_read.input_tokens": 10,
            "gen_ai.prompt.name": "greeting",
            "gen_ai.prompt.version": "3",
            "gen_ai.workflow.name": "claims",
            "interlock.cost_micro_usd": 700,
            "interlock.rules": ["limits"],
        }
        == said
    )
    again = traces_data([span_of(accepted(1), end)], SCOPE)
    assert again == data
    other = traces_data([span_of(accepted(2), outcome(2))], SCOPE)["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    assert other["traceId"] != span["traceId"]


@pytest.mark.parametrize(
    ("end", "error"),
    [
        (outcome(1, refused="limits", status=429), "refused: limits"),
        (outcome(1, broken="stalled"), "stalled"),
        (outcome(1, status=502), "502"),
    ],
)
def test_what_did_not_end_well_is_an_error(end: Any, error: str) -> None:
    span = traces_data([span_of(accepted(1), end)], SCOPE)["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    assert (span["status"], read(span["attributes"])["error.type"]) == ({"code": 2, "message": error}, error)


def test_figures_add_up() -> None:
    pairs = [(accepted(n), outcome(n, latency_ms=10.0 * 2**n, first_chunk_ms=1.0)) for n in range(5)]
    pairs.append((accepted(9, wire="embeddings"), outcome(9, latency_ms=0.0, usage=None)))
    metrics = metrics_data(pairs)["resourceMetrics"][0]["scopeMetrics"][0]["metrics"]
    named = {one["name"]: one["histogram"]["dataPoints"] for one in metrics}
    assert set(named) == {names.DURATION, names.TOKEN_USAGE, names.TIME_TO_FIRST}
    chat, embeddings = named[names.DURATION]
    assert (chat["count"], embeddings["count"], read(embeddings["attributes"])["gen_ai.operation.name"]) == (
        *("5", "1"), "embeddings",
    )  # fmt: skip
    assert chat["sum"] == pytest.approx(0.31)
    assert chat["bucketCounts"] == ["1", "1", "1", "1", "1", *["0"] * 10]  # a bucket holds its upper bound
    assert {read(one["attributes"])["gen_ai.token.type"]: one["sum"] for one in named[names.TOKEN_USAGE]} == {
        "input": 500,
        "output": 100,
    }
