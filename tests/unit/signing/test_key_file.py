"""Files of private keys are for their owner only."""

import os
import stat
from pathlib import Path

import pytest

from interlock.adapters.signing.key_file import read_private, write_private
from interlock.terms.errors import BadInput, Unavailable


def test_only_the_owner_can_read_it_whatever_the_umask_is(tmp_path: Path) -> None:
    for mask in (0o000, 0o022, 0o777):
        path = tmp_path / f"key-{mask}"
        before = os.umask(mask)
        try:
            write_private(path, "secret\n")
        finally:
            os.umask(before)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert read_private(path) == "secret\n"


def test_a_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("another", encoding="utf-8")
    with pytest.raises(BadInput, match="is there already"):
        write_private(tmp_path / "key", "secret\n")
    assert (tmp_path / "key").read_text(encoding="utf-8") == "another"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    write_private(tmp_path / "key", "secret\n")
    (tmp_path / "key").chmod(mode)
    with pytest.raises(BadInput, match="others can read this private key") as refused:
        read_private(tmp_path / "key")
    assert "secret" not in str(refused.value)


def test_where_there_is_none_or_no_place_for_one(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read as a private key"):
        read_private(tmp_path / "none")
    with pytest.raises(BadInput, match="cannot be read as a private key"):
        read_private(tmp_path)
    with pytest.raises(Unavailable, match="cannot be written"):
        write_private(tmp_path / "no" / "key", "secret\n")


def test_a_disk_that_refuses_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(Unavailable, match="No space left"):
        write_private(tmp_path / "key", "secret\n")
    assert list(tmp_path.iterdir()) == []
