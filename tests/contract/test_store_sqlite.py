"""What can go wrong with one SQLite file: disks, locks, forks, other people's files."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from interlock.adapters.sqlite import connection as connecting
from interlock.adapters.sqlite.store import SqliteStore
from interlock.engine.ledger import merkle
from interlock.flows.ledger.record import record
from interlock.flows.ledger.verify import verify_store
from interlock.terms.errors import Unavailable

AT = "2026-03-02T09:00:00.000000Z"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


def write(store: SqliteStore, note: str) -> None:
    with store.transaction() as tx:
        record(tx, "gate.judged", {"note": note}, at=AT)


def notes(path: Path) -> list[str]:
    """What another process would read."""
    script = (
        "import sqlite3, json, sys; database = sqlite3.connect(sys.argv[1]);"
        "rows = database.execute('SELECT record FROM ledger ORDER BY entry');"
        "print(*[json.loads(row[0])['body']['note'] for row in rows])"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    return done.stdout.split()


def in_child(work: Callable[[], None]) -> int:
    """Run in a forked child; its exit code."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_many_processes_write_at_once(path: Path) -> None:
    """Also the first opening, where each wants to make the schema and to switch to WAL."""
    script = (
        "import sys, time; from pathlib import Path; from interlock.adapters.sqlite.store import SqliteStore;"
        "from interlock.engine.ledger import merkle; from interlock.flows.ledger.record import record\n"
        "while not Path(sys.argv[1] + '.go').exists(): time.sleep(0.001)\n"
        "store = SqliteStore(Path(sys.argv[1]), merkle)\n"
        "for i in range(20):\n"
        "    with store.transaction(durable=False) as tx: record(tx, 'gate.judged', {'n': i}, at='2026')\n"
    )
    processes = [subprocess.Popen([sys.executable, "-c", script, str(path)]) for _ in range(4)]
    path.with_name(path.name + ".go").touch()
    assert [process.wait(timeout=60) for process in processes] == [0] * 4
    store = SqliteStore(path, merkle)
    with store.reading() as reading:
        assert reading.head().size == 80
        assert verify_store(reading).holds
    store.close()


def test_a_full_disk_writes_nothing(path: Path) -> None:
    store = SqliteStore(path, merkle)
    write(store, "before")
    database = store._own_writer()
    pages = database.execute("PRAGMA page_count").fetchone()[0]
    database.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(Unavailable, match=r"full.*Free disk space"):
        for _ in range(200):
            write(store, "x" * 500)
    with store.reading() as reading:
        held = reading.head().size
        assert held == reading.last_entry() + 1
        assert verify_store(reading).holds
    database.execute("PRAGMA max_page_count = 1000000")
    write(store, "after")
    with store.reading() as reading:
        assert reading.head().size == held + 1
    store.close()


def test_a_locked_database_is_unavailable_and_nothing_is_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "BUSY_TIMEOUT_MS", 50)
    store = SqliteStore(path, merkle)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match=r"locked.*Another process holds it"):
        write(store, "never")
    with store.reading() as reading:  # readers are not held up
        assert reading.last_entry() == -1
    other.execute("ROLLBACK")
    other.close()
    write(store, "now")
    assert notes(path) == ["now"]
    store.close()


def test_a_lock_that_is_let_go_is_waited_for(path: Path) -> None:
    store = SqliteStore(path, merkle)
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.2, lambda: other.execute("ROLLBACK")).start()
    write(store, "then")
    assert notes(path) == ["then"]
    other.close()
    store.close()


