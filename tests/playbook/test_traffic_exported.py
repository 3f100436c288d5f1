"""What is loaded is handed on, in order, until it is taken; what is not is counted and told."""

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from interlock.adapters.gateway.segments.folder import SegmentFolder
from interlock.adapters.gateway.segments.log import SegmentTraceLog
from interlock.adapters.sqlite.store import SqliteStore
from interlock.engine.ledger import merkle
from interlock.engine.timestamp import moment
from interlock.flows.gateway.evidence import export
from interlock.flows.gateway.evidence.export import BATCH, TURN, TrafficExporting
from interlock.flows.gateway.evidence.keep import TrafficKeeping
from interlock.flows.gateway.evidence.load import TrafficLoading
from interlock.flows.ledger.record import record
from interlock.ports.gateway.loaded import LoadedSegment
from interlock.ports.gateway.telemetry import HandedOn, Later, NotTaken
from interlock.ports.store import Store
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.metric import Gauge
from interlock.terms.gateway.trace import Accepted, Outcome
from traced import AT, accepted, now, outcome


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = SqliteStore(tmp_path / "store.db", merkle)
    yield made
    made.close()


class Backend:
    """Takes what it is sent unless it is told otherwise."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.calls = 0
        self.figured: list[str] = []
        self.fault: Exception | None = None
        self.fault_of_figures: Exception | None = None

    def spans(self, pairs: Sequence[tuple[Accepted, Outcome]]) -> HandedOn:
        self.calls += 1
        if self.fault is not None:
            raise self.fault
        assert all(begun.id == end.id for begun, end in pairs)
        self.got += [end.id for _, end in pairs]
        self.slow()
        return HandedOn(len(pairs) - 1, 1)

    def figures(self, pairs: Sequence[tuple[Accepted, Outcome]]) -> HandedOn:
        if self.fault_of_figures is not None:
            raise self.fault_of_figures
        self.figured += [end.id for _, end in pairs]
        return HandedOn(3)

    def slow(self) -> None:
        """Something that happens while it takes them."""


class Counted:
    """Metrics of which only those of spans are asked for."""

    def __init__(self) -> None:
        self.counts = {"sent": 0, "rejected": 0, "dropped": 0}
        self.points = {"sent": 0, "rejected": 0}
        self.waiting = -1.0

    def spans(self, result: str, n: int) -> None:
        self.counts[result] += n

    def figures(self, result: str, n: int) -> None:
        self.points[result] += n

    def gauge(self, gauge: Gauge, value: float, of: str = "") -> None:
        assert (gauge, of) == (Gauge.EXPORT_WAITING, "")
        self.waiting = value

    def observe(self, accepted: Accepted, outcome: Outcome) -> None:
        raise AssertionError

    def ungoverned(self, rule: str) -> None:
        raise AssertionError


class Clock:
    def __init__(self) -> None:
        self.at = moment(AT)

    def __call__(self) -> dt.datetime:
        return self.at


def loaded(store: Store, folder: Path, clock: Clock, *, requests: int = 3) -> SegmentFolder:
    segments = SegmentFolder(folder, now)
    for worker in ("w-1", "w-2"):
        log = SegmentTraceLog(folder, worker, now, age_s=3_600)
        for number in range(requests):
            log.accept(accepted(f"{worker}-{number}"))
            log.outcome(outcome(f"{worker}-{number}"))
        log.accept(accepted(f"{worker}-open"))
        log.close()
    assert len(TrafficLoading(store, segments, clock, exports=True).go().loaded) == 2
    return segments


def test_everything_is_handed_on_once_and_in_order(store: Store, tmp_path: Path) -> None:
    clock, backend, counted = Clock(), Backend(), Counted()
    exporting = TrafficExporting(store, loaded(store, tmp_path, clock, requests=BATCH + 1), backend, clock, counted)
    exporting.go()
    exporting.go()
    assert backend.calls == 4
    assert backend.got == [f"rw-{worker}-{number}" for worker in (1, 2) for number in range(BATCH + 1)]
    assert counted.counts == {"sent": 2 * (BATCH + 1) - 4, "rejected": 4, "dropped": 0}
    assert counted.waiting == 0


def test_what_cannot_be_taken_now_waits_longer_each_time_also_through_a_restart(store: Store, tmp_path: Path) -> None:
    clock, backend, counted = Clock(), Backend(), Counted()
    segments = loaded(store, tmp_path, clock)
    backend.fault = Unavailable("the collector is away")
    exporting = TrafficExporting(store, segments, backend, clock, counted)
    for seconds, calls in ((0, 1), (0.5, 1), (1, 2), (1, 2), (1, 3)):
        clock.at += dt.timedelta(seconds=seconds)
        exporting.go()
        assert backend.calls == calls
    assert (exporting.waiting, exporting.failed) == (2, "the collector is away")
    backend.fault = None
    TrafficExporting(store, segments, backend, clock, counted).go()
    assert len(backend.got) == 6


def test_what_is_never_taken_is_counted_and_holds_nothing_up(store: Store, tmp_path: Path) -> None:
    clock, backend, counted = Clock(), Backend(), Counted()
    exporting = TrafficExporting(store, loaded(store, tmp_path, clock), backend, clock, counted)
    backend.fault = NotTaken("it answered 400")
    exporting.go()
    backend.fault = None
    exporting.go()
    assert (counted.counts["rejected"], backend.got, exporting.waiting) == (6, [], 0)


def test_a_segment_that_is_damaged_before_is_counted(store: Store, tmp_path: Path) -> None:
    clock, backend, counted = Clock(), Backend(), Counted()
    segments = loaded(store, tmp_path, clock)
    (tmp_path / "kept" / AT[:10] / "w-1.00000001.jsonl.gz").write_bytes(b"damaged")
    exporting = TrafficExporting(store, segments, backend, clock, counted)
    exporting.go()
    assert (counted.counts["dropped"], len(backend.got)) == (3, 3)


def test_who_loads_what_it_wrote_leaves_what_others_did_to_be_handed_on(store: Store, tmp_path: Path) -> None:
    """A tool proxy on pipes knows nothing of where the spans of a gateway on the same machine go."""
    segments = SegmentFolder(tmp_path, now)
    for worker in ("gateway-1", "mcp-1"):
        SegmentTraceLog(tmp_path, worker, now).close()
    assert list(TrafficLoading(store, segments, Clock(), of="mcp-").go().loaded) == ["mcp-1.00000001"]
    TrafficLoading(store, segments, Clock(), exports=True).go()
    with store.reading() as reading:
        assert [one.name for one in reading.not_exported(limit=9)] == ["gateway-1.00000001"]


def test_without_a_back_end_nothing_waits(store: Store, tmp_path: Path) -> None:
    log = SegmentTraceLog(tmp_path, "w-1", now)
    log.close()
    TrafficLoading(store, SegmentFolder(tmp_path, now), Clock()).go()
    with store.reading() as reading:
        assert reading.not_exported(limit=9) == ()


def test_what_was_taken_is_not_sent_again_where_the_rest_has_to_wait(store: Store, tmp_path: Path) -> None:
    clock, backend, counted = Clock(), Backend(), Counted()
    exporting = TrafficExporting(store, loaded(store, tmp_path, clock, requests=BATCH + 1), backend, clock, counted)
    backend.fault_of_figures = Unavailable("figures are away")
    for _ in range(5):
        exporting.go()
        clock.at += dt.timedelta(minutes=6)
    assert (len(backend.got), exporting.waiting) == (BATCH, 2)
    backend.fault_of_figures = None
    exporting.go()
    assert len(backend.got) == len(set(backend.got)) == len(backend.figured) == 2 * (BATCH + 1)
    assert sum(counted.counts.values()) == 2 * (BATCH + 1)
    assert counted.points == {"sent": 4 * 3, "rejected": 0}


def test_figures_that_are_never_taken_hold_no_spans_up(store: Store, tmp_path: Path) -> None:
    clock, backend, counted = Clock(), Backend(), Counted()
    exporting = TrafficExporting(store, loaded(store, tmp_path, clock), backend, clock, counted)
    backend.fault_of_figures = NotTaken("it answered 404")
    exporting.go()
    assert (len(backend.got), exporting.waiting, counted.counts["sent"]) == (6, 0, 4)
    assert counted.points == {"sent": 0, "rejected": 6}


def test_whoever_says_when_is_asked_then(store: Store, tmp_path: Path) -> None:
    clock, backend, counted = Clock(), Backend(), Counted()
    exporting = TrafficExporting(store, loaded(store, tmp_path, clock), backend, clock, counted)
    backend.fault = Later("it answered 429", 40)
    for seconds, calls in ((0, 1), (39, 1), (1, 2)):
        clock.at += dt.timedelta(seconds=seconds)
        exporting.go()
        assert backend.calls == calls


def test_an_hour_away_loses_nothing_and_keeps_the_order(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where another machine left more behind than is looked at at once."""
    monkeypatch.setattr(export, "LOOKED_AT", 3)
    clock, backend, counted = Clock(), Backend(), Counted()
    with store.transaction() as tx:
        for number in range(5):
            entry = record(tx, "traffic.removed", {"before": "", "days": [], "segments": 0}, at=AT)
            tx.note_loaded(LoadedSegment(f"gone.{number:08d}", "gone", number, "", entry.index, AT))
    segments = SegmentFolder(tmp_path, now)
    backend.fault = Unavailable("the collector is away")
    exporting = TrafficExporting(store, segments, backend, clock, counted)
    for minute in range(0, 60, 3):
        log = SegmentTraceLog(tmp_path, f"w-{minute:02d}", now, age_s=3_600)
        log.accept(accepted(minute))
        log.outcome(outcome(minute))
        log.close()
        TrafficLoading(store, segments, clock, exports=True).go()
        for _ in range(90):  # as often as it is asked
            exporting.go()
            clock.at += dt.timedelta(seconds=2)
    assert (18 <= exporting.waiting <= 20, backend.got) == (True, [])
    assert 10 <= backend.calls <= 30, "it is asked less and less often"
    backend.fault = None
    clock.at += dt.timedelta(minutes=5)
    for _ in range(20 // 3 + 1):
        exporting.go()
    assert backend.got == [f"r{minute}" for minute in range(0, 60, 3)]
    assert (counted.counts, counted.waiting) == ({"sent": 0, "rejected": 20, "dropped": 0}, 0)


def test_a_slow_collector_has_its_turn_and_no_more(store: Store, tmp_path: Path) -> None:
    clock, backend, counted = Clock(), Backend(), Counted()
    exporting = TrafficExporting(store, loaded(store, tmp_path, clock), backend, clock, counted)

    def slow() -> None:
        clock.at += TURN

    backend.slow = slow  # type: ignore[method-assign]
    exporting.go()
    assert (len(backend.got), exporting.waiting, counted.waiting) == (3, 1, 1)
    exporting.go()
    assert (len(backend.got), counted.waiting) == (6, 0)


def test_who_dies_before_it_was_noted_sends_the_segment_again(store: Store, tmp_path: Path) -> None:
    clock, backend, counted = Clock(), Backend(), Counted()
    segments = loaded(store, tmp_path, clock)
    with pytest.raises(KeyboardInterrupt):
        TrafficExporting(_Dying(store), segments, backend, clock, counted).go()  # type: ignore[arg-type]
    TrafficExporting(store, segments, backend, clock, counted).go()
    assert backend.got == [f"rw-{worker}-{number}" for worker in (1, 1, 2) for number in range(3)]


class _Dying:
    """A store whose user dies before it writes."""

    def __init__(self, store: Store) -> None:
        self.reading = store.reading

    def transaction(self, *, durable: bool) -> None:
        raise KeyboardInterrupt


def test_what_is_removed_before_it_was_handed_on_is_counted(store: Store, tmp_path: Path) -> None:
    clock, counted = Clock(), Counted()
    segments = loaded(store, tmp_path, clock)
    clock.at += dt.timedelta(days=3)
    TrafficKeeping(store, segments, clock, days=2, dropped=lambda n: counted.spans("dropped", n)).go()
    assert counted.counts["dropped"] == 6
