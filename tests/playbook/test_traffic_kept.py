"""Segments of past days are packed, and removed when their time is over; the ledger still says what they were."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from interlock.adapters.gateway.segments.folder import SegmentFolder
from interlock.adapters.gateway.segments.log import SegmentTraceLog
from interlock.adapters.sqlite.store import SqliteStore
from interlock.engine.ledger import merkle
from interlock.engine.timestamp import moment, stamp
from interlock.flows.gateway.evidence.keep import TrafficKeeping
from interlock.flows.gateway.evidence.load import TrafficLoading
from interlock.flows.gateway.evidence.verify import verify_traffic
from interlock.ports.gateway.traffic import SumBy, TrafficFilter
from interlock.ports.store import Store
from traced import AT, accepted, outcome


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = SqliteStore(tmp_path / "store.db", merkle)
    yield made
    made.close()


def test_days_are_packed_and_then_removed(store: Store, tmp_path: Path) -> None:
    at = moment(AT)

    def clock() -> dt.datetime:
        return at

    def now() -> str:
        return stamp(at)

    segments = SegmentFolder(tmp_path / "traces", now)
    for day in range(4):
        at = moment(AT) + dt.timedelta(days=day)
        log = SegmentTraceLog(tmp_path / "traces", f"w-{day}", now)
        log.accept(accepted(day, at=stamp(at)))
        log.outcome(outcome(day, at=stamp(at)))
        log.close()
        TrafficLoading(store, segments, clock, exports=day < 2).go()
    done = TrafficKeeping(store, segments, clock, days=2).go()
    assert (done.packed, done.removed, done.not_exported, done.rows) == (("2026-11-27",), ("2026-11-26",), 1, 1)
    assert segments.days() == ["2026-11-27", "2026-11-28", "2026-11-29"]
    with store.reading() as reading:
        check = verify_traffic(reading, segments)
        rows = [row.at[:10] for row in reading.traffic(TrafficFilter(), limit=9)]
        days = [(one.by[0], one.requests) for one in reading.traffic_sums([SumBy.DAY])]
        waiting = [one.name for one in reading.not_exported(limit=9)]
    assert (check.segments, check.checked, check.elsewhere, check.faults) == (4, 3, 1, ())
    assert rows == ["2026-11-29", "2026-11-28", "2026-11-27"]  # as long as their traces
    assert days == [(f"2026-11-{day}", 1) for day in range(26, 30)]  # sums stay
    assert waiting == ["w-1.00000001"]  # it is still there
    with segments.alone("keeping"):
        assert TrafficKeeping(store, segments, clock, days=1).go().removed == ()
