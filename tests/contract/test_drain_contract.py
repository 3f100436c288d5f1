"""The drain lock: shared by effects, taken alone by a kill; across threads and processes."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from interlock.adapters.sqlite.drain import FileDrain
from interlock.ports.drain import Drain
from interlock.terms.errors import Unavailable

SCOPES = ("global", "workflow:w")
Make = Callable[[Path], Drain]


@pytest.fixture(params=[FileDrain], ids=["file"])
def make(request: pytest.FixtureRequest) -> Make:
    made: Make = request.param
    return made


def test_nobody_holds_it_at_first(make: Make, tmp_path: Path) -> None:
    drain = make(tmp_path / "store.db")
    assert drain.emptied("global", timeout_s=0)
    assert drain.emptied("workflow:w", timeout_s=0)


def test_holders_share_it_and_a_kill_waits_for_all(make: Make, tmp_path: Path) -> None:
    one, other = make(tmp_path / "store.db"), make(tmp_path / "store.db")
    with one.hold(SCOPES):
        with one.hold(SCOPES), other.hold(SCOPES):
            assert not other.emptied("global", timeout_s=0.02)
            assert other.emptied("workflow:another", timeout_s=0)
        assert not one.emptied("workflow:w", timeout_s=0.02)
    assert one.emptied("workflow:w", timeout_s=0)


def test_it_is_let_go_where_the_block_raises(make: Make, tmp_path: Path) -> None:
    drain = make(tmp_path / "store.db")
    with pytest.raises(OSError, match="mine"), drain.hold(SCOPES):
        raise OSError("mine")
    assert drain.emptied("global", timeout_s=0)


def test_a_kill_sees_the_last_holder_go(make: Make, tmp_path: Path) -> None:
    drain = make(tmp_path / "store.db")
    held, let_go = threading.Event(), threading.Event()

    def holding() -> None:
        with drain.hold(SCOPES):
            held.set()
            let_go.wait(20)

    thread = threading.Thread(target=holding)
    thread.start()
    held.wait(20)
    threading.Timer(0.05, let_go.set).start()
    assert drain.emptied("global", timeout_s=20)
    thread.join()


def _come_and_go(path: Path, stop: Event, ready: Event) -> None:
    drain = FileDrain(path)
    while not stop.is_set():
        with drain.hold(SCOPES):
            ready.set()
            time.sleep(0.003)


def _hold_for_ever(path: Path, stop: Event, ready: Event) -> None:
    with FileDrain(path).hold(SCOPES):
        ready.set()
        stop.wait()


def test_newcomers_cannot_keep_a_kill_waiting(tmp_path: Path) -> None:
    """Eight processes hold it nearly always, one after another: without a gate there is hardly ever a gap."""
    path = tmp_path / "store.db"
    context = multiprocessing.get_context("fork")
    stop = context.Event()
    readies = [context.Event() for _ in range(8)]
    processes = [context.Process(target=_come_and_go, args=(path, stop, ready)) for ready in readies]
    for process in processes:
        process.start()
    try:
        assert all(ready.wait(20) for ready in readies)
        assert [FileDrain(path).emptied("global", timeout_s=10) for _ in range(5)] == [True] * 5
    finally:
        stop.set()
        for process in processes:
            process.join()


def test_a_dead_holder_lets_go_and_a_stopped_one_does_not(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    context = multiprocessing.get_context("fork")
    stop, ready = context.Event(), context.Event()
    process = context.Process(target=_hold_for_ever, args=(path, stop, ready))
    process.start()
    assert ready.wait(20)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGSTOP)
    assert not FileDrain(path).emptied("global", timeout_s=0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert FileDrain(path).emptied("global", timeout_s=5)


def test_where_the_locks_cannot_be_made_it_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "store.db.drain").write_text("a file in the way")
    drain = FileDrain(tmp_path / "store.db")
    with pytest.raises(Unavailable), drain.hold(SCOPES):
        pass
    with pytest.raises(Unavailable):
        drain.emptied("global", timeout_s=0)
