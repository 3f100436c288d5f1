"""Histograms of a batch of model requests, as the GenAI conventions name them: deltas, which back ends add up."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from interlock.adapters.opentelemetry.gen_ai import common
from interlock.adapters.opentelemetry.otlp_lines import attributes, resource
from interlock.adapters.opentelemetry.spans import nanoseconds
from interlock.terms.gateway import conventions as names
from interlock.terms.gateway.trace import Accepted, Outcome

DELTA = 1  # AGGREGATION_TEMPORALITY_DELTA
Key = tuple[tuple[str, Any], ...]


@dataclass(slots=True)
class _Histogram:
    name: str
    unit: str
    bounds: Sequence[float]
    points: dict[Key, list[float]] = field(default_factory=lambda: defaultdict(list))


def metrics_data(pairs: Sequence[tuple[Accepted, Outcome]]) -> dict[str, Any]:
    """`MetricsData` of these requests. There is at least one."""
    duration = _Histogram(names.DURATION, "s", names.DURATION_BOUNDS)
    tokens = _Histogram(names.TOKEN_USAGE, "{token}", names.TOKEN_BOUNDS)
    first = _Histogram(names.TIME_TO_FIRST, "s", names.FIRST_BOUNDS)
    for accepted, outcome in pairs:
        said = tuple(common(accepted, outcome).items())
        duration.points[said].append(outcome.latency_ms / 1_000)
        if outcome.first_chunk_ms is not None:
            first.points[said].append(outcome.first_chunk_ms / 1_000)
        if outcome.usage is not None:
            for kind, n in (("input", outcome.usage.input_tokens), ("output", outcome.usage.output_tokens)):
                tokens.points[*said, (names.TOKEN_TYPE, kind)].append(n)
    times = [nanoseconds(outcome.at) for _, outcome in pairs]
    found = [one for one in (duration, tokens, first) if one.points]
    scope = {"scope": {"name": "interlock.gateway"}, "schemaUrl": names.SCHEMA_URL}
    return {
        "resourceMetrics": [
            {
                "resource": resource(),
                "scopeMetrics": [{**scope, "metrics": [_metric(one, min(times), max(times)) for one in found]}],
            }
        ]
    }


def points_in(data: Mapping[str, Any]) -> int:
    """How many points are in a `MetricsData`."""
    (resource_,) = data["resourceMetrics"]
    return sum(
        len(metric["histogram"]["dataPoints"]) for scope in resource_["scopeMetrics"] for metric in scope["metrics"]
    )


def _metric(histogram: _Histogram, begun: int, ended: int) -> dict[str, Any]:
    points = list(_points(histogram, begun, ended))
    return {
        "name": histogram.name,
        "unit": histogram.unit,
        "histogram": {"aggregationTemporality": DELTA, "dataPoints": points},
    }


def _points(histogram: _Histogram, begun: int, ended: int) -> Iterator[dict[str, Any]]:
    for key, values in histogram.points.items():
        yield {
            "attributes": attributes(dict(key)),
            "startTimeUnixNano": str(begun),
            "timeUnixNano": str(ended),
            "count": str(len(values)),
            "sum": sum(values),
            "bucketCounts": [str(n) for n in _buckets(values, histogram.bounds)],
            "explicitBounds": list(histogram.bounds),
        }


def _buckets(values: Iterable[float], bounds: Sequence[float]) -> list[int]:
    """Each bucket holds what is at most its bound."""
    buckets = [0] * (len(bounds) + 1)
    for value in values:
        buckets[bisect_left(bounds, value)] += 1
    return buckets
