"""What is done with traces beside requests: loaded, looked at, handed on, kept; each as often as it needs."""

import logging
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from interlock.flows.gateway.evidence import export, keep, load, watch
from interlock.flows.gateway.evidence.export import TrafficExporting
from interlock.flows.gateway.evidence.keep import TrafficKeeping
from interlock.flows.gateway.evidence.load import TrafficLoading
from interlock.flows.gateway.evidence.watch import TrafficWatch
from interlock.ports.clock import Clock
from interlock.ports.gateway.metrics import Metrics
from interlock.ports.gateway.segments import Segments
from interlock.ports.store import Store
from interlock.terms.errors import BadInput, InterlockError, Unavailable
from interlock.terms.gateway.metric import Family, Sample

_logger = logging.getLogger("interlock.gateway")
KEPT_DAYS = "INTERLOCK_TRACES_DAYS"
# A tenth of Python's own: while segments were loaded, one chunk of a stream in ten waited 7 ms for that thread, now 4.
REST_S = 0.002
TURN_S = 0.0005


@dataclass(slots=True)
class _Round:
    work: Callable[[], object]
    every_s: float
    next_s: float


def rest() -> None:
    """Let requests have the interpreter for a moment, between two slices of work on traces."""
    time.sleep(REST_S)


class TraceRounds:
    """Every worker of a machine has them, and one goes them until it ends: what it counted of a day is in one place.

    The environment says where spans go (OTEL_EXPORTER_OTLP_ENDPOINT and _HEADERS; nowhere without it) and for how many
    days segments are kept (INTERLOCK_TRACES_DAYS).
    """

    def __init__(
        self, store: Store, segments: Segments, clock: Clock, environment: Mapping[str, str], metrics: Metrics
    ) -> None:
        """From here on threads of this process give way to each other sooner. Raises BadInput for unusable settings."""
        sys.setswitchinterval(TURN_S)
        self._segments = segments
        self._leading, self._is_leader = ExitStack(), False
        self._exporting = _exporting(store, segments, clock, environment, metrics)
        watching = TrafficWatch(store, clock)
        exports = self._exporting is not None
        loading = TrafficLoading(store, segments, clock, exports=exports, after=watching.look_at, rest=rest)
        keeping = TrafficKeeping(store, segments, clock, days=_days(environment))
        now_s = time.monotonic()
        self._rounds = [
            _Round(loading.go, load.EVERY_S, now_s),
            _Round(watching.go, watch.EVERY_S, now_s + watch.EVERY_S),
            _Round(keeping.go, keep.EVERY_S, now_s + watch.EVERY_S),
        ]
        if self._exporting is not None:
            self._rounds.insert(1, _Round(self._exporting.go, export.EVERY_S, now_s))

    def go(self, *, all_of_it: bool = False) -> None:
        """Do what is due, or all of it; what stands in the way of one is logged, and the others are done."""
        try:
            if not self._leads():
                return
        except Unavailable as exc:
            _logger.warning("whether another worker goes the rounds cannot be seen: %s", exc)
            return
        for one in self._rounds:
            if all_of_it or time.monotonic() >= one.next_s:
                one.next_s = time.monotonic() + one.every_s
                try:
                    one.work()
                except InterlockError as exc:
                    _logger.warning("a round of the gateway could not be made, the next one goes on: %s", exc)

    def families(self) -> Iterator[Family]:
        """How far loading is behind on this machine, for the page of metrics. Raises Unavailable."""
        words = "Since the oldest segment that waits to be loaded was sealed."
        lag = Sample(self._segments.lag_s(), {})
        yield Family("interlock_gateway_loading_lag_seconds", "gauge", words, (lag,))

    def close(self) -> None:
        """Let another worker go these rounds."""
        self._leading.close()

    def _leads(self) -> bool:
        if not self._is_leader:
            with ExitStack() as stack:
                self._is_leader = stack.enter_context(self._segments.alone("rounds"))
                if self._is_leader:
                    self._leading = stack.pop_all()
        return self._is_leader


def _exporting(
    store: Store, segments: Segments, clock: Clock, environment: Mapping[str, str], metrics: Metrics
) -> TrafficExporting | None:
    endpoint = environment.get("OTEL_EXPORTER_OTLP_ENDPOINT")
    if not endpoint:
        return None
    from interlock.adapters.opentelemetry.otlp_http import OtlpHttp

    export = OtlpHttp(endpoint, environment.get("OTEL_EXPORTER_OTLP_HEADERS", ""))
    return TrafficExporting(store, segments, export, clock, metrics)


def _days(environment: Mapping[str, str]) -> int:
    said = environment.get(KEPT_DAYS, str(keep.DAYS))
    if not said.isdecimal() or int(said) < 1:
        raise BadInput(f"{KEPT_DAYS} is '{said}': say for how many days segments of traffic are kept, from 1 on")
    return int(said)
