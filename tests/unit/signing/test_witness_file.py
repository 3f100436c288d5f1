"""The witness file is added to as a whole, by one writer at a time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from interlock.adapters.signing.witness_file import witness_file
from interlock.terms.errors import BadInput, Unavailable


def test_it_is_made_read_and_added_to(tmp_path: Path) -> None:
    path = tmp_path / "witness.txt"
    with witness_file(path) as held:
        assert held.text() == ""
        held.append("first\n")
    with witness_file(path) as held:
        assert held.text() == "first\n"
        held.append("second — é\n")
    assert path.read_text(encoding="utf-8") == "first\nsecond — é\n"


HOLDER = """
import sys
from pathlib import Path
from interlock.adapters.signing.witness_file import witness_file
with witness_file(Path(sys.argv[1])) as held:
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_second_writer_is_turned_away_and_the_end_of_the_first_frees_it(tmp_path: Path) -> None:
    path = tmp_path / "witness.txt"
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(Unavailable, match="is held by another process"), witness_file(path):
            pass
        other.kill()
    with witness_file(path) as held:
        held.append("after\n")
    assert path.read_text(encoding="utf-8") == "after\n"


@pytest.mark.parametrize("refusing", ["fsync", "write"])
def test_a_disk_that_refuses_adds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusing: str) -> None:
    path = tmp_path / "witness.txt"
    path.write_text("first\n", encoding="utf-8")
    real_write = os.write

    def refuse(handle: int, content: bytes = b"") -> int:
        if refusing == "write":
            real_write(handle, content[:3])
        raise OSError(28, "No space left on device")

    with witness_file(path) as held:
        assert held.text() == "first\n"
        with monkeypatch.context() as patch, pytest.raises(Unavailable, match="was not added: No space left"):
            patch.setattr(os, refusing, refuse)
            held.append("second\n")
    assert path.read_text(encoding="utf-8") == "first\n"


def test_a_write_that_is_cut_short_adds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, real_write = tmp_path / "witness.txt", os.write
    with witness_file(path) as held:
        with monkeypatch.context() as patch, pytest.raises(Unavailable, match="only 3 of 7 bytes"):
            patch.setattr(os, "write", lambda handle, content: real_write(handle, content[:3]))
            held.append("second\n")
        held.append("third\n")
    assert path.read_text(encoding="utf-8") == "third\n"


def test_what_is_no_text_or_no_place(tmp_path: Path) -> None:
    (tmp_path / "witness.bin").write_bytes(b"\xff\xfe")
    with witness_file(tmp_path / "witness.bin") as held, pytest.raises(BadInput, match="no UTF-8 text"):
        held.text()
    for path in (tmp_path, tmp_path / "no" / "witness.txt"):
        with pytest.raises(Unavailable, match="cannot be opened"), witness_file(path):
            pass
