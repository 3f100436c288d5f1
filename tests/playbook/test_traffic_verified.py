"""Who alters a trace, a row or a sum is told, and which one it was."""

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from interlock.adapters.gateway.segments.folder import SegmentFolder
from interlock.adapters.gateway.segments.lines import digest
from interlock.adapters.gateway.segments.log import SegmentTraceLog
from interlock.adapters.sqlite.store import SqliteStore
from interlock.engine.ledger import merkle
from interlock.engine.timestamp import moment
from interlock.flows.gateway.evidence.load import TrafficLoading
from interlock.flows.gateway.evidence.verify import verify_traffic
from interlock.ports.store import Store
from interlock.terms.gateway.traffic_check import TrafficCheck
from traced import AT, accepted, now, outcome

KEPT = Path("kept") / AT[:10] / "w-1.00000001.jsonl.gz"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = SqliteStore(tmp_path / "store.db", merkle)
    yield made
    made.close()


@pytest.fixture
def folder(store: Store, tmp_path: Path) -> Path:
    """Ten requests, of which the last one has no end, loaded; and a worker that goes on with another one."""
    log = SegmentTraceLog(tmp_path, "w-1", now, age_s=3_600)
    for number in range(10):
        log.accept(accepted(number, at=f"2026-11-26T10:00:{number:02d}.000000Z"))
        if number != 9:
            log.outcome(outcome(number))
    log.close()
    load(store, tmp_path)
    return tmp_path


def load(store: Store, folder: Path) -> None:
    TrafficLoading(store, SegmentFolder(folder, now), lambda: moment(AT)).go()


def checked(store: Store, folder: Path) -> TrafficCheck:
    with store.reading() as reading:
        return verify_traffic(reading, SegmentFolder(folder, now))


def faults(store: Store, folder: Path) -> set[tuple[str | None, str]]:
    return {(fault.request, fault.words) for fault in checked(store, folder).faults}


def change(store: Store, statement: str) -> None:
    with store.transaction() as tx:
        tx.change_all(statement, [{}])  # type: ignore[attr-defined]


def rewrite(folder: Path, alter: Callable[[bytes], bytes]) -> None:
    raw = gzip.decompress((folder / KEPT).read_bytes())
    (folder / KEPT).write_bytes(gzip.compress(alter(raw)))


def test_what_is_as_it_was_has_no_faults(store: Store, folder: Path) -> None:
    assert checked(store, folder) == TrafficCheck(1, 1, 0, 10, 0)


def test_what_goes_on_is_no_fault(store: Store, folder: Path) -> None:
    log = SegmentTraceLog(folder, "w-2", now, sync_s=0.002, age_s=0.0)
    log.accept(accepted("goes on"))
    while not SegmentFolder(folder, now).sealed():
        pass
    load(store, folder)
    assert checked(store, folder).faults == ()
    log.outcome(outcome("goes on"))
    log.close()
    load(store, folder)
    assert checked(store, folder).faults == ()


@pytest.mark.parametrize(
    ("statement", "request_", "words"),
    [
        ("UPDATE traffic SET cost_micro_usd = 1 WHERE id = 'r3'", "r3", "of its end"),
        ("UPDATE traffic SET cost_micro_usd = 1 WHERE id = 'r9'", "r9", "of its cost"),
        ("UPDATE traffic SET accepted = replace(accepted, 'shop', 'else') WHERE id = 'r3'", "r3", "of its beginning"),
        ("UPDATE traffic SET outcome = replace(outcome, '200', '299') WHERE id = 'r3'", "r3", "of its end"),
        ("UPDATE traffic SET tenant = 'other' WHERE id = 'r3'", "r3", "of its end"),
        ("DELETE FROM traffic WHERE id = 'r3'", "r3", "its row is gone, and older ones are there"),
        ("UPDATE traffic_day SET cost_micro_usd = cost_micro_usd - 1 WHERE model = 'small'", None, "the sums of"),
        ("DELETE FROM traffic_day", None, "the sums of"),
    ],
)
def test_who_alters_the_store_is_told_what(
    store: Store, folder: Path, statement: str, request_: str | None, words: str
) -> None:
    change(store, statement)
    assert [one for one in faults(store, folder) if one[0] == request_ and words in one[1]]


def test_a_row_that_no_trace_has_is_told(store: Store, folder: Path) -> None:
    change(
        store,
        "INSERT INTO traffic SELECT 'forged', at, workflow, tenant, client, wire, model_asked, model_used, upstream, "
        "region, status, refused, streams, input_tokens, output_tokens, cost_micro_usd, latency_ms, first_chunk_ms, "
        "cache, accepted, outcome, segment FROM traffic WHERE id = 'r3'",
    )
    assert (None, "11 requests of the store say that they are in it, and it has 10") in faults(store, folder)


def test_rows_that_were_deleted_in_time_are_counted(store: Store, folder: Path) -> None:
    with store.transaction() as tx:
        assert tx.delete_traffic(before="2026-11-26T10:00:03.000000Z", limit=99) == 3
    assert checked(store, folder) == TrafficCheck(1, 1, 0, 10, 3)


def test_who_alters_a_line_is_told_whose(store: Store, folder: Path) -> None:
    rewrite(folder, lambda raw: raw.replace(b'"cost_micro_usd":700', b'"cost_micro_usd":100', 1))
    told = faults(store, folder)
    assert ("r0", "line 3: it is not what was written: the line after it says otherwise") in told
    assert ("r0", "the store says otherwise of its end") in told
    assert any("another digest" in words for _, words in told)


def test_who_makes_the_whole_chain_anew_is_told(store: Store, folder: Path) -> None:
    def forged(raw: bytes) -> bytes:
        lines = raw.replace(b'"cost_micro_usd":700', b'"cost_micro_usd":100', 1).split(b"\n")[:-1]
        for number in range(1, len(lines)):
            lines[number] = b'{"previous":"' + digest(lines[number - 1]) + lines[number][77:]
        return b"\n".join([*lines, b""])

    rewrite(folder, forged)
    told = faults(store, folder)
    assert not any("line" in words for _, words in told)
    assert any("another digest" in words for _, words in told)
    assert ("r0", "the store says otherwise of its end") in told


def test_what_another_machine_keeps_is_counted(store: Store, folder: Path, tmp_path: Path) -> None:
    (folder / KEPT).unlink()
    assert checked(store, folder) == TrafficCheck(1, 0, 1, 0, 0)


def test_a_file_that_is_damaged_is_told(store: Store, folder: Path) -> None:
    (folder / KEPT).write_bytes(b"nothing")
    ((request, words),) = faults(store, folder)
    assert "damaged" in words
    assert request is None


def test_flaws_that_were_there_when_it_was_loaded_stay_told(store: Store, tmp_path: Path) -> None:
    log = SegmentTraceLog(tmp_path, "w-1", now)
    log.accept(accepted(1))
    log.outcome(outcome(1))
    log.close()
    file: Any = tmp_path / "w-1.00000001.jsonl"
    file.write_bytes(file.read_bytes().replace(b'"shop"', b'"sh0p"'))
    load(store, tmp_path)
    (fault,) = checked(store, tmp_path).faults
    assert (fault.request, "when it was loaded" in fault.words) == ("r1", True)
