"""`interlock upgrade`, as people use it."""

from pathlib import Path

import pytest

from commandline import Run
from upgrade.store_schema_1 import made


@pytest.fixture
def at(tmp_path: Path) -> str:
    return str(made(tmp_path / "store.db"))


def test_a_store_of_schema_1_names_the_way_and_the_way_works(run: Run, at: str) -> None:
    ended = run("get", "workflows", "--store", at)
    assert ended.status == 3
    assert "the store has schema 1, this Interlock knows 3" in ended.said
    assert "`interlock upgrade`" in ended.said
    tried = run("upgrade", "--dry-run", "--store", at)
    assert (tried.status, tried.out) == (0, "It can be upgraded from schema 1 to 3, and verifies then.\n")
    assert run("get", "workflows", "--store", at).status == 3
    done = run("upgrade", "--store", at)
    assert (done.status, done.err) == (0, "")
    assert done.out == (f"Upgraded from schema 1 to 3: 283 entries.\nAs it was before, it is in {at}.schema-1.\n")
    assert run("ledger", "verify", "--store", at).status == 0
    assert run("upgrade", "--store", at).out == "Nothing to do: the store has schema 3, 283 entries.\n"
    assert run("upgrade", "--json", "--store", at).json == {
        "from_schema": "3",
        "to_schema": "3",
        "entries": 283,
        "backup": None,
    }


def test_where_there_is_no_store_none_is_made(run: Run, tmp_path: Path) -> None:
    ended = run("upgrade", "--store", str(tmp_path / "none.db"))
    assert (ended.status, ended.out) == (2, "")
    assert not (tmp_path / "none.db").exists()
