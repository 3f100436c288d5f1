"""interlock.ports.gateway.telemetry.TrafficLines: spans of model requests as OTLP/JSON lines."""

from collections.abc import Iterable, Iterator
from itertools import islice

from interlock.adapters.opentelemetry.otlp_lines import line_of, traces_data
from interlock.adapters.opentelemetry.traffic_spans import SCOPE, span_of
from interlock.terms.gateway.trace import Accepted, Outcome

A_LINE = 256


def traffic_lines(pairs: Iterable[tuple[Accepted, Outcome]]) -> Iterator[bytes]:
    """One `TracesData` a line, some hundred requests each."""
    rest = iter(pairs)
    while some := list(islice(rest, A_LINE)):
        yield line_of(traces_data([span_of(accepted, outcome) for accepted, outcome in some], SCOPE))
