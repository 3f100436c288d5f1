"""What a collector may do with what it is sent: take it, a part of it, none, later, never, slowly."""

import json
from collections.abc import Iterator

import pytest

from collectors import Collector, collecting
from interlock.adapters.opentelemetry.otlp_http import AFTER_MAX_S, OtlpHttp
from interlock.ports.gateway.telemetry import HandedOn, Later, NotTaken
from interlock.terms.errors import BadInput, Unavailable
from traced import accepted, outcome

PAIRS = [(accepted(n), outcome(n)) for n in range(3)]


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as server:
        yield server


@pytest.fixture
def export(collector: Collector) -> Iterator[OtlpHttp]:
    made = OtlpHttp(f"http://127.0.0.1:{collector.server_port}/", "x-key=a%20b, other=c", wait_s=0.3)
    yield made
    made.close()


def test_it_is_handed_on(collector: Collector, export: OtlpHttp) -> None:
    assert (export.spans(PAIRS), export.figures(PAIRS)) == (HandedOn(3), HandedOn(3))
    assert (export.spans([]), export.figures([])) == (HandedOn(0), HandedOn(0))
    (path, headers, traces), (metrics_path, _, metrics) = collector.got
    assert (path, metrics_path, headers["x-key"], headers["other"]) == ("/v1/traces", "/v1/metrics", "a b", "c")
    assert len(traces["resourceSpans"][0]["scopeSpans"][0]["spans"]) == 3
    assert metrics["resourceMetrics"]


@pytest.mark.parametrize(
    ("said", "rejected"),
    [("2", 2), (2, 2), ("9", 3), (-1, 0), ("-1", 0), ("many", 0), (None, 0), ("9" * 5_000, 0), ("\u0662", 0)],
)
def test_what_the_collector_threw_away_is_counted(
    collector: Collector, export: OtlpHttp, said: object, rejected: int
) -> None:
    """Never more than it was sent, and never fewer than none: what is counted does not fall."""
    for name, send in (("rejectedSpans", export.spans), ("rejectedDataPoints", export.figures)):
        collector.answers = [(200, json.dumps({"partialSuccess": {name: said, "errorMessage": "too old"}}).encode())]
        assert send(PAIRS) == HandedOn(3 - rejected, rejected)


@pytest.mark.parametrize("said", [b"", b"nothing", b"[]", b'{"partialSuccess": 1}', b"[" * 100_000, b" " * 200_000])
def test_whatever_it_says_of_what_it_took_it_took_it(collector: Collector, export: OtlpHttp, said: bytes) -> None:
    collector.answers = [(200, said)]
    assert export.spans(PAIRS) == HandedOn(3)


@pytest.mark.parametrize(
    ("status", "error"),
    [(429, Unavailable), (502, Unavailable), (503, Unavailable), (504, Unavailable)]
    + [(status, NotTaken) for status in (302, 400, 401, 404, 413, 500)],
)
def test_what_is_worth_trying_again(
    collector: Collector, export: OtlpHttp, status: int, error: type[Exception]
) -> None:
    for send in (export.spans, export.figures):
        collector.answers = [(status, b"")]
        with pytest.raises(error, match=str(status)):
            send(PAIRS)
    assert len(collector.got) == 2, "nothing is followed"


@pytest.mark.parametrize(
    ("said", "after_s"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("999999999999", AFTER_MAX_S),
        ("Thu, 26 Nov 2099 10:00:00 GMT", AFTER_MAX_S),
        ("Thu, 26 Nov 1998 10:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_when_it_may_be_asked_again_is_heard(
    collector: Collector, export: OtlpHttp, said: str, after_s: float | None
) -> None:
    collector.answers = [(429, b"", ("retry-after", said))]
    with pytest.raises(Unavailable, match="429") as raised:
        export.spans(PAIRS)
    assert (raised.value.after_s if isinstance(raised.value, Later) else None) == after_s


def test_where_nobody_listens_it_is_tried_again() -> None:
    export = OtlpHttp("http://127.0.0.1:1")
    with pytest.raises(Unavailable, match="cannot be reached"):
        export.spans(PAIRS)
    export.close()


def test_one_that_does_not_answer_in_time_is_tried_again(collector: Collector, export: OtlpHttp) -> None:
    collector.slow_s = 0.5
    with pytest.raises(Unavailable, match="ReadTimeout"):
        export.spans(PAIRS)


@pytest.mark.parametrize("given", [("collector:4318", ""), ("https://x", "no value"), ("https://x", "=v")])
def test_settings_that_cannot_be_used_are_told(given: tuple[str, str]) -> None:
    with pytest.raises(BadInput, match="OTEL_EXPORTER_OTLP"):
        OtlpHttp(*given)
