"""A disk that is full while a store is copied or upgraded: the store is whole, and no half copy is called one."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from faults.full_disk import FullDisk, Means, full_disk
from upgrade.store_schema_1 import made

COMMAND = (sys.executable, "-m", "interlock.wiring.cli")
RESTORE = ("--as", "Ben Okafor", "--reason", "a drill")


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return list(db.iterdump())


@pytest.fixture
def disk() -> Iterator[FullDisk]:
    with ExitStack() as stack:
        try:
            room = stack.enter_context(full_disk(size_kib=8192, means=Means.TMPFS))
        except PermissionError as exc:
            pytest.skip(f"platform: {exc}")
        yield room


@pytest.mark.parametrize("left_kib", [128, 512])
def test_an_upgrade_that_finds_no_room_leaves_the_old_store_and_works_with_room(disk: FullDisk, left_kib: int) -> None:
    """No room for the copy; and none for the transaction."""
    store = made(disk.path / "store.db")
    before = dump(store)
    disk.fill(leave_bytes=left_kib * 1024)
    ended = disk.run([*COMMAND, "upgrade", "--store", store])
    assert (ended.returncode, ended.stdout) == (3, "")
    assert "cannot be used" in ended.stderr
    disk.free()
    assert dump(store) == before
    ended = disk.run([*COMMAND, "upgrade", "--store", store])
    assert (ended.returncode, ended.stderr) == (0, "")
    assert disk.run([*COMMAND, "ledger", "verify", "--store", store]).returncode == 0


def test_a_backup_and_a_restore_that_find_no_room_leave_nothing(disk: FullDisk, tmp_path: Path) -> None:
    store = made(tmp_path / "store.db")
    disk.run([*COMMAND, "upgrade", "--store", store], check=True)
    disk.run([*COMMAND, "backup", tmp_path / "one.backup", "--store", store], check=True)
    disk.fill(leave_bytes=128 * 1024)
    held = {path.name for path in disk.path.iterdir()}
    for words in (
        ("backup", disk.path / "one.backup", "--store", store),
        ("restore", tmp_path / "one.backup", "--store", disk.path / "new.db", *RESTORE),
    ):
        ended = disk.run([*COMMAND, *words])
        assert (ended.returncode, ended.stdout) == (3, ""), words
        assert "Free disk space" in ended.stderr, words
        assert {path.name for path in disk.path.iterdir()} == held, words
