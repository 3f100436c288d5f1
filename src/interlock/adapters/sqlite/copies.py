"""A whole and consistent copy of an embedded store, made while others write."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from secrets import token_hex

from interlock.adapters.sqlite.connection import open_to_read, translated
from interlock.terms.errors import BadInput, Unavailable

Look = Callable[[sqlite3.Connection], None]


def copy_store(path: Path, to: Path, *, look: Look | None = None) -> None:
    """Copy the store in `path` to the new file `to`, for its owner only: it holds secrets.

    SQLite's own online copy, in one step: it holds what was committed at one moment, whatever is still in the companion
    files, and nobody has to wait. `look` may refuse the copy before it gets its name. Raises BadInput where there is
    such a file, Unavailable where it cannot be read or written or the copy is damaged; then no copy is left.
    """
    if to.exists():
        raise BadInput(f"{to} is there already; name a new file")
    draft = to.with_name(f".{to.name[:80]}.{token_hex(6)}.tmp")
    try:
        with translated(path), closing(open_to_read(path)) as source:
            _written(source, draft, to, look)
        _named(draft, to)
    finally:
        for suffix in ("", "-journal", "-wal", "-shm"):
            with suppress(OSError):
                draft.with_name(draft.name + suffix).unlink()


def _written(source: sqlite3.Connection, draft: Path, to: Path, look: Look | None) -> None:
    with translated(to):
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(draft, isolation_level=None)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, that needs no companions
            found = copy.execute("PRAGMA integrity_check").fetchone()
            if found != ("ok",):
                raise Unavailable(f"the copy of the store is damaged: {found and found[0]}. No copy was kept")
            if look is not None:
                look(copy)


def _named(draft: Path, to: Path) -> None:
    """Durable before it has its name, and never in the place of another file."""
    with translated(to):
        handle = os.open(draft, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        try:
            os.link(draft, to)
        except FileExistsError:
            raise BadInput(f"{to} is there already; name a new file") from None
        except OSError:  # a file system without links: the name was free a moment ago
            draft.rename(to)
        folder = os.open(to.parent, os.O_RDONLY)
        try:
            with suppress(OSError):  # some file systems refuse it; the file itself is whole there
                os.fsync(folder)
        finally:
            os.close(folder)
