"""Opening SQLite so that a commit means what it says, and translating its errors."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from interlock.terms.errors import Unavailable

SCHEMA_VERSION = "3"
OLDER_HERE = "Use the Interlock that made it, or a newer one"
BUSY_TIMEOUT_MS = 10_000
BUSY_BRIEF_MS = 8  # SQLite's share of a writer's waiting: sleeps of 1, 2 and 5 ms
RETRY_S = 0.001
CACHE_KIB = 16_384  # index pages of a store of millions of cases


def open_store_file(path: Path) -> sqlite3.Connection:
    """A writing connection in WAL mode with autocommit off hands; makes the file and its schema where absent.

    Raises Unavailable where the file cannot be opened, is no Interlock store, or is of a newer version.
    """
    with translated(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)  # audit salts are in it; SQLite gives its companion files the same mode
        connection = _connect(path)
        try:
            create_schema(connection)  # first: a file of another application must not even change its journal mode
            _patiently(connection, "PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute(f"PRAGMA busy_timeout = {BUSY_BRIEF_MS}")
            connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        except BaseException:
            connection.close()
            raise
    return connection


def open_to_read(path: Path) -> sqlite3.Connection:
    """A connection to a store that exists, which cannot write. Raises Unavailable where it cannot be opened."""
    with translated(path):
        connection = _connect(path)
        connection.execute("PRAGMA query_only = ON")
    return connection


def open_as_it_is(path: Path) -> sqlite3.Connection:
    """A writing connection to a store of any schema, to be upgraded. Raises Unavailable where there is no store."""
    if not path.exists():
        raise Unavailable(f"there is no store {path}")
    with translated(path):
        connection = _connect(path)
        if not is_store(connection):
            connection.close()
            raise Unavailable(f"{path} holds no Interlock store")
        connection.execute("PRAGMA synchronous = FULL")
    return connection


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=BUSY_TIMEOUT_MS / 1e3)


def begin_writing(connection: sqlite3.Connection) -> None:
    """BEGIN IMMEDIATE, waiting for the present writer; raises sqlite3.OperationalError where that takes too long."""
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        _patiently(connection, "BEGIN IMMEDIATE")


def _patiently(connection: sqlite3.Connection, statement: str) -> None:
    # SQLite's own waiting sleeps longer and longer (to 100 ms), so that newcomers overtake who waits for long; and two
    # processes that switch a new store to WAL at once are not waited for at all.
    give_up: float | None = None
    while True:
        try:
            connection.execute(statement)
        except sqlite3.OperationalError as exc:
            give_up = time.monotonic() + BUSY_TIMEOUT_MS / 1e3 if give_up is None else give_up
            if "locked" not in str(exc) or time.monotonic() >= give_up:
                raise
            time.sleep(RETRY_S)
        else:
            return


def create_schema(connection: sqlite3.Connection) -> None:
    """Create the tables where they are absent; refuse a store of another version."""
    # One statement, one snapshot: between two of them another process may make the store.
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema")]
    if "meta" not in names:
        if names:
            raise Unavailable(f"this SQLite file holds other tables ('{names[0]}'), not an Interlock store")
        script = files(__package__).joinpath("schema.sql").read_text(encoding="utf-8")
        connection.executescript(
            f"BEGIN IMMEDIATE; {script} INSERT OR IGNORE INTO meta VALUES ('schema', '{SCHEMA_VERSION}');"
            " INSERT OR IGNORE INTO ledger_head VALUES (1, 0, -1, x'');"
            " INSERT OR IGNORE INTO authority VALUES (1, 0); COMMIT;"
        )
    check_schema(connection)


def is_store(connection: sqlite3.Connection) -> bool:
    """Whether the file is an Interlock store, of whatever version."""
    return connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'meta'").fetchone() is not None


def check_schema(connection: sqlite3.Connection) -> None:
    """Raises Unavailable, with what to do, for a store of another version."""
    row = connection.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
    version = None if row is None else str(row[0])
    if version != SCHEMA_VERSION:
        older = version is not None and version.isdigit() and int(version) < int(SCHEMA_VERSION)
        mend = "Run `interlock upgrade`; it makes a copy first" if older else OLDER_HERE
        raise Unavailable(f"the store has schema {version}, this Interlock knows {SCHEMA_VERSION}. {mend}")


def identity(path: Path) -> tuple[int, int]:
    """Which file is there, (0, 0) for none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - for each transaction, and Path.stat takes twice as long
    except OSError:
        return 0, 0
    return found.st_dev, found.st_ino


def check_identity(path: Path, opened: tuple[int, int]) -> None:
    """Raises Unavailable where another file is there now: whoever kills would do it in that one.

    A settlement need not ask: it belongs where its intent is, wherever that is now.
    """
    if identity(path) != opened:
        raise Unavailable(
            f"the store {path} was removed, or another file was put in its place, while it was open: put it back, or "
            "open the new one in a new process"
        )


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """SQLite's and the disk's errors as Unavailable, in words that say what to do. Never around a caller's code."""
    try:
        with sql_translated(path):
            yield
    except OSError as exc:
        raise Unavailable(f"the store {path} cannot be used: {exc.strerror or exc}. {_mend(exc)}") from exc


@contextmanager
def sql_translated(path: Path) -> Iterator[None]:
    """SQLite's errors only: an OSError in a caller's block is the caller's own."""
    try:
        yield
    except sqlite3.Error as exc:
        raise as_unavailable(exc, path) from exc


def as_unavailable(exc: sqlite3.Error, path: Path) -> Unavailable:
    """An error of SQLite in words that say what to do."""
    return Unavailable(f"the store {path} cannot be used: {exc}. {_mend(exc)}")


def _mend(exc: Exception) -> str:
    words = str(exc).lower()
    mends = {
        "full": "Free disk space and try again; nothing was written",
        "no space": "Free disk space and try again; nothing was written",
        "locked": "Another process holds it; try again when that is done",
        "readonly": "Make the file and its folder writable",
        "read-only": "Make the file and its folder writable",
        "permission": "Make the file and its folder writable",
        "not a database": "Name a store that Interlock made, or a new file",
        "malformed": "The file is damaged: restore a backup, and run `interlock ledger verify` on it",
        "unable to open": "Check that the folder exists and can be written",
    }
    return next((mend for sign, mend in mends.items() if sign in words), "Look at the disk that it is on") + "."
