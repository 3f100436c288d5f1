"""One worker of a machine goes the rounds over traces, until it ends; settings that cannot be used are told."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from interlock.adapters.gateway.counts_folder import CountsFolder
from interlock.adapters.gateway.segments.folder import SegmentFolder
from interlock.adapters.gateway.segments.log import SegmentTraceLog
from interlock.adapters.opentelemetry.otlp_http import WAIT_S
from interlock.adapters.sqlite.store import SqliteStore
from interlock.engine.ledger import merkle
from interlock.engine.timestamp import moment
from interlock.flows.gateway.evidence import load
from interlock.flows.gateway.metrics import WorkerMetrics
from interlock.ports.store import Store
from interlock.terms.errors import BadInput
from interlock.wiring.gateway.rounds import TraceRounds
from traced import AT, accepted, now, outcome


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = SqliteStore(tmp_path / "store.db", merkle)
    yield made
    made.close()


def rounds(store: Store, folder: Path, worker: str, **environment: str) -> TraceRounds:
    metrics = WorkerMetrics(CountsFolder(folder / "metrics", worker))
    return TraceRounds(store, SegmentFolder(folder, now), lambda: moment(AT), environment, metrics)


def trace(folder: Path, worker: str) -> None:
    log = SegmentTraceLog(folder, worker, now)
    log.accept(accepted(worker))
    log.outcome(outcome(worker))
    log.close()


def loaded(store: Store) -> int:
    with store.reading() as reading:
        return sum(one.requests for one in reading.traffic_sums([]))


def test_one_goes_them_until_it_ends(store: Store, tmp_path: Path) -> None:
    one, two = rounds(store, tmp_path / "traces", "a"), rounds(store, tmp_path / "traces", "b")
    trace(tmp_path / "traces", "w-1")
    one.go(all_of_it=True)
    trace(tmp_path / "traces", "w-2")
    two.go(all_of_it=True)
    assert loaded(store) == 1
    one.close()
    two.go(all_of_it=True)
    assert loaded(store) == 2


def test_what_is_not_due_waits(store: Store, tmp_path: Path) -> None:
    one = rounds(store, tmp_path / "traces", "a")
    one.go()
    trace(tmp_path / "traces", "w-1")
    one.go()
    assert loaded(store) == 0
    one.go(all_of_it=True)
    assert loaded(store) == 1


@pytest.mark.parametrize(
    "settings",
    [
        {"INTERLOCK_TRACES_DAYS": "0"},
        {"INTERLOCK_TRACES_DAYS": "a year"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "collector"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "https://collector.example", "OTEL_EXPORTER_OTLP_HEADERS": "key"},
    ],
)
def test_settings_that_cannot_be_used_are_told(store: Store, tmp_path: Path, settings: dict[str, str]) -> None:
    with pytest.raises(BadInput, match=r"INTERLOCK_TRACES_DAYS|OTEL_EXPORTER_OTLP"):
        rounds(store, tmp_path / "traces", "a", **settings)


def test_a_collector_that_does_not_answer_holds_no_loading_up(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "EVERY_S", 0.0)
    silent = socket.create_server(("127.0.0.1", 0))
    endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
    one = rounds(store, tmp_path / "traces", "a", OTEL_EXPORTER_OTLP_ENDPOINT=endpoint)
    trace(tmp_path / "traces", "w-1")
    begun_s = time.monotonic()
    one.go()
    connection, _ = silent.accept()  # it asks now, and will wait
    for number in range(2, 5):
        trace(tmp_path / "traces", f"w-{number}")
        one.go()
        assert loaded(store) == number
    assert time.monotonic() - begun_s < WAIT_S / 2, "none of them waited for it"
    silent.close()
    connection.close()
    one.close()
    assert one.waiting == 1
