"""Metrics of all workers of a machine: each leaves what it counted, and whichever is asked answers for all."""

import json
import logging
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from interlock.engine.gateway.counts import TrafficCounts
from interlock.engine.gateway.exposition import PREFIX, families_of, gauge_families, text_of
from interlock.ports.gateway.worker_counts import WorkerCounts
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.limits import LimitUse
from interlock.terms.gateway.metric import Family, Gauge, Sample

log = logging.getLogger("interlock.gateway.metrics")

EVERY_S = 1.0
LIMITS_MAX = 500  # each client may have some: the page must not grow without end


class WorkerMetrics:
    """interlock.ports.gateway.metrics.Metrics of this worker, and the page for all of them.

    What a worker counted since it last left its counts is lost when it is killed: the record is the trace.
    """

    def __init__(self, place: WorkerCounts) -> None:
        self._place = place
        self._counts = TrafficCounts()
        self._gauges: dict[tuple[Gauge, str], float] = {}
        self._left = b""
        self._leaving = threading.Lock()
        self._is_closed = False
        self.observe = self._counts.observe  # on every request's way: without another call in between
        self.ungoverned = self._counts.ungoverned
        self._handing_on = threading.Lock()
        self.figures = self._counts.figures

    def spans(self, result: str, n: int) -> None:
        """See the port."""
        with self._handing_on:
            self._counts.spans(result, n)

    def gauge(self, gauge: Gauge, value: float, of: str = "") -> None:
        """See the port."""
        self._gauges[gauge, of] = value

    def breakers(self, open_now: Collection[str]) -> None:
        """Which upstreams are left alone now; one that was and is not any more stands at 0."""
        known = {of for gauge, of in self._gauges if gauge is Gauge.BREAKER_OPEN}
        for of in known | set(open_now):
            self._gauges[Gauge.BREAKER_OPEN, of] = float(of in open_now)

    def go(self) -> None:
        """Leave what was counted, and fold what the dead left: again and again, in any thread. Raises Unavailable."""
        if self._is_closed:
            return
        self._leave()
        self._place.fold(_added)

    def page(self, more: Callable[[], Iterable[Family]] = tuple) -> str:
        """The figures of all workers in the text format of Prometheus, and `more`. Raises Unavailable.

        What is shown of this worker is left first: who shows it next, after this one was killed, shows no less.
        """
        counts = TrafficCounts()
        bodies = [(self._leave(), True), *self._place.others()]
        gauges: list[tuple[Gauge, str, float]] = []
        for raw, is_alive in bodies:
            body = _read(raw)
            counts.add(body["counts"])
            if is_alive:
                gauges += [(Gauge(name), of, value) for name, of, value in body["gauges"]]
        return text_of([*families_of(counts), *gauge_families(gauges), *more()])

    def close(self) -> None:
        """Leave what was counted for good. What cannot be left is logged: it is a copy."""
        self._is_closed = True  # what it left is folded with that of the dead: to leave it again would count it twice
        try:
            self._gauges.clear()
            self._leave()
        except Unavailable as exc:
            log.warning("what this worker counted last is not in the metrics: %s", exc)
        self._place.close()

    def _leave(self) -> bytes:
        """What this worker counted until now, where others find it; one after the other, so that it never falls."""
        with self._leaving:
            mine = self._body()
            if mine != self._left:
                self._place.leave(mine)
                self._left = mine
            return mine

    def _body(self) -> bytes:
        gauges = [[gauge.value, of, value] for (gauge, of), value in list(self._gauges.items())]
        return json.dumps({"counts": self._counts.body(), "gauges": gauges}).encode()


def limit_families(uses: Iterable[LimitUse]) -> Iterator[Family]:
    """What is left of each limit in its window; those that are nearest to their end where there are many."""
    told: dict[tuple[str, ...], Sample] = {}
    for use in sorted((use for use in uses if use.most), key=lambda use: use.used / (use.most or 1), reverse=True):
        labels = {
            "where": use.where,
            "of": use.of.value,
            "name": use.name,
            "unit": use.unit.value,
            "per": use.per.value,
            "model": use.model or "",
        }
        # Of two limits that differ in nothing but how much, the nearer one counts; twice one name, and no page is read.
        told.setdefault(tuple(labels.values()), Sample(max(0, (use.most or 0) - use.used), labels))
    samples = tuple(told.values())[:LIMITS_MAX]
    yield Family(f"{PREFIX}limit_left", "gauge", "What is left of a limit in its present window.", samples)


def _added(parts: Sequence[bytes]) -> bytes:
    counts = TrafficCounts()
    for raw in parts:
        counts.add(_read(raw)["counts"])
    return json.dumps({"counts": counts.body(), "gauges": []}).encode()


def _read(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError as exc:
        raise Unavailable(f"what a worker left of its counts cannot be read ({exc}): remove it") from exc