@pytest.fixture
def nobody() -> Iterator[Path]:
    """A folder of a user without rights to everything (root may write anywhere)."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    root = os.geteuid() == 0
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)
        shutil.rmtree(folder)


def _as_nobody(folder: Path) -> None:
    if os.geteuid() == 0:
        for place in (folder, *folder.iterdir()):
            os.chown(place, 65534, 65534)
        os.seteuid(65534)


def test_a_read_only_file_or_folder_is_unavailable(nobody: Path) -> None:
    path = nobody / "store.db"
    SqliteStore(path, merkle).close()
    _as_nobody(nobody)
    path.chmod(0o444)
    nobody.chmod(0o555)
    with pytest.raises(Unavailable, match=r"Make the file and its folder writable|Check that the folder"):
        SqliteStore(path, merkle)
    with pytest.raises(Unavailable, match=r"Make the file and its folder writable|Check that the folder"):
        SqliteStore(nobody / "new.db", merkle)
    with pytest.raises(Unavailable, match="Make the file and its folder writable"):
        SqliteStore(nobody / "below" / "new.db", merkle)


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="unable to open"):
        SqliteStore(tmp_path, merkle)


def test_a_file_that_is_no_database_is_left_alone(path: Path) -> None:
    path.write_bytes(b"to whom it may concern, " * 100)
    with pytest.raises(Unavailable, match="Name a store that Interlock made, or a new file"):
        SqliteStore(path, merkle)
    assert path.read_bytes() == b"to whom it may concern, " * 100


@pytest.mark.parametrize("table", ["customers (name TEXT)", "meta (whatever TEXT)", "meta (name TEXT, value TEXT)"])
def test_another_applications_file_is_left_alone(path: Path, table: str) -> None:
    database = sqlite3.connect(path)
    database.execute(f"CREATE TABLE {table}")
    database.commit()
    database.close()
    before = path.read_bytes()
    with pytest.raises(Unavailable, match=r"not an Interlock store|no such column|schema None"):
        SqliteStore(path, merkle)
    assert path.read_bytes() == before


def test_a_store_of_a_newer_version_is_refused(path: Path) -> None:
    SqliteStore(path, merkle).close()
    database = sqlite3.connect(path)
    database.execute("UPDATE meta SET value = '99' WHERE name = 'schema'")
    database.commit()
    database.close()
    with pytest.raises(Unavailable, match="the store has schema 99, this Interlock knows"):
        SqliteStore(path, merkle)


def test_a_damaged_file_is_unavailable(path: Path) -> None:
    store = SqliteStore(path, merkle)
    for number in range(200):
        write(store, f"note-{number}-" + "x" * 200)
    store.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 2)
        file.write(b"\xa5" * (size - size // 2))
    with pytest.raises(Unavailable, match="The file is damaged: restore a backup"):
        store = SqliteStore(path, merkle)
        with store.reading() as reading:
            verify_store(reading)


def test_a_parents_store_is_refused_in_a_forked_child(path: Path) -> None:
    store = SqliteStore(path, merkle)

    def use() -> None:
        for opening in (store.transaction, store.reading):
            with pytest.raises(Unavailable, match="opened before a fork"), opening():
                pass

    assert in_child(use) == 0
    write(store, "parent")
    assert notes(path) == ["parent"]
    store.close()


def test_no_row_is_lost_where_a_forked_child_opens_its_own_store(path: Path) -> None:
    """The trap: with a copy of the parent's connection in memory SQLite believes in locks that the child never had."""
    store = SqliteStore(path, merkle)
    write(store, "first")
    with store.reading() as reading:
        assert reading.last_entry() == 0
    told, tell = os.pipe()
    ready, set_ready = os.pipe()

    def work() -> None:
        own = SqliteStore(path, merkle)
        write(own, "child")
        os.write(set_ready, b"x")
        os.read(told, 1)
        write(own, "child-later")

    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    os.read(ready, 1)
    write(store, "parent")
    store.close()
    os.write(tell, b"x")
    os.waitpid(pid, 0)
    assert sorted(notes(path)) == ["child", "child-later", "first", "parent"]


def test_a_child_forked_inside_a_transaction_cannot_commit_it_nor_open_the_file(path: Path) -> None:
    store = SqliteStore(path, merkle)
    with store.transaction() as tx:
        record(tx, "gate.judged", {"note": "parent"}, at=AT)
        pid = os.fork()
        if pid == 0:
            try:
                SqliteStore(path, merkle)
            except Unavailable as exc:
                os._exit(7 if "rows would be lost" in str(exc) else 8)
            os._exit(9)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
    assert notes(path) == ["parent"]
    store.close()


