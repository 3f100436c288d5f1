"""Which segments of the trace are loaded, and the callers whom nobody knows, on every store."""

from dataclasses import replace

import pytest

from interlock.adapters.sql import segments
from interlock.flows.gateway.evidence.rows import kept_row
from interlock.ports.gateway.loaded import LoadedSegment
from interlock.ports.gateway.traffic import TrafficRow
from interlock.ports.store import Store
from interlock.terms.gateway.ungoverned import Ungoverned

AT = "2026-11-26T10:00:00.000000Z"
LATER = "2026-11-26T11:00:00.000000Z"
FIRST = LoadedSegment("w.00000001", "w", 1, "aa", 3, AT)
SECOND = LoadedSegment("w.00000002", "w", 2, "bb", 4, LATER)
STRANGER = Ungoverned("10.0.0.0/24", "openai", "big", "unknown_caller", 3, AT, AT)


def test_a_segment_is_noted_once_and_waits_until_it_is_exported(store: Store) -> None:
    with store.transaction() as tx:
        tx.note_loaded(SECOND)
        tx.note_loaded(FIRST)
    with store.reading() as reading:
        assert (reading.loaded_segment(FIRST.name), reading.loaded_segment("none")) == (FIRST, None)
        assert reading.not_exported(limit=5) == (FIRST, SECOND)
        assert reading.not_exported(limit=1) == (FIRST,)
    with pytest.raises(Exception, match=r"(?i)unique|constraint|duplicate"), store.transaction() as tx:
        tx.note_loaded(FIRST)
    with store.transaction() as tx:
        tx.note_exported(FIRST.name, LATER)
    with store.reading() as reading:
        assert reading.not_exported(limit=5) == (SECOND,)
        assert reading.loaded_segment(FIRST.name) == replace(FIRST, exported_at=LATER)


def test_notes_of_what_waits_to_be_exported_stay(store: Store) -> None:
    with store.transaction() as tx:
        tx.note_loaded(replace(FIRST, exported_at=AT))
        tx.note_loaded(replace(SECOND, at=AT))
        tx.count_ungoverned([STRANGER])
    with store.transaction() as tx:
        assert tx.forget_loaded(before="2026-11-27T00:00:00.000000Z") == 1
    with store.reading() as reading:
        assert (reading.loaded_segment(FIRST.name), reading.ungoverned(since=AT, limit=9)) == (None, ())
        assert reading.loaded_segment(SECOND.name) is not None


def test_counts_of_strangers_add_up_by_day(store: Store) -> None:
    tomorrow = replace(STRANGER, first_at="2026-11-27T00:00:00.000000Z", last_at="2026-11-27T00:00:00.000000Z")
    for counted in ([STRANGER, replace(STRANGER, requests=5, last_at=LATER)], [tomorrow], [STRANGER]):
        with store.transaction() as tx:
            tx.count_ungoverned(counted)
    with store.reading() as reading:
        assert reading.ungoverned(since=AT, limit=9) == (tomorrow, replace(STRANGER, requests=11, last_at=LATER))
        assert reading.ungoverned(since=tomorrow.first_at, limit=9) == (tomorrow,)


def test_strangers_cannot_make_rows_without_end(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "KINDS_A_DAY_MAX", 3)
    for start in (0, 4):
        with store.transaction() as tx:
            tx.count_ungoverned([replace(STRANGER, model=f"m{start + number}") for number in range(4)])
    with store.reading() as reading:
        rows = reading.ungoverned(since=AT, limit=9)
    assert [(one.model, one.requests) for one in rows] == [("others", 15), ("m0", 3), ("m1", 3), ("m2", 3)]


def test_what_goes_on_is_found_by_its_worker_and_rows_are_counted_by_segment(store: Store) -> None:
    begun = TrafficRow("r1", AT, "triage", "desk", "chat", "small", {}, "w.00000001")
    done = replace(begun, id="r2", status=200, outcome={})
    others = replace(begun, id="r3", segment="w2.00000001")
    failed = replace(begun, id="r4", status=500, outcome={})
    with store.transaction() as tx:
        tx.load_traffic([kept_row(one) for one in (begun, done, others, failed)])
    with store.reading() as reading:
        assert reading.unfinished("w", since=AT) == (begun,)
        assert reading.unfinished("w", since=LATER) == ()
        assert reading.rows_by_segment() == {"w.00000001": 3, "w2.00000001": 1}
