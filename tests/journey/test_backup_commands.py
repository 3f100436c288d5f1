"""`interlock backup` and `interlock restore`, as people use and misuse them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from commandline import Here, Run
from upgrade.store_schema_1 import made

RESTORE = ("--as", "Ben Okafor", "--reason", "the disk is gone")


def test_a_store_is_backed_up_and_comes_back_halted(run: Run, live: Here, tmp_path: Path) -> None:
    live.act(live.proposal(key="k"))
    ended = run("backup", "one.backup")
    assert (ended.status, ended.err) == (0, "")
    assert "verified, root" in ended.out
    assert (tmp_path / "one.backup").stat().st_mode & 0o777 == 0o600
    back = run("restore", "one.backup", "--store", "new.db", *RESTORE)
    assert back.status == 0
    assert "Everything is halted." in back.out
    assert run("ledger", "verify", "--store", "new.db").status == 0
    assert "global" in run("get", "workflows", "--store", "new.db").out
    refused = run("resume", "global", "--store", "new.db", "--as", "Nobody Known", "--reason", "x")
    assert refused.status == 4
    assert run("resume", "global", "--store", "new.db", "--as", "Ben Okafor", "--reason", "looked at").status == 0
    assert run("trace", "triage", "k", "--store", "new.db").status == 0


def test_a_folder_keeps_the_newest(run: Run, live: Here, tmp_path: Path) -> None:
    (tmp_path / "all").mkdir()
    (tmp_path / "all" / "notes.txt").write_text("mine")
    names = [run("backup", "all", "--keep", "2", "--json").json["file"] for _ in range(3)]
    assert sorted(str(path) for path in Path("all").glob("*.backup")) == names[1:]
    assert (tmp_path / "all" / "notes.txt").exists()


def test_misuse_names_the_mend(run: Run, live: Here, tmp_path: Path) -> None:
    assert "is no folder" in run("backup", "nowhere", "--keep", "2").said
    assert "there is no store" in run("backup", "b", "--store", "none.db").said
    assert "there is no backup none" in run("restore", "none", "--store", "new.db", *RESTORE).said
    assert run("backup", "one.backup").status == 0
    ended = run("restore", "one.backup", "--store", ".interlock/store.db", *RESTORE)
    assert (ended.status, ended.out) == (2, "")
    assert "is there already" in ended.said
    for who, why in (("  ", "x"), ("Ben Okafor", " ")):
        ended = run("restore", "one.backup", "--store", "new.db", "--as", who, "--reason", why)
        assert ended.status == 2
        assert "say who you are" in ended.said
    made(tmp_path / "old.db")
    ended = run("restore", "old.db", "--store", "new.db", *RESTORE)
    assert "has schema 1, this Interlock knows 3. Run `interlock upgrade`" in ended.said
    (tmp_path / "new.db-wal").write_bytes(b"what another store left behind")
    assert "new.db-wal is there already" in run("restore", "one.backup", "--store", "new.db", *RESTORE).said
    assert not (tmp_path / "new.db").exists()
    assert not list(tmp_path.glob(".*.tmp"))


@pytest.mark.parametrize("statement", ["UPDATE decision SET verb = 'deny'", "DELETE FROM ledger WHERE entry = 3"])
def test_a_damaged_backup_is_not_restored(run: Run, live: Here, tmp_path: Path, statement: str) -> None:
    assert run("backup", "one.backup").status == 0
    with closing(sqlite3.connect(tmp_path / "one.backup", isolation_level=None)) as db:
        db.execute(statement)
    ended = run("restore", "one.backup", "--store", "new.db", *RESTORE)
    assert (ended.status, ended.out) == (3, "")
    assert "the backup does not verify" in ended.said
    assert not (tmp_path / "new.db").exists()


def test_a_damaged_store_is_not_called_backed_up(run: Run, live: Here, tmp_path: Path) -> None:
    with closing(sqlite3.connect(live.path, isolation_level=None)) as db:
        db.execute("UPDATE decision SET verb = 'deny'")
    ended = run("backup", "one.backup")
    assert (ended.status, ended.out) == (3, "")
    assert not list(tmp_path.glob("*.backup"))