def test_a_forked_child_that_runs_out_of_the_block_commits_nothing(path: Path) -> None:
    store = SqliteStore(path, merkle)
    pid = -1
    try:
        with store.transaction() as tx:
            record(tx, "gate.judged", {"note": "once"}, at=AT)
            pid = os.fork()
            if pid:
                os.waitpid(pid, 0)
    except Unavailable:
        os._exit(0)  # the child
    assert pid
    assert notes(path) == ["once"]
    store.close()


def test_a_killed_writer_leaves_all_or_nothing(path: Path) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path; from interlock.adapters.sqlite.store import SqliteStore;"
        "from interlock.engine.ledger import merkle; from interlock.flows.ledger.record import record\n"
        "store = SqliteStore(Path(sys.argv[1]), merkle)\n"
        "with store.transaction() as tx: record(tx, 'gate.judged', {'note': 'kept'}, at='2026')\n"
        "with store.transaction() as tx:\n"
        "    record(tx, 'gate.judged', {'note': 'lost'}, at='2026')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", script, str(path)], check=False).returncode == -signal.SIGKILL
    assert notes(path) == ["kept"]
    store = SqliteStore(path, merkle)
    write(store, "next")
    with store.reading() as reading:
        assert verify_store(reading).holds
    store.close()


def test_the_flag_of_a_killed_kill_holds_nobody_up(path: Path) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path; from interlock.engine.ledger import merkle;"
        "from interlock.adapters.sqlite.store import SqliteStore\n"
        "with SqliteStore(Path(sys.argv[1]), merkle).halting(): os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    store = SqliteStore(path, merkle)
    began = time.monotonic()
    write(store, "at once")
    assert time.monotonic() - began < 4  # let go by its death, not waited out
    store.close()


def test_two_kills_at_once_both_hold_writers_back(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interlock.adapters.sqlite.halting.PAUSE_MAX_S", 0.2)
    one, other, writer = (SqliteStore(path, merkle) for _ in range(3))

    def waited_s() -> float:
        began = time.monotonic()
        thread = threading.Thread(target=write, args=(writer, "writer"))
        thread.start()
        thread.join()
        return time.monotonic() - began

    with one.halting():
        with other.halting():
            write(other, "second")
            assert waited_s() >= 0.2
        assert waited_s() >= 0.2
        write(one, "first")
    assert waited_s() < 0.2
    for store in (one, other, writer):
        store.close()


def test_a_kill_does_not_need_its_flag(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = SqliteStore(path, merkle)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("interlock.adapters.sqlite.halting.os.open", full)
    with store.halting():
        write(store, "fenced")
    monkeypatch.undo()
    assert notes(path) == ["fenced"]
    store.close()


def test_long_readings_do_not_hold_up_writers(path: Path) -> None:
    store = SqliteStore(path, merkle)
    write(store, "one")
    with store.reading() as reading:
        entries = reading.entries()
        next(entries)
        write(store, "two")  # the same thread, in the midst of a reading
        thread = threading.Thread(target=write, args=(store, "three"))
        thread.start()
        thread.join(timeout=20)
        assert not thread.is_alive()
        assert list(entries) == []
    assert notes(path) == ["one", "two", "three"]
    store.close()


def test_a_new_store_is_its_owners_alone(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "store.db", merkle)
    with store.transaction() as tx:
        tx.keep_secret("salt", b"secret")
    modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.glob("store.db*") if file.is_file()}
    store.close()
    assert modes == dict.fromkeys(("store.db", "store.db-wal", "store.db-shm", "store.db.halting"), 0o600)


def test_writers_stand_aside_for_a_kill_and_go_on_after_it(path: Path) -> None:
    store, other = SqliteStore(path, merkle), SqliteStore(path, merkle)
    order: list[str] = []

    def writing() -> None:
        write(other, "writer")
        order.append("writer")

    with store.halting():
        thread = threading.Thread(target=writing)
        thread.start()
        write(store, "kill")
        thread.join(timeout=0.1)
        order.append("kill")
    thread.join()
    assert order == ["kill", "writer"]
    store.close()
    other.close()
