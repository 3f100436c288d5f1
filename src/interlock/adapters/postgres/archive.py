"""A shared store as a backup file, and back: table by table, since both engines have the same."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

from interlock.adapters.postgres.connection import SCHEMA, Connection, connect, is_store, make_schema, translated
from interlock.adapters.postgres.unsettled import take_in_all
from interlock.adapters.postgres.views import FETCHED, PostgresReading
from interlock.adapters.sqlite.connection import create_schema
from interlock.ports.upkeep import Rules
from interlock.terms.errors import BadInput
from interlock.terms.ledger import LedgerCheck


def fill_from_server(address: str, copy: sqlite3.Connection) -> None:
    """Put the shared store at an address, as it is at one moment, into an empty backup. Others go on writing.

    Raises Unavailable where the server cannot be read, or its store is of another schema.
    """
    create_schema(copy)
    with translated(), closing(connect(address)) as db:
        if not is_store(db):
            raise BadInput("the database holds no Interlock store")
        make_schema(db)  # is there: refuses one of another version
        with db.transaction():
            db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            copy.execute("BEGIN")
            for table, columns in _tables(copy):
                copy.execute(f"DELETE FROM {table}")
                with db.cursor(name=f"backup_{table}") as cursor:
                    cursor.itersize = FETCHED
                    cursor.execute(f"SELECT {', '.join(columns)} FROM {table}")
                    places = ", ".join("?" for _ in columns)
                    copy.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", cursor)
            copy.execute("COMMIT")


def restored_to_server(source: sqlite3.Connection, address: str, rules: Rules) -> LedgerCheck:
    """Put a store into an empty database, all of it or nothing, and verify it there.

    Raises BadInput where the database holds a store, Unavailable where it cannot be written.
    """
    with translated(), closing(connect(address)) as db, db.transaction():
        db.execute("SELECT pg_advisory_xact_lock(%s)", (SCHEMA,))
        if is_store(db):
            raise BadInput("the database holds a store already; name a new database")
        make_schema(db)
        for table, columns in _tables(source):
            _copied(source, db, table, columns)
        take_in_all(db)
        db.execute("SELECT setval('ledger_entry', (SELECT coalesce(max(entry), -1) + 1 FROM ledger), false)")
        return rules.checked(PostgresReading(db), "the restored store does not verify")


def _tables(source: sqlite3.Connection) -> Iterator[tuple[str, tuple[str, ...]]]:
    for (table,) in source.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall():
        yield table, tuple(row[1] for row in source.execute(f"PRAGMA table_info({table})"))


def _copied(source: sqlite3.Connection, db: Connection, table: str, columns: tuple[str, ...]) -> None:
    named = ", ".join(columns)
    db.execute(f"DELETE FROM {table}")
    with db.cursor() as cursor, cursor.copy(f"COPY {table} ({named}) FROM STDIN") as copy:
        for row in source.execute(f"SELECT {named} FROM {table}"):
            copy.write_row(row)
