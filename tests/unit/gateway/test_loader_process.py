"""The process that loads traces: begun when there is something, at an end with whoever began it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from interlock.adapters.gateway.segments.folder import SegmentFolder
from interlock.adapters.gateway.segments.log import SegmentTraceLog
from interlock.flows.gateway.evidence.load import KIND
from interlock.flows.gateway.evidence.verify import verify_traffic
from interlock.wiring.gateway.loader import MAIN, PARENT, STORE, TRACES, LoaderProcess
from interlock.wiring.run_time import open_address
from traced import accepted, now, outcome


class Watched(LoaderProcess):
    """Remembers what it began."""

    def __init__(self, address: str, traces: Path, segments: SegmentFolder) -> None:
        super().__init__(address, traces, segments)
        self.begun: list[subprocess.Popen[bytes]] = []

    def look(self) -> None:
        super().look()
        if self.child is not None and self.child not in self.begun:
            self.begun.append(self.child)


def sealed(folder: Path) -> SegmentFolder:
    log = SegmentTraceLog(folder, "worker-1", now)
    log.accept(accepted(1))
    log.outcome(outcome(1))
    log.close()
    return SegmentFolder(folder, now)


def test_it_is_begun_once_there_is_something_and_loads_it(tmp_path: Path) -> None:
    store, traces = tmp_path / "store.db", tmp_path / "traces"
    open_address(str(store)).close()
    loader = Watched(str(store), traces, SegmentFolder(traces, now))
    loader.look()
    assert not loader.begun
    segments = sealed(traces)
    loader.look()
    assert loader.begun
    wait_for(lambda: not segments.sealed())
    loader.look()
    assert len(loader.begun) == 1, "one is enough"
    loader.close()
    assert [one.returncode for one in loader.begun] == [0]
    opened = open_address(str(store))
    try:
        with opened.store.reading() as reading:
            assert reading.traffic_of(accepted(1).id) is not None
    finally:
        opened.close()


def test_it_ends_where_nobody_is_left_that_began_it(tmp_path: Path) -> None:
    said = {STORE: str(tmp_path / "store.db"), TRACES: str(tmp_path / "traces"), PARENT: str(os.getppid())}
    ended = subprocess.run([sys.executable, "-c", MAIN], env={**os.environ, **said}, timeout=20, check=False)
    assert ended.returncode == 0


def test_what_waits_to_be_handed_on_after_a_restart_needs_no_traffic(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[object] = []

    class Ended:
        """A process that has nothing to do."""

        def __init__(self, *_: object, **__: object) -> None:
            begun.append(self)

        def poll(self) -> int:
            return 0

    monkeypatch.setattr(subprocess, "Popen", Ended)
    for at_once in (False, True):
        loader = LoaderProcess("store.db", tmp_path, SegmentFolder(tmp_path, now), at_once=at_once)
        loader.look()
        loader.look()
        assert len(begun) == at_once, "once, and where spans go somewhere"


def test_one_that_is_killed_is_followed_by_another_which_goes_on_where_it_was(tmp_path: Path) -> None:
    segments_n, requests = 12, 60
    store, traces = tmp_path / "store.db", tmp_path / "traces"
    open_address(str(store)).close()
    for worker in range(segments_n):
        log = SegmentTraceLog(traces, f"worker-{worker}", now)
        for number in range(requests):
            log.accept(accepted(f"{worker}-{number}"))
            log.outcome(outcome(f"{worker}-{number}"))
        log.close()
    segments = SegmentFolder(traces, now)
    loader = Watched(str(store), traces, segments)
    loader.look()
    wait_for(lambda: len(segments.sealed()) < segments_n)
    loader.begun[0].kill()
    loader.begun[0].wait()
    left = len(segments.sealed())
    loader.look()
    wait_for(lambda: not segments.sealed())
    loader.close()
    assert 0 < left < segments_n
    assert [one.returncode for one in loader.begun] == [-signal.SIGKILL, 0]
    opened = open_address(str(store))
    try:
        with opened.store.reading() as reading:
            (sums,) = reading.traffic_sums([])
            assert (sums.requests, sums.in_doubt) == (segments_n * requests, 0)
            assert len({entry.body["segment"] for entry in reading.entries_of(KIND)}) == segments_n
            assert len(list(reading.entries_of(KIND))) == segments_n
            assert verify_traffic(reading, segments, everything_here=True).faults == ()
    finally:
        opened.close()


def wait_for(holds: Callable[[], object]) -> None:
    until_s = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until_s, "it did not happen"
        time.sleep(0.002)
