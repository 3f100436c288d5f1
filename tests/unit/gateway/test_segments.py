"""Traces in segment files: what is written is there, what is altered is told, what cannot be written is refused."""

import errno
import gzip
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlock.adapters.gateway.segments.folder import SegmentFolder
from interlock.adapters.gateway.segments.lines import digest
from interlock.adapters.gateway.segments.log import SegmentTraceLog
from interlock.adapters.gateway.segments.reading import segment_of
from interlock.adapters.gateway.segments.texts import texts_of
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.segment import Ended, Segment, SegmentMarks, SegmentTexts
from traced import AT, accepted, now, outcome

SLOW_S = 3_600.0  # the thread has nothing to do in such a test


def written(folder: Path, requests: int = 5, worker: str = "w-1") -> Segment:
    log = SegmentTraceLog(folder, worker, now)
    for number in range(requests):
        log.accept(accepted(number))
        log.outcome(outcome(number))
    log.close()
    return SegmentFolder(folder, now).read(f"{worker}.00000001")


def wait_for(condition: Callable[[], object], timeout_s: float = 5.0) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    segment = written(tmp_path)
    assert segment.accepted == tuple(accepted(number) for number in range(5))
    assert segment.outcomes == tuple(outcome(number) for number in range(5))
    assert (segment.worker, segment.number, segment.follows, segment.ended) == ("w-1", 1, "", Ended.CLOSED)
    assert (segment.lines, segment.torn_bytes, segment.flaws) == (12, 0, ())


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "traces"
    written(folder)
    SegmentFolder(folder, now).keep("w-1.00000001")
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.rglob("*")]}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def test_segments_of_a_worker_follow_each_other(tmp_path: Path) -> None:
    log = SegmentTraceLog(tmp_path, "w-1", now, sync_s=0.005, age_s=0.0)
    folder = SegmentFolder(tmp_path, now)
    for number in range(3):
        log.accept(accepted(number))
        wait_for(lambda: len(folder.sealed()) > number)  # noqa: B023 - called before the number changes
    log.close()
    segments = [folder.read(name) for name in folder.sealed()]
    assert [segment.number for segment in segments] == list(range(1, len(segments) + 1))
    assert [segment.follows for segment in segments] == ["", *[segment.last for segment in segments[:-1]]]
    assert [record.id for segment in segments for record in segment.accepted] == ["r0", "r1", "r2"]
    assert {segment.ended for segment in segments[:-1]} == {Ended.ROTATED}


def test_a_segment_that_is_too_large_is_sealed(tmp_path: Path) -> None:
    log = SegmentTraceLog(tmp_path, "w-1", now, sync_s=0.005, age_s=SLOW_S, bytes_max=1_000)
    log.accept(accepted(0))
    time.sleep(0.05)
    assert SegmentFolder(tmp_path, now).sealed() == []
    log.accept(accepted(1))
    wait_for(SegmentFolder(tmp_path, now).sealed)
    log.close()


def test_the_disk_is_asked_only_for_what_was_written_and_the_lag_is_that_of_the_oldest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds, synced = [], []
    go_on = threading.Event()
    go_on.set()
    sync, fdatasync = SegmentTraceLog._sync, os.fdatasync

    def counted(log: SegmentTraceLog) -> None:
        rounds.append(1)
        sync(log)

    def asleep() -> bool:
        before = len(rounds)
        time.sleep(0.05)
        return len(rounds) == before

    def slow(handle: int) -> None:
        go_on.wait()
        synced.append(1)
        fdatasync(handle)

    monkeypatch.setattr(SegmentTraceLog, "_sync", counted)
    monkeypatch.setattr(os, "fdatasync", slow)
    log = SegmentTraceLog(tmp_path, "w-1", now, sync_s=0.002, age_s=SLOW_S)
    wait_for(lambda: len(synced) == 1 and log.lag_s == 0.0)  # the first line
    for number in range(3):
        wait_for(asleep)
        assert log.lag_s == 0.0  # however long ago the last record came
        go_on.clear()
        log.accept(accepted(number))
        time.sleep(0.03)
        log.outcome(outcome(number))
        assert 0.03 <= log.lag_s < SLOW_S
        go_on.set()
        wait_for(lambda: log.lag_s == 0.0)
    assert 4 <= len(synced) <= 7
    log.close()


def test_callers_that_nobody_knows_are_on_record_though_nothing_else_comes(tmp_path: Path) -> None:
    log = SegmentTraceLog(tmp_path, "w-1", now, sync_s=0.002, age_s=0.02)
    time.sleep(0.05)
    log.ungoverned(network="10.0.0.0/24", wire="chat", model="big", rule="unknown client")
    wait_for(SegmentFolder(tmp_path, now).sealed)
    log.close()


