"""What a block of the SQLite store reads and writes through."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any

from interlock.adapters.sql.contents import ERASE_ENTRY, ERASE_TEXT
from interlock.adapters.sql.projections import AUTHORITY, ONCE, statements
from interlock.adapters.sql.reading import SqlReading
from interlock.adapters.sql.rebuild import RAISE_AUTHORITY, state_faults
from interlock.adapters.sql.rows import KEEP_TEXT, Row
from interlock.adapters.sql.sealing import ROOT, SEAL, UNSEALED, sealed
from interlock.adapters.sql.segments import SqlSegmentWriting
from interlock.adapters.sql.traffic_loading import SqlTrafficWriting
from interlock.adapters.sqlite.purge import overwrite_what_is_deleted
from interlock.ports.queue import ReviewRow
from interlock.ports.store import NotOnce
from interlock.ports.tree import BATCH, Tree
from interlock.terms.ledger import NewEntry

_PLACE = "SELECT (SELECT coalesce(max(entry), -1) + 1 FROM ledger), version FROM authority"
_APPEND = "INSERT INTO ledger (entry, at, kind, workflow, record, leaf, payload) VALUES (?, ?, ?, ?, ?, ?, ?)"
TOGETHER = 32


@cache
def _insert(table: str, names: tuple[str, ...], n: int) -> str:
    """A statement that puts `n` rows in."""
    places = f"({', '.join('?' * len(names))})"
    return f"INSERT OR FAIL INTO {table} ({', '.join(names)}) VALUES {', '.join([places] * n)}"


class SqliteReading(SqlReading):
    """interlock.ports.store.Reading on one connection."""

    HOLDS = "instr(record, :needle) > 0"

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection: sqlite3.Connection | None = connection

    def end(self) -> None:
        """Nothing may be read or written through this view any more: it would be outside of its transaction."""
        self._connection = None

    @property
    def db(self) -> sqlite3.Connection:
        """The connection, while the view lasts."""
        if self._connection is None:
            raise RuntimeError("this view of the store has ended: read and write inside its `with` block")
        return self._connection

    def rows(self, query: str, values: Mapping[str, Any]) -> Iterator[Row]:
        for row in self.db.execute(query, values):
            yield row
            if self._connection is None:
                _ = self.db  # fails: the view has ended meanwhile

    def first(self, query: str, **values: Any) -> Row | None:
        row: Row | None = self.db.execute(query, values).fetchone()
        return row

    def state_faults(self) -> tuple[str, ...]:
        return state_faults(lambda query: self.rows(query, {}), self.entries())


class SqliteTransaction(SqliteReading, SqlSegmentWriting, SqlTrafficWriting):
    """interlock.ports.store.Transaction inside BEGIN IMMEDIATE, which is the fence."""

    def __init__(self, connection: sqlite3.Connection, tree: Tree) -> None:
        self._connection = connection
        self._tree = tree
        self._next = -1
        self._version = -1
        self.batch_full = False

    def authority_version(self) -> int:
        self._find_place()
        return self._version

    def fence(self) -> None:
        pass

    def hold_review(self, key: str, kind: str, *, wait: bool = True) -> ReviewRow | None:  # noqa: ARG002
        return self.review(key, kind)  # nobody else writes while this transaction lasts

    def append(self, entry: NewEntry) -> int:
        if self._next < 0:
            self._find_place()
        db, index, body = self.db, self._next, entry.body
        once = entry.kind in ONCE
        for sql, parameters in statements(entry.kind, body, entry=index, at=entry.at):
            if db.execute(sql, parameters).rowcount == 0 and once:
                raise NotOnce
            once = False
        db.execute(
            _APPEND, (index, entry.at, entry.kind, body.get("workflow"), entry.record, entry.leaf, entry.payload)
        )
        if entry.kind in AUTHORITY:
            db.execute(RAISE_AUTHORITY)
            self._version += 1
        self._next = index + 1
        self.batch_full = self.batch_full or self._next % BATCH == 0
        return index

    def keep_secret(self, name: str, value: bytes) -> None:
        self.db.execute("INSERT INTO secret (name, value) VALUES (?, ?)", (name, value))

    def take_secret(self, name: str) -> bytes | None:
        overwrite_what_is_deleted(self.db)
        value = self.secret(name)
        self.db.execute("DELETE FROM secret WHERE name = ?", (name,))
        return value

    def keep_payload(self, digest: str, text: str, *, key: str, at: str) -> None:
        self.db.execute(f"{KEEP_TEXT} VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", (key, digest, at, text))

    def erase(self, entries: Sequence[int], keys: Sequence[str]) -> None:
        overwrite_what_is_deleted(self.db)
        self.db.executemany(ERASE_ENTRY, [{"entry": entry} for entry in entries])
        self.db.executemany(ERASE_TEXT, [{"key": key} for key in keys])

    def insert_all(self, table: str, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        # Many rows by one statement, which takes back nothing of itself where it fails (the transaction does): it needs
        # no journal of its own, and other threads wait for the interpreter once for all of these rows.
        whole = len(rows) - len(rows) % TOGETHER
        for start in range(0, whole, TOGETHER):
            values = list(chain.from_iterable(rows[start : start + TOGETHER]))
            self.db.execute(_insert(table, tuple(names), TOGETHER), values)
        self.db.executemany(_insert(table, tuple(names), 1), rows[whole:])

    def change_all(self, query: str, values: Sequence[Mapping[str, Any]]) -> int:
        return self.db.executemany(query, values).rowcount

    def savepoint(self) -> tuple[int, int]:
        """Where `back_to` can return to."""
        self._find_place()
        self.db.execute("SAVEPOINT work")
        return self._next, self._version

    def back_to(self, before: tuple[int, int]) -> None:
        """Undo what was written since the savepoint."""
        self.db.execute("ROLLBACK TO work")
        self._next, self._version = before

    def seal(self) -> None:
        """Take every entry into the tree."""
        old = self.head()
        head, roots = sealed(old, self.rows(UNSEALED, {"last": old.last}), self._tree)
        if head.size == old.size:
            return
        self.db.execute(SEAL, {"size": head.size, "last": head.last, "peaks": b"".join(head.peaks)})
        self.db.executemany(ROOT, [{"size": one.size, "last": one.last, "root": one.root} for one in roots])

    def _find_place(self) -> None:
        if self._next < 0:
            self._next, self._version = self.db.execute(_PLACE).fetchone()
