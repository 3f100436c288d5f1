"""A request through the gateway is a span at a collector: in the caller's own trace, and with none of its words."""

import json
from pathlib import Path
from typing import Any

import pytest

from collectors import Collector, collecting
from gateway_house import AMPLE
from gateway_in_process import inside
from interlock.terms.gateway.traffic import TrafficPlan

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SAID = f"00-{TRACE}-{PARENT}-00".encode()  # not sampled, it says: that is not for a caller to decide
WORDS = "the heron flies at dusk"


def spans(collector: Collector) -> list[dict[str, Any]]:
    posted = [body for path, _, body in collector.got if path == "/v1/traces"]
    return [one for body in posted for one in body["resourceSpans"][0]["scopeSpans"][0]["spans"]]


def test_a_request_goes_on_in_the_trace_of_its_caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    message = {"role": "user", "content": WORDS}
    chat = json.dumps({"model": "small", "messages": [message], "max_tokens": 9}).encode()
    unknown = json.dumps({"model": "none", "messages": [message]}).encode()
    embed = json.dumps({"model": "embed", "input": WORDS}).encode()
    plans = {"all of it": TrafficPlan(models=("small", "embed"), limits=AMPLE)}
    with collecting() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{collector.server_port}")
        with inside(tmp_path, plans=plans) as gateway:
            asked = [
                gateway.ask("/v1/chat/completions", [chat], more=[(b"traceparent", SAID)]),
                gateway.ask("/v1/chat/completions", [chat], more=[(b"traceparent", b"00-anything")]),
                gateway.ask("/v1/chat/completions", [unknown], more=[(b"traceparent", SAID)]),
                gateway.ask("/v1/embeddings", [embed]),
            ]
    assert [one.status for one in asked] == [200, 200, 404, 200]
    found = spans(collector)
    assert [(one["name"], one.get("parentSpanId"), one["traceId"] == TRACE) for one in found] == [
        ("chat small", PARENT, True),
        ("chat small", None, False),
        ("chat none", PARENT, True),
        ("embeddings embed", None, False),
    ]
    assert len({one["spanId"] for one in found}) == 4
    everything = json.dumps([body for *_, body in collector.got])
    assert "heron" not in everything
    assert {path for path, *_ in collector.got} == {"/v1/traces", "/v1/metrics"}
