"""Who alters a trace, a row or a sum is told, and which one it was."""

import datetime as dt
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
from interlock.flows.gateway.evidence.keep import TrafficKeeping
from interlock.flows.gateway.evidence.load import TrafficLoading
from interlock.flows.gateway.evidence.verify import verify_traffic
from interlock.ports.store import Store
from interlock.terms.gateway.traffic_check import TrafficCheck
from traced import AT, accepted, now, outcome, write_ten

KEPT = Path("kept") / AT[:10] / "w-1.00000001.jsonl.gz"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = SqliteStore(tmp_path / "store.db", merkle)
    yield made
    made.close()


@pytest.fixture
def folder(store: Store, tmp_path: Path) -> Path:
    """Ten requests, of which the last one has no end, loaded; and a worker that goes on with another one."""
    write_ten(tmp_path)
    load(store, tmp_path)
    return tmp_path


def load(store: Store, folder: Path) -> None:
    TrafficLoading(store, SegmentFolder(folder, now), lambda: moment(AT)).go()


def goes_on(store: Store, folder: Path) -> tuple[str, str]:
    """Two segments more, of one worker; their names."""
    log = SegmentTraceLog(folder, "w-2", now, sync_s=0.002, age_s=0.0)
    for number in (20, 21):
        log.accept(accepted(number))
        log.outcome(outcome(number))
        while len(SegmentFolder(folder, now).sealed()) < number - 19:
            pass
    log.close()
    load(store, folder)
    assert checked(store, folder).faults == ()
    return "w-2.00000001", "w-2.00000002"


def place(folder: Path, name: str) -> Path:
    return folder / KEPT.with_name(f"{name}.jsonl.gz")


def checked(store: Store, folder: Path, *, everything_here: bool = False) -> TrafficCheck:
    with store.reading() as reading:
        return verify_traffic(reading, SegmentFolder(folder, now), everything_here=everything_here)


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
    found = checked(store, folder)
    assert (found.faults, found.requests, found.waiting) == ((), 11, 0)


def test_what_waits_to_be_loaded_is_counted(store: Store, folder: Path) -> None:
    log = SegmentTraceLog(folder, "w-2", now, age_s=3_600)
    log.accept(accepted(20))
    assert checked(store, folder) == TrafficCheck(1, 1, 0, 10, 0, waiting=1)
    log.close()
    assert checked(store, folder) == TrafficCheck(1, 1, 0, 10, 0, waiting=1)
    load(store, folder)
    assert checked(store, folder) == TrafficCheck(2, 2, 0, 11, 0)


def test_what_was_removed_in_time_is_counted_and_no_fault(store: Store, folder: Path) -> None:
    later = moment(AT) + dt.timedelta(days=3)
    done = TrafficKeeping(store, SegmentFolder(folder, now), lambda: later, days=2).go()
    assert (done.removed, done.rows) == ((AT[:10],), 10)
    assert checked(store, folder, everything_here=True) == TrafficCheck(1, 0, 1, 0, 0)
    change(store, "UPDATE traffic_day SET cost_micro_usd = 1 WHERE model = 'small'")
    assert any("those of the ledger" in words for _, words in faults(store, folder))


@pytest.mark.parametrize("everything_here", [False, True])
def test_a_segment_that_is_taken_away_is_told(store: Store, folder: Path, *, everything_here: bool) -> None:
    name, _ = goes_on(store, folder)
    place(folder, name).unlink()
    (fault,) = checked(store, folder, everything_here=everything_here).faults
    assert (fault.segment, "before its time" in fault.words) == (name, True)


def test_segments_that_are_swapped_are_told(store: Store, folder: Path) -> None:
    names = goes_on(store, folder)
    first, second = (place(folder, name) for name in names)
    raw = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(raw)
    told = {fault.segment for fault in checked(store, folder).faults if "another digest" in fault.words}
    assert told == set(names)


def test_a_tail_that_is_cut_off_is_told(store: Store, folder: Path) -> None:
    rewrite(folder, lambda raw: raw[: raw.rindex(b"\n", 0, -1) + 1])
    assert any("it lacks its first line or its last one" in words for _, words in faults(store, folder))
    (folder / KEPT).write_bytes((folder / KEPT).read_bytes()[:-20])
    assert any("damaged" in words for _, words in faults(store, folder))


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
    assert checked(store, folder) == TrafficCheck(1, 0, 1, 0, 0, absent=("w-1",))
    (fault,) = checked(store, folder, everything_here=True).faults
    assert "it is on record and not here any more" in fault.words
    with store.reading() as reading:
        assert verify_traffic(reading, None).faults == ()


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
