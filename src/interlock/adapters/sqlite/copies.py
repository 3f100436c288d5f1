"""Files that hold a whole store and are whole themselves: copies, backups, restored stores."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from interlock.adapters.sqlite.connection import open_to_read, sql_translated, translated
from interlock.terms.errors import BadInput, Unavailable

COMPANIONS = ("-journal", "-wal", "-shm")


def copy_store(path: Path, to: Path) -> None:
    """Copy the store in `path` to the new file `to`: what was committed at one moment, while others write.

    Raises as `drafted`.
    """
    with translated(path), closing(open_to_read(path)) as source, drafted(to) as copy:
        take_over(source, copy)


def take_over(source: sqlite3.Connection, copy: sqlite3.Connection) -> None:
    """SQLite's own online copy, in one step: companion files included, and nobody has to wait for it."""
    source.backup(copy)


@contextmanager
def drafted(to: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a new file for its owner only (a store holds secrets), which is named `to` when the block ends.

    By then it is checked and durable; where anything fails no file is left. Raises BadInput where there is such a file
    (or what was left behind of one), Unavailable where it cannot be written or is damaged.
    """
    for suffix in ("", *COMPANIONS):
        if to.with_name(to.name + suffix).exists():
            raise BadInput(f"{to.with_name(to.name + suffix)} is there already; name a new file")
    draft = to.with_name(f".{to.name[:80]}.{token_hex(6)}.tmp")
    try:
        with translated(to):
            os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with sql_translated(to), closing(sqlite3.connect(draft, isolation_level=None)) as copy:
            yield copy
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, that needs no companions
            found = copy.execute("PRAGMA integrity_check").fetchone()
            if found != ("ok",):
                raise Unavailable(f"the copy of the store is damaged: {found and found[0]}. It was not kept")
        with translated(to):
            _named(draft, to)
    finally:
        for suffix in ("", *COMPANIONS):
            with suppress(OSError):
                draft.with_name(draft.name + suffix).unlink()


def _named(draft: Path, to: Path) -> None:
    """Durable before it has its name, and never in the place of another file."""
    _sync(draft)
    try:
        os.link(draft, to)
    except FileExistsError:
        raise BadInput(f"{to} is there already; name a new file") from None
    except OSError:  # a file system without links; the name was free a moment ago
        draft.rename(to)
    with suppress(OSError):  # some file systems refuse it; the file itself is whole there
        _sync(to.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