@settings(max_examples=40)
@given(line=st.integers(2, 11), data=st.data())
def test_who_alters_a_line_is_told_which(
    line: int, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("traces")
    written(folder)
    lines = (folder / "w-1.00000001.jsonl").read_bytes().split(b"\n")
    place = data.draw(st.integers(0, len(lines[line - 1]) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte not in {lines[line - 1][place], 10}))
    lines[line - 1] = lines[line - 1][:place] + bytes([other]) + lines[line - 1][place + 1 :]
    assert line in {flaw.line for flaw in segment_of("w-1.00000001", b"\n".join(lines)).flaws}


def both_ways(raw: bytes) -> SegmentTexts:
    """What loading reads, which is what a full reading says."""
    whole, texts = segment_of("it", raw), texts_of("it", raw)
    for field in fields(SegmentMarks):
        assert getattr(texts, field.name) == getattr(whole, field.name)
    for parts, records in ((texts.accepted, whole.accepted), (texts.outcomes, whole.outcomes)):
        for (part, text), record in zip(parts, records, strict=True):
            assert json.loads(text) == json.loads(msgspec.json.encode(part)) == json.loads(msgspec.json.encode(record))
    return texts


def test_what_is_loaded_is_read_without_decoding_it_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = SegmentTraceLog(tmp_path, "w-1", now)
    for number in range(3):
        log.accept(accepted(number, client='Zo\u00eb \u2028 \\"\x00', found=("injection",)))
        log.ungoverned(network="10.0.0.0/24", wire="openai", model="big", rule="unknown_caller")
        log.outcome(outcome(number, first_chunk_ms=1.5, refused="limit"))
    log.accept(accepted(4))
    log.close()
    raw = (tmp_path / "w-1.00000001.jsonl").read_bytes()
    texts = both_ways(raw)
    assert (len(texts.accepted), len(texts.outcomes), texts.ungoverned[0].requests, texts.flaws) == (4, 3, 3, ())
    monkeypatch.setattr("interlock.adapters.gateway.segments.texts.segment_of", None)
    assert texts_of("it", raw) == texts


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("traces")
    written(folder, requests=3)
    return (folder / "w-1.00000001.jsonl").read_bytes()


@settings(max_examples=150)
@given(data=st.data(), chained=st.booleans())
def test_whatever_is_altered_loading_reads_what_a_full_reading_does(
    data: st.DataObject, whole: bytes, *, chained: bool
) -> None:
    lines = whole.split(b"\n")
    at = data.draw(st.integers(0, len(lines) - 2))
    end = len(lines[at])
    start = data.draw(st.sampled_from([end - 1, end]) | st.integers(0, end))
    cut, others = data.draw(st.integers(0, 2)), [b"", b"}", b'"', b"0", b".", b"\n", b"\xff", b"{}"]
    other = data.draw(st.sampled_from(others))
    lines[at] = lines[at][:start] + other + lines[at][start + cut :]
    if chained:  # by somebody who knows how a segment is made
        for number in range(at + 1, len(lines) - 1):
            lines[number] = lines[number][:13] + digest(lines[number - 1]) + lines[number][77:]
    raw = b"\n".join(lines)
    try:
        segment_of("it", raw)
    except Unavailable as exc:
        with pytest.raises(Unavailable, match=re.escape(str(exc))):
            texts_of("it", raw)
    else:
        both_ways(raw)


def test_whose_record_was_altered_is_told(tmp_path: Path) -> None:
    written(tmp_path)
    raw = (tmp_path / "w-1.00000001.jsonl").read_bytes()
    lines = raw.split(b"\n")
    lines[5] = lines[5].replace(b'"shop"', b'"sh0p"')
    altered = b"\n".join(lines)
    assert altered != raw
    assert [(flaw.line, flaw.request) for flaw in segment_of("it", altered).flaws] == [(6, "r2")]


@pytest.mark.parametrize("gone", [2, 5, 11])
def test_a_line_that_is_gone_is_told(tmp_path: Path, gone: int) -> None:
    written(tmp_path)
    lines = (tmp_path / "w-1.00000001.jsonl").read_bytes().split(b"\n")
    del lines[gone - 1]
    assert segment_of("it", b"\n".join(lines)).flaws


def test_what_is_added_after_the_end_is_told(tmp_path: Path) -> None:
    written(tmp_path)
    raw = (tmp_path / "w-1.00000001.jsonl").read_bytes()
    assert segment_of("it", raw + b"x").flaws
    assert segment_of("it", raw + raw.split(b"\n")[1] + b"\n").flaws


@pytest.mark.parametrize("fault", ["refused", "short", "short and not repaired"])
def test_where_it_cannot_be_written_it_is_refused_until_it_can(
    tmp_path: Path, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = SegmentTraceLog(tmp_path, "w-1", now, sync_s=SLOW_S)
    log.accept(accepted(0))
    write = os.write

    def failing(handle: int, content: bytes) -> int:
        if fault == "refused":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(handle, content[:40])

    def not_truncated(handle: int, size: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as planted:
        planted.setattr(os, "write", failing)
        if fault == "short and not repaired":
            planted.setattr(os, "ftruncate", not_truncated)
        for _ in range(2):
            with pytest.raises(Unavailable, match="no request is let through"):
                log.outcome(outcome(0))
        if fault == "short and not repaired":
            planted.setattr(os, "write", write)  # the disk takes lines again, but this file ends in half a line
            with pytest.raises(Unavailable):
                log.accept(accepted(1))
    log.accept(accepted(2))
    log.close()
    segment = SegmentFolder(tmp_path, now).read("w-1.00000001")
    assert ([one.id for one in segment.accepted], segment.outcomes, segment.flaws) == (["r0", "r2"], (), ())


def test_a_disk_that_forgot_is_not_written_to_before_a_new_segment_is_safe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    log = SegmentTraceLog(tmp_path, "w-1", now, sync_s=0.005, age_s=SLOW_S)

    def failing(handle: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as planted:
        planted.setattr(os, "fdatasync", failing)
        log.accept(accepted(0))

        def refused() -> bool:
            try:
                log.accept(accepted("while the disk is sick"))
            except Unavailable:
                return True
            return False

        wait_for(refused)
        time.sleep(0.05)
        with pytest.raises(Unavailable):
            log.outcome(outcome(0))

    def taken() -> bool:
        try:
            log.outcome(outcome(0))
        except Unavailable:
            return False
        return True

    wait_for(taken)
    wait_for(lambda: "can be written again" in caplog.text)
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]  # said once, not at each try
    log.close()
    folder = SegmentFolder(tmp_path, now)
    folder.seal_abandoned()
    assert [one.id for name in folder.sealed() for one in folder.read(name).outcomes] == ["r0"]
    assert not any(folder.read(name).flaws for name in folder.sealed())


def test_after_its_end_nothing_is_taken(tmp_path: Path) -> None:
    log = SegmentTraceLog(tmp_path, "w-1", now)
    log.close()
    log.close()
    with pytest.raises(Unavailable):
        log.accept(accepted(0))


CHILD = """
    import os, sys
    from pathlib import Path
    from traced import accepted, now, outcome
    from interlock.adapters.gateway.segments.log import SegmentTraceLog
    log = SegmentTraceLog(Path(sys.argv[1]), "child", now, age_s=3600.0)
    for number in range(10**9):
        log.accept(accepted(number))
        log.outcome(outcome(number))
        os.write(1, f"{number}\\n".encode())
"""


def test_what_a_killed_worker_had_promised_is_there(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CHILD), str(tmp_path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert child.stdout is not None
    told = [child.stdout.readline() for _ in range(500)]
    assert told[-1], "it ended by itself"
    folder = SegmentFolder(tmp_path, now)
    assert folder.seal_abandoned() == ()  # it lives
    child.send_signal(signal.SIGKILL)
    told += child.stdout.read().splitlines()
    child.wait()
    child.stdout.close()
    wait_for(lambda: folder.seal_abandoned() or not list(tmp_path.glob("*.open")))
    segments = [folder.read(name) for name in folder.sealed()]
    assert segments[-1].ended is Ended.CRASHED
    assert not any(segment.flaws for segment in segments)
    assert {one.id for segment in segments for one in segment.outcomes} >= {f"r{int(line)}" for line in told}


@pytest.mark.parametrize("cut", [1, 30, 200])
def test_half_a_line_is_told_and_taken_for_nothing(tmp_path: Path, cut: int) -> None:
    written(tmp_path)
    sealed = tmp_path / "w-1.00000001.jsonl"
    lines = sealed.read_bytes().split(b"\n")
    (tmp_path / "w-1.00000001.open").write_bytes(b"\n".join(lines[:9]) + b"\n" + lines[9][:cut])
    sealed.unlink()
    folder = SegmentFolder(tmp_path, now)
    assert folder.seal_abandoned() == ("w-1.00000001",)
    segment = folder.read("w-1.00000001")
    assert (segment.torn_bytes, segment.ended, segment.flaws) == (cut, Ended.CRASHED, ())
    assert len(segment.accepted) == len(segment.outcomes) == 4
    grown = sealed.read_bytes().replace(lines[9][:cut] + b"\n", lines[9][:cut] + b"x\n")
    assert segment_of("it", grown).flaws


def test_a_line_that_only_pretends_to_be_torn_is_told(tmp_path: Path) -> None:
    """Also where the last line was made to follow it."""
    written(tmp_path)
    lines = (tmp_path / "w-1.00000001.jsonl").read_bytes().split(b"\n")
    lines[10] = lines[10][:60]
    lines[11] = lines[11].replace(json.loads(lines[11])["previous"].encode(), digest(lines[10]))
    assert [(flaw.line, flaw.words) for flaw in segment_of("it", b"\n".join(lines)).flaws] == [
        (11, "it is no record any more")
    ]


def test_one_that_died_between_its_last_line_and_its_name_is_sealed_once(tmp_path: Path) -> None:
    before = written(tmp_path)
    (tmp_path / "w-1.00000001.jsonl").rename(tmp_path / "w-1.00000001.open")
    folder = SegmentFolder(tmp_path, now)
    assert folder.seal_abandoned() == ("w-1.00000001",)
    assert folder.read("w-1.00000001") == before


def test_what_is_kept_is_the_same_and_damage_is_told(tmp_path: Path) -> None:
    before = written(tmp_path)
    folder = SegmentFolder(tmp_path, now)
    folder.keep("w-1.00000001")
    folder.keep("w-1.00000001")  # as after a crash in between
    assert (folder.sealed(), folder.kept(), folder.days()) == ([], ["w-1.00000001"], [AT[:10]])
    assert folder.read("w-1.00000001") == before
    packed = tmp_path / "kept" / AT[:10] / "w-1.00000001.jsonl.gz"
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(Unavailable, match="damaged"):
        folder.read("w-1.00000001")
    packed.write_bytes(gzip.compress(b"nothing of ours\n"))
    with pytest.raises(Unavailable, match="no sealed segment"):
        folder.read("w-1.00000001")
    folder.drop(AT[:10])
    with pytest.raises(Unavailable, match="not kept here"):
        folder.read("w-1.00000001")


@pytest.mark.parametrize("step", ["rename", "rmtree"])
def test_a_day_that_is_over_becomes_one_file(tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = [written(tmp_path, worker=worker) for worker in ("a", "b", "c")]
    folder = SegmentFolder(tmp_path, now)
    for segment in before:
        folder.keep(segment.name)
    with monkeypatch.context() as planted, pytest.raises(KeyboardInterrupt):
        planted.setattr(Path if step == "rename" else shutil, step, _dies)
        folder.pack(AT[:10])
    for _ in range(2):
        assert folder.kept_on(AT[:10]) == folder.kept() == [segment.name for segment in before]
        assert [folder.read(segment.name) for segment in before] == before
        folder.pack(AT[:10])
    assert [path.name for path in (tmp_path / "kept").iterdir()] == [f"{AT[:10]}.tar"]
    fresh = SegmentFolder(tmp_path, now)
    assert [fresh.read(segment.name) for segment in before] == before
    fresh.drop(AT[:10])
    assert (fresh.kept(), fresh.days()) == ([], [])


def test_a_day_whose_file_is_damaged_is_told(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir(parents=True)
    (tmp_path / "kept" / "2026-11-25.tar").write_bytes(b"nothing of ours")
    with pytest.raises(Unavailable, match="no tar file"):
        SegmentFolder(tmp_path, now).kept()


def _dies(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_only_one_works_on_the_folder(tmp_path: Path) -> None:
    folder = SegmentFolder(tmp_path, now)
    with folder.alone("x") as first, SegmentFolder(tmp_path, now).alone("x") as second, folder.alone("y") as other:
        assert (first, second, other) == (True, False, True)
    with folder.alone("x") as again:
        assert again


def test_how_long_segments_wait_is_told(tmp_path: Path) -> None:
    folder = SegmentFolder(tmp_path, now)
    log = SegmentTraceLog(tmp_path, "w-1", now)
    assert folder.lag_s() == 0.0
    log.close()
    sealed = tmp_path / "w-1.00000001.jsonl"
    os.utime(sealed, (time.time() - 60, time.time() - 60))
    assert 60 <= folder.lag_s() < 90
    folder.keep("w-1.00000001")
    assert folder.lag_s() == 0.0


def test_strangers_are_counted_and_never_fill_the_disk(tmp_path: Path) -> None:
    log = SegmentTraceLog(tmp_path, "w-1", now, age_s=SLOW_S)
    for number in range(3_000):
        log.ungoverned(network=f"10.{number % 250}.0.0/24", wire="openai", model="big", rule="unknown_caller")
    log.close()
    counted = SegmentFolder(tmp_path, now).read("w-1.00000001").ungoverned
    assert len(counted) == 201
    assert sum(one.requests for one in counted) == 3_000
    assert {one.requests for one in counted if one.network != "others"} == {12}
    assert {(one.first_at, one.last_at) for one in counted} == {(AT, AT)}
