"""Upgrading a store: all in one transaction, and an embedded one is copied first."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from interlock.adapters.migrations.chain import Chain
from interlock.adapters.sqlite.connection import begin_writing, open_as_it_is, translated
from interlock.adapters.sqlite.copies import copy_store
from interlock.ports.upkeep import Rules
from interlock.terms.errors import Unavailable
from interlock.terms.upkeep import Upgraded

VERSION = sa.text("SELECT value FROM meta WHERE name = 'schema'")
SIZE = sa.text("SELECT count(*) FROM ledger")


def upgrade_file(path: Path, rules: Rules, *, chain: Chain, dry_run: bool = False) -> Upgraded:
    """Upgrade the embedded store in `path`; the copy is beside it. Killed in the middle, the store is as it was.

    With `dry_run` all is done and taken back. Raises Unavailable where it cannot be upgraded: then nothing was changed.
    """
    with translated(path), _unwrapped(), closing(open_as_it_is(path)) as db:
        with _engine("sqlite://", db).connect() as connection:
            begin_writing(db)  # whoever writes by the old schema waits, and then finds the new one
            known = _known(connection)
            if known == chain.newest:
                return _upgraded(connection, known, known, None)
            backup = None
            if not dry_run:
                backup = _free_name(path, known)
                copy_store(path, backup)
            chain.run(connection, known, rules)
            done = _upgraded(connection, known, chain.newest, backup)
            if not dry_run:
                db.execute("COMMIT")
        if not dry_run:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return done


def upgrade_server(address: str, rules: Rules, *, chain: Chain, dry_run: bool = False) -> Upgraded:
    """Upgrade the shared store in a database: nobody writes meanwhile. Raises as `upgrade_file`."""
    from interlock.adapters.postgres.connection import APPEND, AUTHORITY, DESK, SCHEMA, connect, is_store
    from interlock.adapters.postgres.connection import translated as server_translated

    with server_translated(), _unwrapped(), closing(connect(address)) as db:
        if not is_store(db):
            raise Unavailable("the database holds no Interlock store")
        db.autocommit = False
        with _engine("postgresql+psycopg://", db).connect() as connection:
            for lock in (SCHEMA, DESK, AUTHORITY, APPEND):
                db.execute("SELECT pg_advisory_xact_lock(%s)", (lock,))
            known = _known(connection)
            if known != chain.newest:
                chain.run(connection, known, rules)
            done = _upgraded(connection, known, chain.newest, None)
            if not dry_run:
                db.commit()
    return done


@contextmanager
def _unwrapped() -> Iterator[None]:
    """SQLAlchemy's errors as those of the driver below it, which are put into words elsewhere."""
    try:
        yield
    except DBAPIError as exc:
        raise exc.orig or exc from exc


def _engine(dialect: str, connection: Any) -> sa.Engine:
    """SQLAlchemy on a connection of ours, whose transactions are ours too. Connecting rolls back: begin after it."""
    return sa.create_engine(dialect, creator=lambda: connection, poolclass=sa.StaticPool)


def _known(connection: sa.Connection) -> str:
    row = connection.execute(VERSION).fetchone()
    if row is None:
        raise Unavailable("the store does not say which schema it has: restore a backup")
    return str(row[0])


def _upgraded(connection: sa.Connection, known: str, newest: str, backup: Path | None) -> Upgraded:
    return Upgraded(known, newest, int(connection.execute(SIZE).scalar_one()), str(backup) if backup else None)


def _free_name(path: Path, known: str) -> Path:
    names = (path.with_name(f"{path.name}.schema-{known}{suffix}") for suffix in _suffixes())
    return next(name for name in names if not name.exists())


def _suffixes() -> Iterator[str]:
    yield ""
    yield from (f"-{number}" for number in count(2))
