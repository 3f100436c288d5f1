"""The page of figures lists every metric, every alert and every name of a span, and none that is not there."""

import re
from pathlib import Path
from typing import Any, cast

from interlock.adapters.gateway.counts_folder import CountsFolder
from interlock.adapters.gateway.segments.folder import SegmentFolder
from interlock.adapters.opentelemetry import gen_ai
from interlock.engine.timestamp import moment
from interlock.flows.gateway.metrics import WorkerMetrics, limit_families
from interlock.terms.gateway import conventions as names
from interlock.terms.gateway.metric import Family
from interlock.terms.gateway.trace import ToolEnd
from interlock.terms.gateway.unusual import UnusualRule
from interlock.wiring.gateway.rounds import TraceRounds
from traced import AT, accepted, now, outcome

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "gateway-metrics.md").read_text("utf-8")
COLLECTOR = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}


def test_every_metric_is_listed_with_its_kind_and_labels(tmp_path: Path) -> None:
    metrics = WorkerMetrics(CountsFolder(tmp_path / "metrics", "w-1"))
    metrics.observe(accepted(1), outcome(1, first_chunk_ms=1.0, refused="limits"))
    nowhere = cast("Any", None)
    rounds = TraceRounds(nowhere, SegmentFolder(tmp_path, now), lambda: moment(AT), COLLECTOR, metrics)
    more: list[Family] = [*rounds.families(), *limit_families([])]
    there = dict(re.findall(r"^# TYPE (\w+) (\w+)$", metrics.page(lambda: more), re.MULTILINE))
    listed = dict(re.findall(r"^\| `(interlock_gateway_\w+|gen_ai_\w+)` \| (\w+) \|", PAGE, re.MULTILINE))
    assert listed == there


def test_every_alert_is_listed() -> None:
    part = PAGE.partition("## What is told by itself")[2].partition("## OpenTelemetry")[0]
    cells = [line.split("|")[1] for line in part.splitlines() if line.startswith("| `")]
    assert {name for cell in cells for name in re.findall(r"`(\w+)`", cell)} == {rule.value for rule in UnusualRule}


def test_every_name_of_a_span_is_listed() -> None:
    part = PAGE.partition("## OpenTelemetry")[2]
    named: set[str] = set()
    for line in part.splitlines():
        if not line.startswith("| `"):
            continue
        whole = ""
        for name in re.findall(r"`([\w.]+)`", line.split("|")[1]):
            whole = name if not name.startswith(".") else _beside(whole, name)
            named.add(whole)
    every = dict.fromkeys(names.PARAMETERS, 1)
    ended = ToolEnd("done", "act", "review", "approved", "t", "call_1")
    end = outcome(1, first_chunk_ms=1.0, finish_reasons=("stop",), refused="limits", shadow_of="r0", tool=ended)
    begun = accepted(1, parameters=every, found=("injection",), key="shop's")
    tool = accepted(1, wire="mcp", model="billing/pay", found=("injection",))
    assert named == {*gen_ai.attributes_of(begun, end), *gen_ai.attributes_of(tool, end)}


def _beside(whole: str, name: str) -> str:
    """`.seed` after `gen_ai.request.model` is gen_ai.request.seed."""
    stem = "interlock" if whole.startswith("interlock.") else ".".join(whole.split(".")[:2])
    return f"{stem}{name}"
