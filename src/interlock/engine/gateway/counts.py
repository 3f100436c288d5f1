"""What a worker counts of its traffic: a few additions a request, the same shape for one worker and for all."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from interlock.terms.gateway.trace import CLIENT_LEFT, GIVEN_AGAIN, Accepted, Outcome

# Upper ends in seconds: fine where a gateway adds, coarse where a model writes.
BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
SERIES_MAX = 1_000  # pairs of workflow and model that are told apart; both come from definitions, never from a client
NAMES_MAX = 200
OTHER = "other"
FAILED_FROM = 400  # the HTTP status


@dataclass(slots=True)
class Timing:
    """How long things took, in seconds: how many by bucket (the last one is over all of them), and their sum."""

    buckets: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS_S) + 1))
    sum_s: float = 0.0

    def take(self, ms: float) -> None:
        """One more."""
        took_s = ms / 1_000
        self.buckets[bisect_left(BUCKETS_S, took_s)] += 1
        self.sum_s += took_s


@dataclass(slots=True)
class Series:
    """The requests of a workflow to one model."""

    ends: dict[str, int] = field(default_factory=dict)
    input_tokens: int = 0
    output_tokens: int = 0
    cost_micro_usd: int = 0
    cache_hits: int = 0
    latency: Timing = field(default_factory=Timing)
    first_chunk: Timing = field(default_factory=Timing)


class TrafficCounts:
    """Counts that only rise. Not for more than one thread that adds; others may read meanwhile."""

    def __init__(self) -> None:
        self.series: dict[tuple[str, str], Series] = {}
        self.refusals: dict[str, int] = defaultdict(int)
        self.redactions: dict[str, int] = defaultdict(int)
        self.strangers: dict[str, int] = defaultdict(int)
        self.handed_on: dict[str, int] = defaultdict(int)
        self.figured: dict[str, int] = defaultdict(int)

    def observe(self, accepted: Accepted, outcome: Outcome) -> None:
        """One request with a known end."""
        # What reached no model was asked for by a name that may be any text: it is no label.
        unasked = accepted.model if outcome.cache in GIVEN_AGAIN else ""
        model = outcome.attempts[-1].model if outcome.attempts else unasked
        one = self._of(accepted.workflow, model)
        end = end_of(outcome)
        one.ends[end] = one.ends.get(end, 0) + 1
        one.cost_micro_usd += outcome.cost_micro_usd
        if outcome.usage is not None:
            one.input_tokens += outcome.usage.input_tokens
            one.output_tokens += outcome.usage.output_tokens
        if outcome.cache in GIVEN_AGAIN:
            one.cache_hits += 1
        one.latency.take(outcome.latency_ms)
        if outcome.first_chunk_ms is not None:
            one.first_chunk.take(outcome.first_chunk_ms)
        if outcome.refused is not None:
            _count(self.refusals, outcome.refused, 1)
        for found in (accepted.redacted, outcome.redacted_output):
            for kind, n in found.items():
                _count(self.redactions, kind, n)

    def ungoverned(self, rule: str) -> None:
        """One request of a caller that nobody knows."""
        _count(self.strangers, rule, 1)

    def spans(self, result: str, n: int) -> None:
        """What became of spans: sent, rejected or dropped."""
        _count(self.handed_on, result, n)

    def figures(self, result: str, n: int) -> None:
        """What became of points of histograms: sent or rejected."""
        _count(self.figured, result, n)

    def body(self) -> dict[str, Any]:
        """As a JSON-able value, which `add` takes."""
        return {
            "series": [[*key, _series_body(one)] for key, one in list(self.series.items())],
            **{name: dict(getattr(self, name)) for name in _NAMED},
        }

    def add(self, body: Mapping[str, Any]) -> None:
        """Add what another worker counted. Raises KeyError, TypeError or ValueError for what `body` never gave."""
        for workflow, model, other in body["series"]:
            _add(self._of(workflow, model), other)
        for name in _NAMED:
            for label, n in body.get(name, {}).items():  # whoever left it may be of before one of them was counted
                _count(getattr(self, name), label, n)

    def _of(self, workflow: str, model: str) -> Series:
        one = self.series.get((workflow, model))
        if one is None:
            key = (workflow, model) if len(self.series) < SERIES_MAX else (OTHER, OTHER)
            one = self.series.setdefault(key, Series())
        return one


def end_of(outcome: Outcome) -> str:
    """How a request ended, in one word: answered, refused (here), failed (elsewhere), broken in its middle, or left by
    its client.
    """
    if outcome.refused is not None:
        return "refused"
    if outcome.broken is not None:
        return "left" if outcome.broken == CLIENT_LEFT else "broken"
    return "failed" if outcome.status >= FAILED_FROM else "answered"


def _count(counts: dict[str, int], name: str, n: int) -> None:
    counts[name if name in counts or len(counts) < NAMES_MAX else OTHER] += n


def _series_body(one: Series) -> dict[str, Any]:
    timings = {"latency": one.latency, "first_chunk": one.first_chunk}
    return {
        "ends": dict(one.ends),
        **{name: getattr(one, name) for name in _SUMS},
        **{name: [list(timing.buckets), timing.sum_s] for name, timing in timings.items()},
    }


_NAMED = ("refusals", "redactions", "strangers", "handed_on", "figured")
_SUMS = ("input_tokens", "output_tokens", "cost_micro_usd", "cache_hits")


def _add(one: Series, other: Mapping[str, Any]) -> None:
    for end, n in other["ends"].items():
        one.ends[end] = one.ends.get(end, 0) + n
    for name in _SUMS:
        setattr(one, name, getattr(one, name) + other[name])
    for timing, (buckets, sum_s) in ((one.latency, other["latency"]), (one.first_chunk, other["first_chunk"])):
        timing.buckets = [mine + theirs for mine, theirs in zip(timing.buckets, buckets, strict=True)]
        timing.sum_s += sum_s


def cumulative(timing: Timing) -> Iterator[tuple[str, int]]:
    """The buckets as monitors want them: up to each end, how many; the last end is +Inf."""
    total = 0
    for end, n in zip((*map(repr, BUCKETS_S), "+Inf"), timing.buckets, strict=True):
        total += n
        yield end, total
