"""Sealed segments of the trace go into the store, each once: rows, sums, and one entry in the ledger."""

import datetime as dt
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from interlock.engine.gateway.unusual import of_segment
from interlock.engine.ledger.canonical import plain
from interlock.engine.timestamp import moment, stamp
from interlock.flows.gateway.evidence.rows import accepted_of, stored_of, text_of, totals_of
from interlock.flows.gateway.evidence.watch import KIND as UNUSUAL
from interlock.flows.ledger.record import record
from interlock.ports.clock import Clock
from interlock.ports.gateway.loaded import LoadedSegment
from interlock.ports.gateway.segments import Segments
from interlock.ports.gateway.traffic import StoredRequest, TrafficRow
from interlock.ports.store import Reading, Store, Transaction
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.segment import Ended, SegmentTexts
from interlock.terms.gateway.trace import Accepted

log = logging.getLogger("interlock.gateway.load")

KIND = "traffic.loaded"
EVERY_S = 1.0
REST_EVERY = 64
LISTED_MAX = 100  # requests in doubt and flaws that an entry names; it counts all of them
LASTS_MAX = dt.timedelta(days=7)  # no request is open for longer
Doubted = StoredRequest | TrafficRow


@dataclass(frozen=True, slots=True)
class LoadedRound:
    """What one round loaded: how many rows of each segment, and why others could not be, by name."""

    loaded: Mapping[str, int] = field(default_factory=dict)
    unreadable: Mapping[str, str] = field(default_factory=dict)


class TrafficLoading:
    """Whoever looks after a machine's segments. Several may try: one at a time does, and each segment counts once."""

    def __init__(
        self,
        store: Store,
        segments: Segments,
        clock: Clock,
        *,
        exports: bool = False,
        of: str = "",
        after: Callable[[SegmentTexts], None] = lambda _: None,
        rest: Callable[[], None] = lambda: None,
    ) -> None:
        """`exports`: spans are to be handed on of what is loaded. `after` is told of each segment once. `of`: only of
        workers whose names begin so; what others wrote is for whoever knows whether its spans are to be handed on.

        `rest` is called now and then, so that what else goes on in the process need not wait for a whole segment.
        """
        self._store, self._segments, self._clock = store, segments, clock
        self._exports, self._after, self._rest = exports, after, rest
        self._of = of
        self.unreadable: dict[str, str] = {}

    def go(self) -> LoadedRound:
        """Seal what the dead left open, load what is sealed, keep what is loaded. Raises Unavailable.

        Whoever dies in between leaves nothing half done: rows, sums and entry are one transaction, and a segment that
        is loaded but not kept yet is only kept by the next one.
        """
        with self._segments.alone("loading") as alone:
            if not alone:
                return LoadedRound()
            self._segments.seal_abandoned()
            ours = [name for name in self._segments.sealed() if name.startswith(self._of)]
            done = {name: n for name in ours if (n := self._one(name)) is not None}
        return LoadedRound(done, dict(self.unreadable))

    def _one(self, name: str) -> int | None:
        try:
            segment = self._segments.texts(name)
        except Unavailable as exc:
            if name not in self.unreadable:
                log.error("a segment of the trace cannot be loaded, it stays where it is: %s", exc)
            self.unreadable[name] = str(exc)
            return None
        self.unreadable.pop(name, None)
        begun = tuple(
            _begun_here(segment, self._rest)
        )  # before the transaction: nobody else can write while that lasts
        with self._store.transaction() as tx:
            rows = None if tx.loaded_segment(name) else self._load(tx, segment, begun)
        self._segments.keep(name)
        if rows is None:
            return None
        self._after(segment)
        return rows

    def _load(self, tx: Transaction, segment: SegmentTexts, begun: tuple[StoredRequest, ...]) -> int:
        at = stamp(self._clock())
        rows = (*begun, *_begun_before(tx, segment))
        doubted = tuple(_in_doubt(tx, segment, rows, at)) if segment.ended is not Ended.ROTATED else ()
        tx.load_traffic(rows)
        tx.count_ungoverned(segment.ungoverned)
        body = _body(segment, rows, doubted, _gap(tx, segment))
        entry = record(tx, KIND, body, at=at)
        for one in of_segment(
            segment.name,
            at[:10],
            in_doubt=len(doubted),
            reserved_micro_usd=sum(row.cost_micro_usd for row in doubted),
            flaws=body["n_flaws"],
            lost=body["n_lost"],
        ):
            record(tx, UNUSUAL, plain(one), at=at)
        exported_at = None if self._exports else at
        noted = LoadedSegment(segment.name, segment.worker, segment.number, segment.last, entry.index, at, exported_at)
        tx.note_loaded(noted)
        return len(rows)


