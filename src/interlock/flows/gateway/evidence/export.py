"""Loaded traffic is handed on to a tracing back end, in the order of loading. Nothing is dropped silently."""

import datetime as dt
import logging
from collections.abc import Iterator, Sequence

from interlock.engine.timestamp import stamp
from interlock.flows.gateway.evidence.rows import accepted_of
from interlock.ports.clock import Clock
from interlock.ports.gateway.loaded import LoadedSegment
from interlock.ports.gateway.metrics import Metrics
from interlock.ports.gateway.segments import Segments
from interlock.ports.gateway.telemetry import NotTaken, TrafficExport
from interlock.ports.store import Store
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.metric import Gauge
from interlock.terms.gateway.trace import Accepted, Outcome

log = logging.getLogger("interlock.gateway.export")

BATCH = 512
LOOKED_AT = 1_000
EVERY_S = 2.0
WAIT, WAIT_MAX = dt.timedelta(seconds=1), dt.timedelta(minutes=5)
Pair = tuple[Accepted, Outcome]


class TrafficExporting:
    """Whatever is loaded on this machine and was not handed on. A restart goes on where it stopped.

    Who dies between sending and noting sends again: spans have the same ids then. Counted are spans: sent, rejected
    (the back end threw them away or will never take them), and dropped (a segment or record was damaged before).
    """

    def __init__(self, store: Store, segments: Segments, export: TrafficExport, clock: Clock, metrics: Metrics) -> None:
        self._store, self._segments, self._export, self._clock = store, segments, export, clock
        self._metrics = metrics
        self._until = dt.datetime.min.replace(tzinfo=dt.UTC)
        self._failures = 0
        self.waiting = 0
        self.failed = ""

    def go(self) -> None:
        """Hand on what waits. Where the back end cannot take it, it stays and is tried again, later each time."""
        if self._clock() < self._until:
            return
        with self._segments.alone("exporting") as alone:
            if alone:
                self._go()

    def _go(self) -> None:
        kept = set(self._segments.kept())
        with self._store.reading() as reading:
            waiting = [one for one in reading.not_exported(limit=LOOKED_AT) if one.name in kept]
        self.waiting = len(waiting)
        try:
            for one in waiting:
                self._one(one)
                self.waiting -= 1
        except Unavailable as exc:
            self.failed = str(exc)
            self._until = self._clock() + min(WAIT * 2**self._failures, WAIT_MAX)
            self._failures = min(self._failures + 1, 16)
            log.warning("traffic of %s segments waits to be handed on: %s", self.waiting, exc)
        else:
            self.failed, self._failures = "", 0
        finally:
            self._metrics.gauge(Gauge.EXPORT_WAITING, self.waiting)

    def _one(self, loaded: LoadedSegment) -> None:
        pairs = tuple(self._pairs(loaded.name))
        for start in range(0, len(pairs), BATCH):
            self._send(pairs[start : start + BATCH])
        with self._store.transaction(durable=False) as tx:
            tx.note_exported(loaded.name, stamp(self._clock()))

    def _send(self, pairs: Sequence[Pair]) -> None:
        try:
            done = self._export.send(pairs)
        except NotTaken as exc:
            log.error("%s spans were not taken and never will be: %s", len(pairs), exc)
            self._metrics.spans("rejected", len(pairs))
        else:
            self._metrics.spans("sent", done.sent)
            self._metrics.spans("rejected", done.rejected)

    def _pairs(self, name: str) -> Iterator[Pair]:
        """The requests that ended in a segment; one that was accepted in an earlier one is looked up."""
        try:
            segment = self._segments.read(name)
        except Unavailable as exc:
            log.error("a segment is gone before its spans were handed on: %s", exc)
            self._metrics.spans("dropped", 1)
            return
        accepted = {one.id: one for one in segment.accepted}
        for end in segment.outcomes:
            begun = accepted.get(end.id) or self._begun_before(end.id)
            if begun is not None:
                yield begun, end
            else:
                self._metrics.spans("dropped", 1)

    def _begun_before(self, id_: str) -> Accepted | None:
        with self._store.reading() as reading:
            row = reading.traffic_of(id_)
        return accepted_of(row) if row is not None and row.workflow else None
