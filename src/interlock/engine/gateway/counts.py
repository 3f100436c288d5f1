"""What a worker counts of its traffic: a few additions a request, the same shape for one worker and for all."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from interlock.terms.gateway.conventions import DURATION_BOUNDS, FIRST_BOUNDS, TOKEN_BOUNDS, operation
from interlock.terms.gateway.trace import CLIENT_LEFT, GIVEN_AGAIN, Accepted, Outcome

# Upper ends in seconds: fine where a gateway adds, coarse where a model writes.
BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
# Counted are all ends that any family shows: each is then a sum of these, and a request is counted once.
ENDS_S = tuple(sorted({*BUCKETS_S, *DURATION_BOUNDS, *FIRST_BOUNDS}))
SERIES_MAX = 1_000  # of workflow, operation and model: all come from definitions, never from a client
NAMES_MAX = 200
OTHER = "other"
FAILED_FROM = 400  # the HTTP status
MICROSECONDS = 1_000_000


def _places(ends: Sequence[float]) -> Callable[[], list[int]]:
    """A bucket for each end, and one for what is over all of them."""
    return lambda: [0] * (len(ends) + 1)


@dataclass(slots=True)
class Timing:
    """How long things took: how many by bucket of `ENDS_S`, and their sum in microseconds.

    That is a whole number: a sum of fractions would depend on the order in which workers are added, and could fall.
    """

    buckets: list[int] = field(default_factory=_places(ENDS_S))
    sum_us: int = 0

    def take(self, ms: float) -> None:
        """One more."""
        self.buckets[bisect_left(ENDS_S, ms / 1_000)] += 1
        self.sum_us += round(ms * 1_000)


@dataclass(slots=True)
class Series:
    """The requests of a workflow for one operation of one model."""

    ends: dict[str, int] = field(default_factory=dict)
    input_tokens: int = 0
    output_tokens: int = 0
    cost_micro_usd: int = 0
    cache_hits: int = 0
    latency: Timing = field(default_factory=Timing)
    first_chunk: Timing = field(default_factory=Timing)
    input_buckets: list[int] = field(default_factory=_places(TOKEN_BOUNDS))
    output_buckets: list[int] = field(default_factory=_places(TOKEN_BOUNDS))


class TrafficCounts:
    """Counts that only rise. Not for more than one thread that adds; others may read meanwhile."""

    def __init__(self) -> None:
        self.series: dict[tuple[str, str, str], Series] = {}
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
        one = self._of(accepted.workflow, operation(accepted.wire), model)
        end = end_of(outcome)
        one.ends[end] = one.ends.get(end, 0) + 1
        one.cost_micro_usd += outcome.cost_micro_usd
        usage = outcome.usage
        if usage is not None:
            one.input_tokens += usage.input_tokens
            one.output_tokens += usage.output_tokens
            one.input_buckets[bisect_left(TOKEN_BOUNDS, usage.input_tokens)] += 1
            one.output_buckets[bisect_left(TOKEN_BOUNDS, usage.output_tokens)] += 1
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
        for workflow, does, model, other in body["series"]:
            add(self._of(workflow, does, model), _series_of(other))
        for name in _NAMED:
            for label, n in body[name].items():
                _count(getattr(self, name), label, n)

    def _of(self, workflow: str, does: str, model: str) -> Series:
        one = self.series.get((workflow, does, model))
        if one is None:
            key = (workflow, does, model) if len(self.series) < SERIES_MAX else (OTHER, OTHER, OTHER)
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


_NAMED = ("refusals", "redactions", "strangers", "handed_on", "figured")
_SUMS = ("input_tokens", "output_tokens", "cost_micro_usd", "cache_hits")
_TIMINGS, _BUCKETS = ("latency", "first_chunk"), ("input_buckets", "output_buckets")


def _series_body(one: Series) -> dict[str, Any]:
    return {
        "ends": dict(one.ends),
        **{name: getattr(one, name) for name in _SUMS},
        **{name: list(getattr(one, name)) for name in _BUCKETS},
        **{name: [list(getattr(one, name).buckets), getattr(one, name).sum_us] for name in _TIMINGS},
    }


def _series_of(body: Mapping[str, Any]) -> Series:
    return Series(**{**body, **{name: Timing(*body[name]) for name in _TIMINGS}})


def add(one: Series, other: Series) -> None:
    """Add what another worker, or another workflow, counted."""
    for end, n in other.ends.items():
        one.ends[end] = one.ends.get(end, 0) + n
    for name in _SUMS:
        setattr(one, name, getattr(one, name) + getattr(other, name))
    for name in _BUCKETS:
        setattr(one, name, _added(getattr(one, name), getattr(other, name)))
    for name in _TIMINGS:
        mine, theirs = getattr(one, name), getattr(other, name)
        mine.buckets = _added(mine.buckets, theirs.buckets)
        mine.sum_us += theirs.sum_us


def _added(mine: list[int], theirs: list[int]) -> list[int]:
    return [one + other for one, other in zip(mine, theirs, strict=True)]


def cumulative(buckets: Sequence[int], ends: Sequence[float], shown: Sequence[float] = ()) -> Iterator[tuple[str, int]]:
    """Counts by bucket as monitors want them: up to each end of `shown`, which are some of `ends` (none: all of them);
    the last is +Inf.
    """
    total, wanted = 0, set(shown or ends)
    for end, n in zip(ends, buckets, strict=False):
        total += n
        if end in wanted:
            yield repr(float(end)), total
    yield "+Inf", total + buckets[-1]
