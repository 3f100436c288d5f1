"""Loaded traffic is handed on to a tracing back end, in the order of loading. Nothing is dropped silently."""

import datetime as dt
import logging
from collections.abc import Iterator, Sequence

from interlock.engine.timestamp import stamp
from interlock.flows.gateway.traffic_rows import accepted_of
from interlock.ports.clock import Clock
from interlock.ports.gateway.loaded import LoadedSegment
from interlock.ports.gateway.segments import Segments
from interlock.ports.gateway.telemetry import NotTaken, TrafficExport
from interlock.ports.store import Store
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.metric import Family, Sample
from interlock.terms.gateway.trace import Accepted, Outcome

log = logging.getLogger("interlock.gateway.export")

BATCH = 512
LOOKED_AT = 1_000
EVERY_S = 2.0
WAIT, WAIT_MAX = dt.timedelta(seconds=1), dt.timedelta(minutes=5)
Pair = tuple[Accepted, Outcome]


class TrafficExporting:
    """Whatever is loaded on this machine and was not handed on. A restart goes on where it stopped.

    Who dies between sending and noting sends again: spans have the same ids then. `counts` are spans since the start:
    sent, rejected (the back end threw them away or will never take them), dropped (their segment was removed before).
    """

    def __init__(self, store: Store, segments: Segments, export: TrafficExport, clock: Clock) -> None:
        self._store, self._segments, self._export, self._clock = store, segments, export, clock
        self._until = dt.datetime.min.replace(tzinfo=dt.UTC)
        self._failures = 0
        self.counts = {"sent": 0, "rejected": 0, "dropped": 0}
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

    def families(self) -> Iterator[Family]:
        """What became of spans, for the page of metrics."""
        samples = tuple(Sample(n, {"result": result}) for result, n in self.counts.items())
        yield Family("interlock_gateway_spans_total", "counter", "Spans by whether a back end took them.", samples)
        yield Family(
            "interlock_gateway_export_waiting_segments",
            "gauge",
            "Segments of traffic that wait to be handed on.",
            (Sample(self.waiting, {}),),
        )

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
            self.counts["rejected"] += len(pairs)
        else:
            self.counts["sent"] += done.sent
            self.counts["rejected"] += done.rejected

    def _pairs(self, name: str) -> Iterator[Pair]:
        """The requests that ended in a segment; one that was accepted in an earlier one is looked up."""
        try:
            segment = self._segments.read(name)
        except Unavailable as exc:
            log.error("a segment is gone before its spans were handed on: %s", exc)
            self.counts["dropped"] += 1
            return
        accepted = {one.id: one for one in segment.accepted}
        for end in segment.outcomes:
            begun = accepted.get(end.id) or self._begun_before(end.id)
            if begun is not None:
                yield begun, end
            else:
                self.counts["dropped"] += 1

    def _begun_before(self, id_: str) -> Accepted | None:
        with self._store.reading() as reading:
            row = reading.traffic_of(id_)
        return accepted_of(row) if row is not None and row.workflow else None
