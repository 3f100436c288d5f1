"""The ledger keeps batch roots and erasable payloads, decisions carry their intents; shared stores begin here."""

import sqlite3

from alembic import op

from interlock.adapters.migrations.replay import replay_into_schema_2

revision = "2"
down_revision = "1"


def upgrade() -> None:
    """Build the new tables from the ledger; what the ledger does not hold (texts, secrets) is taken over."""
    connection = op.get_bind().connection.driver_connection
    if not isinstance(connection, sqlite3.Connection):
        raise TypeError("only embedded stores were ever of schema 1")
    replay_into_schema_2(connection, op.get_context().opts["rules"])
