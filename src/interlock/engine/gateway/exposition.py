"""Counts as families of metrics, and those in the text format that Prometheus reads (version 0.0.4).

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from interlock.engine.gateway.counts import (
    BUCKETS_S,
    ENDS_S,
    MICROSECONDS,
    Series,
    Timing,
    TrafficCounts,
    add,
    cumulative,
)
from interlock.terms.gateway import conventions as names
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
    yield from _by_series(counts)
    yield from _of_the_conventions(counts)
    for name, words, label, counted in (
        ("refusals_total", "Refused requests by rule.", "rule", counts.refusals),
        ("redactions_total", "What was taken out of requests and answers, by kind.", "kind", counts.redactions),
        ("spans_total", "Spans by whether a back end took them.", "result", counts.handed_on),
        ("figures_total", "Points of histograms by whether a back end took them.", "result", counts.figured),
        ("ungoverned_total", "Requests of callers nobody knows, by what turned them away.", "rule", counts.strangers),
    ):
        yield Family(f"{PREFIX}{name}", "counter", words, tuple(Sample(n, by) for n, by in _by(label, counted)))


def _by_series(counts: TrafficCounts) -> Iterator[Family]:
    """By workflow, operation and model."""
    series = [
        ({"workflow": workflow, "operation": does, "model": model}, one)
        for (workflow, does, model), one in sorted(counts.series.items())
    ]

    def of_series(name: str, words: str, samples: Callable[[Series], Iterable[tuple[float, dict[str, str]]]]) -> Family:
        found = tuple(Sample(value, {**of, **labels}) for of, one in series for value, labels in samples(one))
        return Family(f"{PREFIX}{name}", "counter", words, found)

    yield of_series("requests_total", "Requests by how they ended.", lambda one: _by("outcome", one.ends))
    yield of_series("tokens_total", "Tokens as upstreams counted them.", _tokens)
    yield of_series("cost_usd_total", "What the requests cost.", lambda one: [(one.cost_micro_usd / MICRO_USD, {})])
    yield of_series("cache_hits_total", "Answers that were given again.", lambda one: [(one.cache_hits, {})])
    timings: tuple[tuple[str, str, Callable[[Series], Timing]], ...] = (
        ("latency_seconds", "From a request to the end of its answer.", lambda one: one.latency),
        ("first_chunk_seconds", "From a request to the first part of a streamed answer.", lambda one: one.first_chunk),
    )
    for name, words, timing in timings:
        samples = tuple(sample for of, one in series for sample in _timed(timing(one), BUCKETS_S, of))
        yield Family(f"{PREFIX}{name}", "histogram", words, samples)


def _of_the_conventions(counts: TrafficCounts) -> Iterator[Family]:
    """The histograms of the GenAI conventions, by operation and model of all workflows together."""
    together: dict[tuple[str, str], Series] = {}
    for (_, does, model), one in sorted(counts.series.items()):
        add(together.setdefault((does, model), Series()), one)
    does_, model_, kind = map(_label, (names.OPERATION, names.REQUEST_MODEL, names.TOKEN_TYPE))
    series = [({does_: does, model_: model}, one) for (does, model), one in together.items()]
    timings: tuple[tuple[str, str, Callable[[Series], Timing], Sequence[float]], ...] = (
        (names.DURATION, "How long an operation took.", lambda one: one.latency, names.DURATION_BOUNDS),
        (names.TIME_TO_FIRST, "To the first part of an answer.", lambda one: one.first_chunk, names.FIRST_BOUNDS),
    )
    for name, words, timing, bounds in timings:
        samples = tuple(sample for of, one in series for sample in _timed(timing(one), bounds, of))
        yield Family(f"{_label(name)}_seconds", "histogram", words, samples)
    tokens = tuple(
        sample
        for of, one in series
        for which, buckets, in_all in (
            ("input", one.input_buckets, one.input_tokens),
            ("output", one.output_buckets, one.output_tokens),
        )
        for sample in _histogram(cumulative(buckets, names.TOKEN_BOUNDS), in_all, {**of, kind: which})
    )
    yield Family(_label(names.TOKEN_USAGE), "histogram", "Tokens of an operation as upstreams counted them.", tokens)


def _label(name: str) -> str:
    """As OpenTelemetry writes a name for Prometheus."""
    return name.replace(".", "_")


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


def _timed(timing: Timing, bounds: Sequence[float], labels: dict[str, str]) -> Iterator[Sample]:
    return _histogram(cumulative(timing.buckets, ENDS_S, bounds), timing.sum_us / MICROSECONDS, labels)


def _histogram(buckets: Iterable[tuple[str, int]], in_all: float, labels: dict[str, str]) -> Iterator[Sample]:
    total = 0
    for end, total in buckets:
        yield Sample(total, {**labels, "le": end}, "_bucket")
    yield Sample(in_all, labels, "_sum")
    yield Sample(total, labels, "_count")


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
