"""Getting erased bytes out of an SQLite store's files."""

import sqlite3
import time

PATIENCE_S = 5.0
AGAIN_S = 0.02


def overwrite_what_is_deleted(connection: sqlite3.Connection) -> None:
    """From here on what is deleted is overwritten with zeros in its page."""
    connection.execute("PRAGMA secure_delete = ON")


def empty_log(connection: sqlite3.Connection) -> bool:
    """Write every page to its place and cut the log, which still holds pages as they were; whether that was done.

    It waits for readers whose view is older; not for ever.
    """
    give_up = time.monotonic() + PATIENCE_S
    while True:
        (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not busy:
            return True
        if time.monotonic() >= give_up:
            return False
        time.sleep(AGAIN_S)
