"""The spool of one host: nothing kept is lost, whoever dies where, and nobody else can read it."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from interlock.adapters.spool import folder as module
from interlock.adapters.spool.folder import FolderSpool
from interlock.terms.errors import Unavailable

FORK = multiprocessing.get_context("fork")


@pytest.fixture
def spool(tmp_path: Path) -> FolderSpool:
    return FolderSpool([tmp_path / "spool"])


def keep(spool: FolderSpool, *lines: str) -> None:
    for line in lines:
        spool.keep(line, line)


def take_all(spool: FolderSpool) -> list[str]:
    taken: list[str] = []
    while True:
        with spool.taken() as lines:
            taken += lines
        if not lines:
            return taken


def test_lines_come_back_once_and_in_order(spool: FolderSpool) -> None:
    assert (spool.pending, take_all(spool)) == (False, [])
    keep(spool, "one", "two", "drei")
    assert (spool.pending, spool.waiting()) == (True, 3)
    assert take_all(spool) == ["one", "two", "drei"]
    assert (spool.pending, spool.waiting(), take_all(spool)) == (False, 0, [])


def test_a_key_is_kept_once(spool: FolderSpool) -> None:
    spool.keep("k", "first")
    spool.keep("k", "again")
    assert take_all(spool) == ["first"]


def test_what_is_being_worked_through_stays_where_that_fails(spool: FolderSpool) -> None:
    keep(spool, "one", "two")
    with pytest.raises(RuntimeError, match="the store"), spool.taken() as lines:
        assert lines == ("one", "two")
        keep(spool, "three")  # a newcomer meanwhile
        raise RuntimeError("the store is away again")
    assert spool.pending
    assert take_all(spool) == ["one", "two", "three"]


def test_only_one_empties_it_at_a_time(spool: FolderSpool, tmp_path: Path) -> None:
    keep(spool, "one")
    other = FolderSpool([tmp_path / "spool"])
    with spool.taken() as lines, other.taken() as none:
        assert (lines, none) == (("one",), ())
    assert take_all(other) == []


def test_another_process_finds_what_waits_when_it_starts(spool: FolderSpool, tmp_path: Path) -> None:
    keep(spool, "one")
    other = FolderSpool([tmp_path / "spool"])
    assert other.pending
    assert take_all(other) == ["one"]


def test_many_lines_are_taken_in_parts(spool: FolderSpool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SEGMENT_BYTES", 30)
    lines = [f"line {number:02d}" for number in range(20)]
    keep(spool, *lines)
    with spool.taken() as some:
        assert some == tuple(lines[:4])
    assert take_all(spool) == lines[4:]


def test_files_and_folder_are_for_their_owner_alone(spool: FolderSpool, tmp_path: Path) -> None:
    keep(spool, "one")
    spool.set_aside("two", "a\nreason")
    folder = tmp_path / "spool"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()} == {
        "append.lock": 0o600,
        "open.jsonl": 0o600,
        "set-aside.txt": 0o600,
    }
    assert spool.aside() == ("a reason\ttwo",)


def test_a_full_spool_says_so_and_keeps_what_it_has(tmp_path: Path) -> None:
    spool = FolderSpool([tmp_path / "spool"], bytes_max=10)
    keep(spool, "12345")
    with pytest.raises(Unavailable, match=r"cannot be kept on this host either .*10 bytes wait there already"):
        keep(spool, "678901")
    assert take_all(spool) == ["12345"]


def test_another_folder_is_used_where_the_first_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "first").write_text("a file in the way")
    spool = FolderSpool([tmp_path / "first", tmp_path / "second"])
    keep(spool, "one")
    assert take_all(spool) == ["one"]
    assert [path.name for path in (tmp_path / "second").iterdir()] != []


def test_a_failing_disk_leaves_no_half_line(
    spool: FolderSpool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(spool, "one")

    def fails(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fails)
        with pytest.raises(Unavailable, match="No space left on device"):
            keep(spool, "two")
    assert (tmp_path / "spool" / "open.jsonl").read_text() == "one\n"
    keep(spool, "two")
    assert take_all(spool) == ["one", "two"]


def test_a_line_that_was_cut_off_does_not_spoil_the_next(spool: FolderSpool, tmp_path: Path) -> None:
    keep(spool, "one")
    with (tmp_path / "spool" / "open.jsonl").open("a") as file:
        file.write("tw")  # its writer died here
    keep(spool, "three")
    assert take_all(spool) == ["one", "tw", "three"]


def test_a_line_break_is_refused(spool: FolderSpool) -> None:
    with pytest.raises(ValueError, match="no line break"):
        keep(spool, "one\ntwo")


def test_threads_lose_nothing(spool: FolderSpool) -> None:
    taken: list[str] = []
    end = threading.Event()

    def take() -> None:
        while not end.is_set():
            taken.extend(take_all(spool))

    taker = threading.Thread(target=take)
    writers = [
        threading.Thread(target=keep, args=(spool, *(f"{name}{n}" for n in range(30)))) for name in ("a", "b", "c")
    ]
    for thread in (taker, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    end.set()
    taker.join()
    assert sorted(taken + take_all(spool)) == sorted(f"{name}{n}" for name in "abc" for n in range(30))


def killed(work: Callable[[], None]) -> int | None:
    process = FORK.Process(target=work)
    process.start()
    process.join(30)
    return process.exitcode


def test_whoever_dies_while_emptying_it_loses_nothing(spool: FolderSpool) -> None:
    keep(spool, "one", "two")

    def die() -> None:
        with spool.taken() as lines:
            assert lines == ("one", "two")
            os.kill(os.getpid(), signal.SIGKILL)

    assert killed(die) == -signal.SIGKILL
    assert take_all(spool) == ["one", "two"]


def test_whoever_dies_while_keeping_a_line_holds_nobody_up(spool: FolderSpool, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(spool, "one")

    def die() -> None:
        monkeypatch.setattr(os, "fsync", lambda handle: os.kill(os.getpid(), signal.SIGKILL))
        keep(spool, "two")

    assert killed(die) == -signal.SIGKILL
    keep(spool, "three")
    assert [line for line in take_all(spool) if line != "two"] == ["one", "three"]


def test_a_fork_in_the_middle_keeps_no_lock(spool: FolderSpool) -> None:
    keep(spool, "one")
    end = FORK.Event()
    with spool.taken() as lines:
        child = FORK.Process(target=end.wait, args=(30,))
        child.start()  # it has inherited the open lock file
        assert lines == ("one",)
    keep(spool, "two")
    assert take_all(spool) == ["two"]
    end.set()
    child.join(30)
