"""Loaded traffic is handed on to a tracing back end, in the order of loading. Nothing is dropped silently."""

import datetime as dt
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from interlock.engine.timestamp import stamp
from interlock.flows.gateway.evidence.keep import ended_in
from interlock.flows.gateway.evidence.rows import Pair, accepted_of
from interlock.ports.clock import Clock
from interlock.ports.gateway.loaded import LoadedSegment
from interlock.ports.gateway.metrics import Metrics
from interlock.ports.gateway.segments import Segments
from interlock.ports.gateway.telemetry import HandedOn, Later, NotTaken, TrafficExport
from interlock.ports.store import Store
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.metric import Gauge
from interlock.terms.gateway.trace import Accepted

log = logging.getLogger("interlock.gateway.export")

BATCH = 512
LOOKED_AT = 1_000
EVERY_S = 2.0
TURN = dt.timedelta(seconds=5)  # then others have a look, and whoever stops need not wait for all of it
WAIT, WAIT_MAX = dt.timedelta(seconds=1), dt.timedelta(minutes=5)
SENT, REJECTED, DROPPED = "sent", "rejected", "dropped"
Send = Callable[[Sequence[Pair]], HandedOn]
Count = Callable[[str, int], None]


@dataclass(slots=True)
class _Place:
    """How far a segment is handed on: from which request on, and whether the spans of the next ones are there."""

    name: str = ""
    start: int = 0
    spans_there: bool = False


class TrafficExporting:
    """Whatever is loaded on this machine and was not handed on. A restart goes on where it stopped.

    Who dies between sending and noting sends a segment again: spans have the same ids then. Counted are spans: sent,
    rejected (the back end threw them away or will never take them), and dropped (a segment or record was damaged
    before); and points of figures, sent or rejected. `waiting` are segments of this machine.
    """

    def __init__(self, store: Store, segments: Segments, export: TrafficExport, clock: Clock, metrics: Metrics) -> None:
        self._store, self._segments, self._export, self._clock = store, segments, export, clock
        self._metrics = metrics
        self._until = dt.datetime.min.replace(tzinfo=dt.UTC)
        self._failures = 0
        self._place = _Place()
        self.waiting = 0
        self.failed = ""

    def go(self) -> None:
        """Hand on what waits, for a turn. Where the back end cannot take it, it stays and is tried again, later each
        time, or when the back end says.
        """
        if self._clock() < self._until:
            return
        with self._segments.alone("exporting") as alone:
            if alone:
                self._go(self._clock() + TURN)

    def _go(self, until: dt.datetime) -> None:
        first = self._first_waiting()
        try:
            for one in first:
                self._one(one)
                self.waiting -= 1
                if self._clock() >= until:
                    break
        except Unavailable as exc:
            self.failed = str(exc)
            wait = min(WAIT * 2**self._failures, WAIT_MAX)
            self._until = self._clock() + (dt.timedelta(seconds=exc.after_s) if isinstance(exc, Later) else wait)
            self._failures = min(self._failures + 1, 16)
            log.warning("traffic of %s segments waits to be handed on: %s", self.waiting, exc)
        else:
            self.failed, self._failures = "", 0
        finally:
            self._metrics.gauge(Gauge.EXPORT_WAITING, self.waiting)

    def _first_waiting(self) -> list[LoadedSegment]:
        """The first ones of this machine; `waiting` counts all. Those of other machines may be before them."""
        first, after, kept = list[LoadedSegment](), -1, set[str]()
        self.waiting = 0
        with self._store.reading() as reading:
            while page := reading.not_exported(limit=LOOKED_AT, after=after):
                kept = kept or self._kept_since(page[0].at[:10])
                ours = [one for one in page if one.name in kept]
                first += ours[: LOOKED_AT - len(first)]
                self.waiting += len(ours)
                after = page[-1].entry
        return first

    def _kept_since(self, day: str) -> set[str]:
        """What lies here and was not loaded before a day."""
        return {name for one in self._segments.days() if one >= day for name in self._segments.kept_on(one)}

    def _one(self, loaded: LoadedSegment) -> None:
        pairs, lost = self._pairs(loaded)
        place = self._place
        if place.name != loaded.name:
            place = self._place = _Place(loaded.name)
            self._metrics.spans(DROPPED, lost)
        while place.start < len(pairs):
            some = pairs[place.start : place.start + BATCH]
            if not place.spans_there:
                _hand_on(self._export.spans, some, self._metrics.spans, "spans")
                place.spans_there = True
            _hand_on(self._export.figures, some, self._metrics.figures, "figures")
            place.start, place.spans_there = place.start + BATCH, False
        with self._store.transaction(durable=False) as tx:
            tx.note_exported(loaded.name, stamp(self._clock()))

    def _pairs(self, loaded: LoadedSegment) -> tuple[Sequence[Pair], int]:
        """The requests that ended in a segment, and how many did of which nothing can be said."""
        try:
            pairs = tuple(self._readable(loaded.name))
        except Unavailable as exc:
            log.error("a segment cannot be read any more, its spans were not handed on: %s", exc)
            pairs = ()
        with self._store.reading() as reading:
            return pairs, max(0, ended_in(reading, loaded) - len(pairs))

    def _readable(self, name: str) -> Iterator[Pair]:
        """One that was accepted in an earlier segment is looked up."""
        segment = self._segments.read(name)
        accepted = {one.id: one for one in segment.accepted}
        for end in segment.outcomes:
            begun = accepted.get(end.id) or self._begun_before(end.id)
            if begun is not None:
                yield begun, end

    def _begun_before(self, id_: str) -> Accepted | None:
        with self._store.reading() as reading:
            row = reading.traffic_of(id_)
        return accepted_of(row) if row is not None and row.workflow else None


def _hand_on(send: Send, pairs: Sequence[Pair], count: Count, what: str) -> None:
    try:
        done = send(pairs)
    except NotTaken as exc:
        log.error("%s of %s requests were not taken and never will be: %s", what, len(pairs), exc)
        done = HandedOn(0, len(pairs))
    count(SENT, done.sent)
    count(REJECTED, done.rejected)
