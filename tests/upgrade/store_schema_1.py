"""A store of schema 1, as the Interlock of that time wrote it: see life_of_schema_1.py.txt."""

import lzma
import sqlite3
from contextlib import closing
from pathlib import Path

SOURCE = Path(__file__).with_name("store_schema_1.sql.xz")


def made(path: Path) -> Path:
    """Make the store in `path`."""
    with closing(sqlite3.connect(path)) as db:
        db.executescript(lzma.decompress(SOURCE.read_bytes()).decode())
    path.chmod(0o600)
    return path
