"""The gateway's tables are added: allowances, and its traffic. Nothing that is there is changed."""

import sqlite3
from importlib.resources import files
from typing import Any

from alembic import op

from interlock.adapters.migrations.replay import statements_of
from interlock.adapters.sqlite.views import SqliteTransaction
from interlock.ports.store import Transaction
from interlock.ports.upkeep import Rules

revision = "3"
down_revision = "2"


def upgrade() -> None:
    """Add the tables on either engine, and say so in the ledger."""
    connection, rules = op.get_bind().connection.driver_connection, op.get_context().opts["rules"]
    if isinstance(connection, sqlite3.Connection):
        for statement in statements_of("schema_3_sqlite.sql"):
            connection.execute(statement)
        tx = SqliteTransaction(connection, rules.tree)
        _note(tx, rules)
        tx.seal()
    else:
        _on_a_server(connection, rules)


def _on_a_server(connection: Any, rules: Rules) -> None:
    from interlock.adapters.postgres.views import PostgresTransaction

    folder = files("interlock.adapters.migrations")
    connection.execute(folder.joinpath("schema_3_postgres.sql").read_text(encoding="utf-8"))
    _note(PostgresTransaction(connection), rules)


def _note(tx: Transaction, rules: Rules) -> None:
    """The upgrade as an entry, with the head that it found. The limits' counters stay as they are."""
    head = tx.head()
    body = {"from": "2", "to": "3", "entries": head.size, "root": rules.tree.root_of(head).hex(), "reserved": []}
    tx.append(rules.write("store.upgraded", body, at=rules.at))
