"""A full disk is full for whom it should be, by either means, and has room again afterwards."""

import errno
import os
import sqlite3
import sys
from collections.abc import Iterator

import psycopg
import pytest

from faults import full_disk as module
from faults.full_disk import FullDisk, Means, full_disk
from postgres_server import Server

SIZE_KIB = 512
POSTGRES_KIB = 131_072  # a new server's data, and one more segment of its log
BLOCK = b"x" * 4096
WRITE = """
import sys
try:
    with open(sys.argv[1], "ab") as file:
        file.write(b"x" * 4096)
except OSError as exc:
    print(exc.errno)
else:
    print(0)
"""
INSERT = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
try:
    with connection:
        connection.execute("INSERT INTO kept VALUES (zeroblob(100000))")
except sqlite3.OperationalError as exc:
    print(exc)
"""
SAID = {
    Means.TMPFS: (errno.ENOSPC, "database or disk is full"),
    Means.FILE_LIMIT: (errno.EFBIG, "disk I/O error"),
}


@pytest.fixture(params=Means, ids=lambda means: means.name)
def disk(request: pytest.FixtureRequest) -> Iterator[FullDisk]:
    try:
        with full_disk(size_kib=SIZE_KIB, means=request.param) as made:
            yield made
    except PermissionError as exc:
        pytest.skip(f"platform: {exc}")


def write(disk: FullDisk, name: str) -> int:
    """The error number of another process that writes one block there."""
    return int(disk.run([sys.executable, "-c", WRITE, disk.path / name], check=True).stdout)


def test_there_is_room_until_it_is_filled_and_after_it_is_freed(disk: FullDisk) -> None:
    errors = []
    for change in (disk.free, disk.fill, disk.fill, disk.free):
        change()
        errors.append(write(disk, "log"))

    full, _ = SAID[disk.means]
    assert errors == [0, full, full, 0]


def test_the_room_that_is_left_can_be_used(disk: FullDisk) -> None:
    disk.fill(leave_bytes=2 * len(BLOCK))

    assert [write(disk, "log") for _ in range(3)] == [0, 0, SAID[disk.means][0]]


def test_sqlite_finds_it_full_and_keeps_what_it_had(disk: FullDisk) -> None:
    store = disk.path / "store.db"
    with sqlite3.connect(store) as connection:
        connection.execute("CREATE TABLE kept (n)")
    connection.close()

    disk.fill()
    refused = disk.run([sys.executable, "-c", INSERT, store], check=True)
    disk.free()
    taken = disk.run([sys.executable, "-c", INSERT, store], check=True)

    connection = sqlite3.connect(store)
    [(rows,)] = connection.execute("SELECT count(*) FROM kept")
    connection.close()
    assert (refused.stdout.strip(), taken.stdout, rows) == (SAID[disk.means][1], "", 1)


def test_only_a_mounted_disk_is_full_for_this_process(disk: FullDisk) -> None:
    disk.fill()
    refused = 0
    try:
        (disk.path / "log").write_bytes(BLOCK)
    except OSError as exc:
        refused = exc.errno or -1

    assert refused == {Means.TMPFS: errno.ENOSPC, Means.FILE_LIMIT: 0}[disk.means]


def test_nothing_of_it_is_left(disk: FullDisk) -> None:
    with full_disk(size_kib=SIZE_KIB, means=disk.means) as other:
        (other.path / "log").write_bytes(BLOCK)
        mounted = os.path.ismount(other.path)

    assert (mounted, other.path.exists()) == (disk.means is Means.TMPFS, False)


def test_it_says_which_means_it_found_and_keeps_to_those_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_mount", lambda path, size_kib: "permission denied")
    with full_disk(size_kib=SIZE_KIB) as found:
        assert found.means is Means.FILE_LIMIT
    with pytest.raises(PermissionError, match="permission denied"), full_disk(size_kib=SIZE_KIB, means=Means.TMPFS):
        pass


def test_a_postgres_on_it_runs_full_and_goes_on(postgres_to_stop: Server) -> None:
    try:
        with (
            full_disk(size_kib=POSTGRES_KIB, means=Means.TMPFS) as disk,
            Server(parent=disk.path) as server,
            psycopg.connect(server.new_database()) as client,
        ):
            client.execute("CREATE TABLE kept (n text)")
            client.commit()
            disk.fill()
            with pytest.raises(psycopg.errors.DiskFull, match="No space left on device"):
                client.execute("INSERT INTO kept SELECT repeat('x', 2000) FROM generate_series(1, 20000)")
            client.rollback()
            disk.free()
            client.execute("INSERT INTO kept VALUES ('y')")
            client.commit()
            assert client.execute("TABLE kept").fetchall() == [("y",)]
    except PermissionError as exc:
        pytest.skip(f"platform: {exc}")
