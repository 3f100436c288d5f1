"""Traces and their rows are kept for so many days, then removed. Sums by day, and what the ledger says, stay."""

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.ports.clock import Clock
from interlock.ports.gateway.loaded import LoadedSegment
from interlock.ports.gateway.segments import Segments
from interlock.ports.gateway.traffic import TrafficFilter
from interlock.ports.store import Reading, Store

log = logging.getLogger("interlock.gateway.keep")

KIND = "traffic.removed"
EVERY_S = 3_600.0
DAYS = 400  # a year, and time to audit it
DELETED_AT_ONCE = 2_000  # rows: nobody who writes waits for long
PACKED_AFTER = dt.timedelta(days=1)  # a segment that is loaded in the last moments of a day is kept on that day


@dataclass(frozen=True, slots=True)
class KeptRound:
    """The days that were packed and removed, how many segments of the latter never were handed on, and rows deleted."""

    packed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    not_exported: int = 0
    rows: int = 0


class TrafficKeeping:
    """Whoever looks after a machine's segments."""

    def __init__(
        self,
        store: Store,
        segments: Segments,
        clock: Clock,
        *,
        days: int = DAYS,
        dropped: Callable[[int], None] = lambda _: None,
    ) -> None:
        """`dropped` is told how many requests were removed before their spans were handed on."""
        self._store, self._segments, self._clock = store, segments, clock
        self._for, self._dropped = dt.timedelta(days=days), dropped

    def go(self) -> KeptRound:
        """One round. Raises Unavailable; what was done by then stays done."""
        now = self._clock()
        over, expired = stamp(now - PACKED_AFTER)[:10], stamp(now - self._for)[:10]
        with self._segments.alone("keeping") as alone:
            if not alone:
                return KeptRound()
            days = self._segments.days()
            removed = tuple(day for day in days if day < expired)
            self._put_on_record(expired, removed)
            lost = sum(self._remove(day) for day in removed)
            packed = tuple(day for day in days if expired <= day < over)
            for day in packed:
                self._segments.pack(day)
        with self._store.transaction(durable=False) as tx:
            tx.forget_loaded(before=expired)
        rows = self._delete(expired)
        if lost:
            log.error("%s segments of traffic were removed before their spans were handed on", lost)
        return KeptRound(packed, removed, lost, rows)

    def _put_on_record(self, before: str, days: Sequence[str]) -> None:
        """Before anything goes: what is missing and on no record was taken away by somebody else."""
        with self._store.reading() as reading:
            old_rows = reading.traffic(TrafficFilter(until=before), limit=1)
        if days or old_rows:
            segments = sum(len(self._segments.kept_on(day)) for day in days)
            body = {"before": before, "days": list(days), "segments": segments}
            with self._store.transaction() as tx:
                record(tx, KIND, body, at=stamp(self._clock()))

    def _delete(self, before: str) -> int:
        """Rows go as their traces do; how many. By workflow nobody asks for less: they hold no content."""
        deleted = 0
        while True:
            with self._store.transaction(durable=False) as tx:
                some = tx.delete_traffic(before=before, limit=DELETED_AT_ONCE)
            deleted += some
            if some < DELETED_AT_ONCE:
                return deleted

    def _remove(self, day: str) -> int:
        """How many of them still waited to be handed on; they wait no longer."""
        at = stamp(self._clock())
        with self._store.transaction(durable=False) as tx:
            rows = [tx.loaded_segment(name) for name in self._segments.kept_on(day)]
            waiting = [row for row in rows if row is not None and row.exported_at is None]
            self._dropped(sum(ended_in(tx, one) for one in waiting))
            for one in waiting:
                tx.note_exported(one.name, at)
        self._segments.drop(day)
        return len(waiting)


def ended_in(reading: Reading, loaded: LoadedSegment) -> int:
    """How many requests ended in a segment, as the ledger says."""
    return sum(int(entry.body["outcomes"]) for entry in reading.entries(loaded.entry, loaded.entry + 1))
