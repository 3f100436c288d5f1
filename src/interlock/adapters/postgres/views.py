"""What a block of the PostgreSQL store reads and writes through."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from interlock.adapters.postgres.connection import APPEND, AUTHORITY, Connection
from interlock.adapters.postgres.unsettled import FEW, FORGED, LOST, REOPENING, reopen
from interlock.adapters.sql.contents import ERASE_ENTRY, ERASE_TEXT
from interlock.adapters.sql.projections import AUTHORITY as AUTHORITY_KINDS
from interlock.adapters.sql.projections import ONCE, statements
from interlock.adapters.sql.reading import SqlReading
from interlock.adapters.sql.rebuild import FAULTS_KEPT, RAISE_AUTHORITY, state_faults
from interlock.adapters.sql.rows import DECISION, INTENT, KEEP_TEXT, REVIEW, Row, decision_of, intent_of, review_of
from interlock.adapters.sql.segments import SqlSegmentWriting
from interlock.adapters.sql.traffic_loading import SqlTrafficWriting
from interlock.ports.queue import ReviewRow
from interlock.ports.store import DecisionRow, NotOnce
from interlock.terms.intent import Intent, IntentState
from interlock.terms.ledger import NewEntry

FETCHED = 1_000
_APPEND = "INSERT INTO ledger (entry, at, kind, workflow, record, leaf, payload) VALUES (%s, %s, %s, %s, %s, %s, %s)"
_numbers = itertools.count()


@cache
def named(query: str) -> str:
    """A query with :name parameters in the driver's form."""
    return re.sub(r":(\w+)", r"%(\1)s", query.replace("%", "%%"))


@cache
def placed(query: str) -> str:
    """A query with ? parameters in the driver's form."""
    return query.replace("%", "%%").replace("?", "%s")


class PostgresReading(SqlReading):
    """interlock.ports.store.Reading on one connection, inside its transaction."""

    HOLDS = "position(:needle IN record) > 0"

    def __init__(self, connection: Connection) -> None:
        self._connection: Connection | None = connection

    def end(self) -> None:
        """Nothing may be read or written through this view any more: it would be outside of its transaction."""
        self._connection = None

    @property
    def db(self) -> Connection:
        """The connection, while the view lasts."""
        if self._connection is None:
            raise RuntimeError("this view of the store has ended: read and write inside its `with` block")
        return self._connection

    def rows(self, query: str, values: Mapping[str, Any]) -> Iterator[Row]:
        yield from self.db.execute(named(query), values).fetchall()

    def stream(self, query: str, values: Mapping[str, Any]) -> Iterator[Row]:
        with self.db.cursor(name=f"stream_{next(_numbers)}") as cursor:
            cursor.itersize = FETCHED
            cursor.execute(named(query), values)
            for row in cursor:
                yield row
                _ = self.db  # fails where the view has ended meanwhile

    def unsettled(self) -> tuple[str, Mapping[str, Any]]:
        return FEW, {"sealed": self.head().last}

    def state_faults(self) -> tuple[str, ...]:
        lost = tuple(f"unsettled {key} is missing" for (key,) in self.rows(f"{LOST} LIMIT {FAULTS_KEPT}", {}))
        forged = tuple(
            f"unsettled {key} is in no ledger entry" for (key,) in self.rows(f"{FORGED} LIMIT {FAULTS_KEPT}", {})
        )
        return lost or forged or state_faults(lambda query: self.stream(query, {}), self.entries())


class PostgresTransaction(PostgresReading, SqlSegmentWriting, SqlTrafficWriting):
    """interlock.ports.store.Transaction: one at a time, beside which cases are admitted until it fences."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._fenced = False
        self._appended = False

    def fence(self) -> None:
        if not self._fenced:
            self.db.execute("SELECT pg_advisory_xact_lock(%s)", (AUTHORITY,))
            self._fenced = True

    def append(self, entry: NewEntry) -> int:
        db, body = self.db, entry.body
        if entry.kind in AUTHORITY_KINDS:
            self.fence()
        if not self._appended:
            db.execute("SELECT pg_advisory_xact_lock_shared(%s)", (APPEND,))
            self._appended = True
        row = db.execute("SELECT nextval('ledger_entry')").fetchone()
        index = int(row[0]) if row else -1
        for position, (sql, parameters) in enumerate(statements(entry.kind, body, entry=index, at=entry.at)):
            if db.execute(placed(sql), parameters).rowcount == 0 and position == 0 and entry.kind in ONCE:
                raise NotOnce
        if entry.kind in REOPENING:
            reopen(db, str(body["key"]))
        db.execute(
            _APPEND, (index, entry.at, entry.kind, body.get("workflow"), entry.record, entry.leaf, entry.payload)
        )
        if entry.kind in AUTHORITY_KINDS:
            db.execute(RAISE_AUTHORITY)
        return index

    def keep_secret(self, name: str, value: bytes) -> None:
        self.db.execute("INSERT INTO secret (name, value) VALUES (%s, %s)", (name, value))

    def take_secret(self, name: str) -> bytes | None:
        # A row that another transaction replaces is not seen by a DELETE that waited for it: the name is locked before.
        self.db.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (name,))
        row = self.db.execute("DELETE FROM secret WHERE name = %s RETURNING value", (name,)).fetchone()
        return None if row is None else bytes(row[0])

    def keep_payload(self, digest: str, text: str, *, key: str, at: str) -> None:
        self.db.execute(f"{KEEP_TEXT} VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING", (key, digest, at, text))

    def erase(self, entries: Sequence[int], keys: Sequence[str]) -> None:
        with self.db.cursor() as cursor:
            cursor.executemany(named(ERASE_ENTRY), [{"entry": entry} for entry in entries])
            cursor.executemany(named(ERASE_TEXT), [{"key": key} for key in keys])

    def insert_all(self, table: str, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        with self.db.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def change_all(self, query: str, values: Sequence[Mapping[str, Any]]) -> int:
        with self.db.cursor() as cursor:
            cursor.executemany(named(query), values)
            return cursor.rowcount

    def hold_review(self, key: str, kind: str, *, wait: bool = True) -> ReviewRow | None:
        lock = "FOR UPDATE" if wait else "FOR UPDATE SKIP LOCKED"
        row = self.first(f"{REVIEW} WHERE key = :key AND kind = :kind {lock}", key=key, kind=kind)
        return review_of(row) if row else None

    # What is read in order to be changed is locked: cases are settled while this transaction goes on.

    def intent(self, key: str) -> Intent | None:
        row = self.first(f"{INTENT} WHERE d.key = :key FOR UPDATE OF d", key=key)
        return intent_of(row) if row else None

    def intent_state(self, key: str) -> IntentState | None:
        row = self.first("SELECT state FROM decision WHERE key = :key FOR UPDATE", key=key)
        return IntentState(row[0]) if row and row[0] else None

    def decision(self, key: str) -> DecisionRow | None:
        row = self.first(f"{DECISION} WHERE d.key = :key FOR UPDATE OF d", key=key)
        return decision_of(row) if row else None
