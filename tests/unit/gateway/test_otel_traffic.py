"""Traffic in OpenTelemetry's words: names as pinned, the same ids every time, and no content."""

from typing import Any

import pytest
from opentelemetry.semconv._incubating.attributes import error_attributes, gen_ai_attributes
from opentelemetry.semconv._incubating.metrics import gen_ai_metrics
from opentelemetry.semconv.schemas import Schemas

from interlock.adapters.opentelemetry import gen_ai
from interlock.adapters.opentelemetry.otlp_lines import traces_data
from interlock.adapters.opentelemetry.traffic_figures import metrics_data
from interlock.adapters.opentelemetry.traffic_spans import SCOPE, span_of
from interlock.terms.gateway.trace import Attempt
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
    ours = {value for name, value in vars(gen_ai).items() if name.isupper() and str(value).startswith("gen_ai.")}
    ours |= set(gen_ai.PARAMETERS.values())
    theirs = {str(value) for module in (gen_ai_attributes, gen_ai_metrics) for value in vars(module).values()}
    assert ours - {gen_ai.PROMPT_VERSION} <= theirs
    assert error_attributes.ERROR_TYPE == gen_ai.ERROR_TYPE
    assert any(schema.value == gen_ai.SCHEMA_URL for schema in Schemas)


def test_a_request_is_a_span() -> None:
    failed = Attempt("west", "small", "us", 9.0, None, "timeout")
    end = outcome(1, at="2026-11-26T10:00:01.500000Z", finish_reasons=("stop",), first_chunk_ms=250.0)
    end = outcome(1, at=end.at, finish_reasons=("stop",), first_chunk_ms=250.0, attempts=(failed, *end.attempts))
    data = traces_data([span_of(accepted(1), end)], SCOPE)
    scope = data["resourceSpans"][0]["scopeSpans"][0]
    (span,) = scope["spans"]
    assert (span["name"], span["kind"], span["status"], scope["schemaUrl"]) == (
        *("chat small", 3), {"code": 1}, gen_ai.SCHEMA_URL,
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
    assert set(named) == {gen_ai.DURATION, gen_ai.TOKEN_USAGE, gen_ai.TIME_TO_FIRST}
    chat, embeddings = named[gen_ai.DURATION]
    assert (chat["count"], embeddings["count"], read(embeddings["attributes"])["gen_ai.operation.name"]) == (
        *("5", "1"), "embeddings",
    )  # fmt: skip
    assert chat["sum"] == pytest.approx(0.31)
    assert chat["bucketCounts"] == ["1", "1", "1", "1", "1", *["0"] * 10]  # a bucket holds its upper bound
    assert {read(one["attributes"])["gen_ai.token.type"]: one["sum"] for one in named[gen_ai.TOKEN_USAGE]} == {
        "input": 500,
        "output": 100,
    }