def _begun_here(segment: SegmentTexts, rest: Callable[[], None]) -> Iterator[StoredRequest]:
    ends = {end[0].id: end for end in segment.outcomes}
    for number, begun in enumerate(segment.accepted, start=1):
        yield stored_of(begun, ends.get(begun[0].id), segment.name)
        if number % REST_EVERY == 0:
            rest()


def _begun_before(reading: Reading, segment: SegmentTexts) -> Iterator[StoredRequest]:
    """Those that ended in this segment and were accepted in an earlier one, which is looked up."""
    here = {one.id for one, _ in segment.accepted}
    for ended in segment.outcomes:
        end, _ = ended
        if end.id in here:
            continue
        before = reading.traffic_of(end.id)
        if before is None:
            # Its first record is lost: it is shown as what is known of it, and counted by the entry.
            unknown = _unknown(end.id, end.at)
            yield stored_of((unknown, text_of(unknown)), ended, segment.name)
        else:
            yield stored_of((accepted_of(before), text_of(before.accepted)), ended, before.segment)


def _unknown(id_: str, at: str) -> Accepted:
    return Accepted(id_, at, "", "", "", "", "", streams=False, input_bytes=0, body_digest="")


def _in_doubt(reading: Reading, segment: SegmentTexts, rows: Sequence[StoredRequest], at: str) -> Iterator[Doubted]:
    """What its worker had accepted, in this segment or before, and will never say the end of."""
    ended = {row.id for row in rows if row.outcome is not None}
    yield from (row for row in rows if row.outcome is None)
    before = reading.unfinished(segment.worker, since=stamp(moment(at) - LASTS_MAX))
    yield from (row for row in before if row.id not in ended)


def _gap(reading: Reading, segment: SegmentTexts) -> str:
    """In words, where this segment does not follow the one that was loaded before it; "" where it does."""
    if segment.number == 1:
        return "" if not segment.follows else "it says that it follows another one, and is the first"
    before = reading.loaded_segment(f"{segment.worker}.{segment.number - 1:08d}")
    if before is None:
        return f"segment {segment.number - 1} of its worker was never loaded"
    return "" if before.last == segment.follows else f"segment {segment.number - 1} of its worker was another one"


def _body(segment: SegmentTexts, rows: Sequence[StoredRequest], doubted: Sequence[Doubted], gap: str) -> dict[str, Any]:
    lost = [row.id for row in rows if not row.workflow]
    flaws = [
        *(plain(flaw) for flaw in segment.flaws[:LISTED_MAX]),
        *({"line": 1, "words": gap, "request": None},) * bool(gap),
    ]
    return {
        "segment": segment.name,
        "worker": segment.worker,
        "number": segment.number,
        "follows": segment.follows,
        "first": segment.first,
        "last": segment.last,
        "sha256": segment.sha256,
        "bytes": segment.size,
        "lines": segment.lines,
        "ended": segment.ended.value,
        "torn_bytes": segment.torn_bytes,
        "accepted": len(segment.accepted),
        "outcomes": len(segment.outcomes),
        "ungoverned": sum(one.requests for one in segment.ungoverned),
        "in_doubt": [row.id for row in doubted[:LISTED_MAX]],
        "n_in_doubt": len(doubted),
        "lost": lost[:LISTED_MAX],
        "n_lost": len(lost),
        "flaws": flaws,
        "n_flaws": len(segment.flaws) + bool(gap),
        "totals": totals_of([*(row for row in rows if row.outcome is not None), *doubted]),
    }
