"""The chain goes on: a trial version behind the newest, on both engines."""

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from governed import DEFINITION, House
from interlock.adapters.migrations.chain import VERSIONS, Chain
from interlock.adapters.migrations.upgrade import upgrade_file, upgrade_server
from interlock.engine.ledger import merkle
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import written
from interlock.flows.ledger.verify import verify_store
from interlock.ports.upkeep import Rules
from interlock.terms.errors import Unavailable
from interlock.terms.upkeep import Upgraded
from interlock.wiring.run_time import open_address
from postgres_server import Databases

TRIAL = Chain((*VERSIONS, Path(__file__).with_name("trial")))
QUERY = "SELECT trial FROM workflow"


def lived(folder: Path, address: str | None = None) -> tuple[House, Rules]:
    house = House(folder, address)
    house.define(DEFINITION)
    house.opened.close()
    return house, Rules(merkle, written, verify_store, stamp(house.clock()))


def test_a_further_version_on_sqlite(tmp_path: Path) -> None:
    house, rules = lived(tmp_path)
    done = upgrade_file(house.path, rules, chain=TRIAL)
    assert (done.from_schema, done.to_schema, done.backup) == ("3", "4", f"{house.path}.schema-3")
    with closing(sqlite3.connect(house.path)) as db:
        assert db.execute(QUERY).fetchall() == [("of triage",)]
    assert_too_new(house.address)


def test_a_further_version_on_postgres(tmp_path: Path, postgres: Databases) -> None:
    house, rules = lived(tmp_path, postgres.new_database())
    upgrade_server(house.address, rules, chain=TRIAL, dry_run=True)
    with psycopg.connect(house.address) as db, pytest.raises(psycopg.errors.UndefinedColumn):
        db.execute(QUERY)
    done = upgrade_server(house.address, rules, chain=TRIAL)
    assert (done.from_schema, done.to_schema, done.backup) == ("3", "4", None)
    with psycopg.connect(house.address) as db:
        assert db.execute(QUERY).fetchall() == [("of triage",)]
    assert_too_new(house.address)


def test_a_shared_store_of_the_newest_version_has_nothing_to_upgrade(tmp_path: Path, postgres: Databases) -> None:
    house, rules = lived(tmp_path, postgres.new_database())
    assert upgrade_server(house.address, rules, chain=Chain()) == Upgraded("3", "3", 2, None)


def assert_too_new(address: str) -> None:
    """An Interlock that is older than the store says what to do."""
    with pytest.raises(Unavailable, match=r"has schema 4, this Interlock knows 3\. Use the Interlock that made it"):
        open_address(address)
