"""From schema 2 to 3 on both engines: the gateway's tables are there, all else is as it was."""

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg

from governed import DEFINITION, House
from interlock.adapters.migrations.chain import Chain
from interlock.adapters.migrations.upgrade import upgrade_file, upgrade_server
from interlock.engine.ledger import merkle
from interlock.engine.timestamp import stamp
from interlock.flows.gateway.evidence.rows import kept_row
from interlock.flows.ledger.record import written
from interlock.flows.ledger.verify import verify, verify_store
from interlock.ports.gateway.traffic import TrafficRow
from interlock.ports.store import Store
from interlock.ports.upkeep import Rules
from interlock.wiring.run_time import open_address
from postgres_server import Databases

ADDED = ("allowance", "traffic", "traffic_day", "traffic_segment", "traffic_stranger")
BACK = (*(f"DROP TABLE {table}" for table in ADDED), "UPDATE meta SET value = '2' WHERE name = 'schema'")
SQLITE = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"
POSTGRES = """
SELECT table_name, column_name, data_type, is_nullable, collation_name, '' FROM information_schema.columns
WHERE table_schema = 'public'
UNION ALL SELECT tablename, indexname, indexdef, '', '', '' FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2
"""


def lived(folder: Path, address: str | None = None) -> tuple[House, Rules]:
    house = House(folder, address)
    house.define(DEFINITION)
    house.opened.close()
    return house, Rules(merkle, written, verify_store, stamp(house.clock()))


def assert_at_work(store: Store, sealed: int) -> None:
    with store.transaction() as tx:
        row = TrafficRow("1", "2026-03-04T09:00:00Z", "triage", "desk", "chat", "small", {}, "one.trace")
        assert tx.load_traffic([kept_row(row)]) == 1
    with store.reading() as reading:
        (note,) = reading.entries_of("store.upgraded")
        assert (note.body["from"], note.body["to"], note.body["entries"]) == ("2", "3", sealed)
    assert verify(store).holds


def test_on_sqlite(tmp_path: Path) -> None:
    house, rules = lived(tmp_path)
    with closing(sqlite3.connect(house.path, isolation_level=None)) as db:
        made = db.execute(SQLITE).fetchall()
        for statement in BACK:
            db.execute(statement)
        assert db.execute(SQLITE).fetchall() != made
    done = upgrade_file(house.path, rules, chain=Chain())
    assert (done.from_schema, done.to_schema, done.entries) == ("2", "3", 3)
    with closing(sqlite3.connect(house.path)) as db:
        assert db.execute(SQLITE).fetchall() == made
    opened = open_address(house.address)
    assert_at_work(opened.store, sealed=2)
    opened.close()


def test_on_postgres(tmp_path: Path, postgres: Databases) -> None:
    house, rules = lived(tmp_path, postgres.new_database())
    with psycopg.connect(house.address) as db:
        made = db.execute(POSTGRES).fetchall()
        for statement in BACK:
            db.execute(statement)
        assert db.execute(POSTGRES).fetchall() != made
    done = upgrade_server(house.address, rules, chain=Chain())
    assert (done.from_schema, done.to_schema, done.entries) == ("2", "3", 3)
    with psycopg.connect(house.address) as db:
        assert db.execute(POSTGRES).fetchall() == made
    opened = open_address(house.address)
    assert_at_work(opened.store, sealed=0)  # the others are sealed with it, later
    opened.close()
