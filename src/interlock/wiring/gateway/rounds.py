"""What is done with traces beside requests: loaded, looked at, handed on, kept; each as often as it needs."""

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from interlock.adapters.opentelemetry.otlp_http import OtlpHttp

_logger = logging.getLogger("interlock.gateway")
KEPT_DAYS = "INTERLOCK_TRACES_DAYS"
# A tenth of Python's own: while segments were loaded, one chunk of a stream in ten waited 7 ms for that thread, now 4.
REST_S = 0.002
TURN_S = 0.0005
ENDS_S = 20.0


@dataclass(slots=True)
class _Round:
    work: Callable[[], object]
    every_s: float
    next_s: float

    def make(self) -> None:
        """Do it; what stands in the way is logged."""
        self.next_s = time.monotonic() + self.every_s
        try:
            self.work()
        except InterlockError as exc:
            _logger.warning("a round of the gateway could not be made, the next one goes on: %s", exc)


class _Apart:
    """A round in a thread of its own, one at a time: whom it waits for may be slow."""

    def __init__(self, round_: _Round) -> None:
        self._round = round_
        self._thread: threading.Thread | None = None

    def go(self, *, all_of_it: bool) -> None:
        """Begin it where it is due; `all_of_it`: do it, now."""
        if all_of_it:
            self.end()
            self._round.make()
        elif time.monotonic() >= self._round.next_s and (self._thread is None or not self._thread.is_alive()):
            self._thread = threading.Thread(target=self._round.make, name="gateway-export", daemon=True)
            self._thread.start()

    def end(self) -> None:
        """Wait for the one that is at work."""
        if self._thread is not None:
            self._thread.join(ENDS_S)


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
        exporting = self._exporting = _exporting(store, segments, clock, environment, metrics)
        watching = TrafficWatch(store, clock)
        exports = hands_on(environment)
        loading = TrafficLoading(store, segments, clock, exports=exports, after=watching.look_at, rest=rest)
        dropped = partial(metrics.spans, export.DROPPED)
        keeping = TrafficKeeping(store, segments, clock, days=_days(environment), dropped=dropped)
        now_s = time.monotonic()
        self._rounds = [
            _Round(loading.go, load.EVERY_S, now_s),
            _Round(watching.go, watch.EVERY_S, now_s + watch.EVERY_S),
            _Round(keeping.go, keep.EVERY_S, now_s + watch.EVERY_S),
        ]
        self._apart = None if exporting is None else _Apart(_Round(exporting.go, export.EVERY_S, now_s))

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
                one.make()
        if self._apart is not None:
            self._apart.go(all_of_it=all_of_it)

    @property
    def waiting(self) -> int:
        """How many segments of this machine wait to be handed on, as far as this process looked."""
        return 0 if self._exporting is None else self._exporting.waiting

    def families(self) -> Iterator[Family]:
        """How far loading is behind on this machine, for the page of metrics. Raises Unavailable."""
        words = "Since the oldest segment that waits to be loaded was sealed."
        lag = Sample(self._segments.lag_s(), {})
        yield Family("interlock_gateway_loading_lag_seconds", "gauge", words, (lag,))

    def close(self) -> None:
        """Let another worker go these rounds, when none is at work here."""
        if self._apart is not None:
            self._apart.end()
        self._leading.close()

    def _leads(self) -> bool:
        if not self._is_leader:
            with ExitStack() as stack:
                self._is_leader = stack.enter_context(self._segments.alone("rounds"))
                if self._is_leader:
                    self._leading = stack.pop_all()
        return self._is_leader


def hands_on(environment: Mapping[str, str]) -> bool:
    """Whether spans go anywhere."""
    return bool(environment.get("OTEL_EXPORTER_OTLP_ENDPOINT"))


def check_settings(environment: Mapping[str, str]) -> None:
    """Raises BadInput where the rounds could not be gone with what the environment says."""
    _days(environment)
    if hands_on(environment):
        _collector(environment)


def _exporting(
    store: Store, segments: Segments, clock: Clock, environment: Mapping[str, str], metrics: Metrics
) -> TrafficExporting | None:
    if not hands_on(environment):
        return None
    return TrafficExporting(store, segments, _collector(environment), clock, metrics)


def _collector(environment: Mapping[str, str]) -> "OtlpHttp":
    from interlock.adapters.opentelemetry.otlp_http import OtlpHttp

    headers = environment.get("OTEL_EXPORTER_OTLP_HEADERS", "")
    return OtlpHttp(environment["OTEL_EXPORTER_OTLP_ENDPOINT"], headers)


def _days(environment: Mapping[str, str]) -> int:
    said = environment.get(KEPT_DAYS, str(keep.DAYS))
    if not said.isdecimal() or int(said) < 1:
        raise BadInput(f"{KEPT_DAYS} is '{said}': say for how many days segments of traffic are kept, from 1 on")
    return int(said)
