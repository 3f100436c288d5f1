"""Counts as families of metrics, and those in the text format that Prometheus reads (version 0.0.4).

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from interlock.engine.gateway.counts import Series, Timing, TrafficCounts, cumulative
from interlock.terms.gateway.metric import Family, Gauge, Sample

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PREFIX = "interlock_gateway_"
MICRO_USD = 1_000_000
GAUGES = {
    Gauge.OPEN_STREAMS: "Answers that stream now.",
    Gauge.BREAKER_OPEN: "Whether an upstream is left alone because it failed: 1 in at least one worker.",
    Gauge.EXPORT_WAITING: "Segments of traffic whose spans wait to be handed on.",
    Gauge.TRACE_LAG_S: "How far the trace on the disk is behind what was written, in the slowest worker.",
}


def families_of(counts: TrafficCounts) -> Iterator[Family]:
    """What the counts say."""
    series = sorted(counts.series.items())

    def of_series(name: str, words: str, samples: Callable[[Series], Iterable[tuple[float, dict[str, str]]]]) -> Family:
        return Family(
            f"{PREFIX}{name}",
            "counter",
            words,
            tuple(
                Sample(value, {"workflow": workflow, "model": model, **labels})
                for (workflow, model), one in series
                for value, labels in samples(one)
            ),
        )

    yield of_series("requests_total", "Requests by how they ended.", lambda one: _by("outcome", one.ends))
    yield of_series("tokens_total", "Tokens as upstreams counted them.", _tokens)
    yield of_series("cost_usd_total", "What the requests cost.", lambda one: [(one.cost_micro_usd / MICRO_USD, {})])
    yield of_series("cache_hits_total", "Answers that were given again.", lambda one: [(one.cache_hits, {})])
    timings: tuple[tuple[str, str, Callable[[Series], Timing]], ...] = (
        ("latency_seconds", "From a request to the end of its answer.", lambda one: one.latency),
        ("first_chunk_seconds", "From a request to the first part of a streamed answer.", lambda one: one.first_chunk),
    )
    for name, words, timing in timings:
        samples = tuple(
            sample
            for (workflow, model), one in series
            for sample in _histogram(timing(one), {"workflow": workflow, "model": model})
        )
        yield Family(f"{PREFIX}{name}", "histogram", words, samples)
    for name, words, label, counted in (
        ("refusals_total", "Refused requests by rule.", "rule", counts.refusals),
        ("redactions_total", "What was taken out of requests and answers, by kind.", "kind", counts.redactions),
        ("spans_total", "Spans by whether a back end took them.", "result", counts.handed_on),
        ("figures_total", "Points of histograms by whether a back end took them.", "result", counts.figured),
        ("ungoverned_total", "Requests of callers nobody knows, by what turned them away.", "rule", counts.strangers),
    ):
        yield Family(f"{PREFIX}{name}", "counter", words, tuple(Sample(n, by) for n, by in _by(label, counted)))


def gauge_families(gauges: Iterable[tuple[Gauge, str, float]]) -> Iterator[Family]:
    """What living workers say of themselves: (which, of what or "", value). Streams add up, of the others the most."""
    found: dict[tuple[Gauge, str], float] = {}
    for gauge, label, value in gauges:
        before = found.get((gauge, label), 0.0)
        found[gauge, label] = before + value if gauge is Gauge.OPEN_STREAMS else max(before, value)
    for gauge, words in GAUGES.items():
        ours = sorted((label, value) for (which, label), value in found.items() if which is gauge)
        samples = tuple(Sample(value, {"upstream": label} if label else {}) for label, value in ours)
        yield Family(f"{PREFIX}{gauge}", "gauge", words, samples)


def text_of(families: Iterable[Family]) -> str:
    """The page. A family without samples is still named, so that its absence is not taken for zero."""
    lines: list[str] = []
    for family in families:
        words = family.words.replace("\\", "\\\\").replace("\n", "\\n")
        lines += [f"# HELP {family.name} {words}", f"# TYPE {family.name} {family.kind}"]
        lines += [f"{family.name}{one.suffix}{_labels(one.labels)} {_number(one.value)}" for one in family.samples]
    return "\n".join([*lines, ""])


def _by(label: str, counts: Mapping[str, int]) -> list[tuple[float, dict[str, str]]]:
    return [(n, {label: name}) for name, n in sorted(counts.items())]


def _tokens(one: Series) -> list[tuple[float, dict[str, str]]]:
    return [(one.input_tokens, {"direction": "input"}), (one.output_tokens, {"direction": "output"})]


def _histogram(timing: Timing, labels: dict[str, str]) -> Iterator[Sample]:
    total = 0
    for end, total in cumulative(timing):
        yield Sample(total, {**labels, "le": end}, "_bucket")
    yield Sample(timing.sum_s, labels, "_sum")
    yield Sample(total, labels, "_count")


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
