"""A report is whole or not there, whatever the disk does."""

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from interlock.adapters.reports import files
from interlock.adapters.reports.html import HtmlReports
from interlock.terms.errors import Unavailable
from interlock.terms.story import Story


def test_a_report_replaces_the_one_before_and_leaves_nothing_else(tmp_path: Path, long_story: Story) -> None:
    path = tmp_path / "report.html"
    path.write_text("the one before", encoding="utf-8")
    HtmlReports().story(long_story, path)
    assert path.read_text(encoding="utf-8").endswith("</html>")
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_a_disk_that_refuses_leaves_the_file_before(
    tmp_path: Path, long_story: Story, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    path = tmp_path / "report.html"
    path.write_text("the one before", encoding="utf-8")

    def refuse(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(Unavailable) as refused:
        HtmlReports().story(long_story, path)
    assert str(refused.value) == (
        f"{path}: the report could not be written ({os.strerror(number)})."
        f" Make room or allow writing in {tmp_path}, or choose another folder, and run it again."
    )
    assert [(p.name, p.read_text(encoding="utf-8")) for p in tmp_path.iterdir()] == [("report.html", "the one before")]


def test_a_disk_that_fills_up_leaves_nothing(tmp_path: Path) -> None:
    code = f"""
import resource, signal
from pathlib import Path
from interlock.adapters.reports.files import write_whole
from interlock.terms.errors import Unavailable
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    write_whole(Path({str(tmp_path / "report.html")!r}), b"x" * 100_000)
except Unavailable as refused:
    print(refused)
"""
    source = Path(files.__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": str(source)}
    )
    assert done.stdout.startswith(f"{tmp_path / 'report.html'}: the report could not be written (File too large).")
    assert list(tmp_path.iterdir()) == []


def test_lines_become_a_file_once_the_last_one_has_come(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text("the one before", encoding="utf-8")

    def lines(*, fail: bool) -> Iterator[bytes]:
        for number in range(1000):
            assert path.read_text(encoding="utf-8") == "the one before"
            if fail and number == 900:
                raise Unavailable("the store is gone")
            yield b"%d\n" % number

    with pytest.raises(Unavailable, match="the store is gone"):
        files.write_lines(path, lines(fail=True))
    assert [(p.name, p.read_text(encoding="utf-8")) for p in tmp_path.iterdir()] == [("ledger.jsonl", "the one before")]
    files.write_lines(path, lines(fail=False))
    assert path.read_bytes().splitlines() == [b"%d" % number for number in range(1000)]
    with pytest.raises(Unavailable, match="the file could not be written"):
        files.write_lines(tmp_path / "nowhere" / "ledger.jsonl", [b"x"])


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "report.html"
    with pytest.raises(Unavailable, match=r"Create the folder .*nowhere or choose another one\."):
        files.write_whole(path, b"x")


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"Name a file, not a folder\."):
        files.write_whole(tmp_path, b"x")
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        files.write_whole(tmp_path / "report.html", b"x")
    assert list(tmp_path.iterdir()) == []
