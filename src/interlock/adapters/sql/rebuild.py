"""Rebuild the state from the ledger, in a temporary file, and say where the stored state differs."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from interlock.adapters.sql.projections import AUTHORITY, ONCE, statements
from interlock.adapters.sql.rows import Row
from interlock.adapters.sqlite.connection import create_schema
from interlock.terms.errors import Unavailable
from interlock.terms.ledger import LedgerEntry

# Each with the columns of its primary key.
STATE_TABLES: Mapping[str, tuple[str, ...]] = {
    "workflow": ("name",),
    "evidence": ("digest",),
    "scope": ("name",),
    "authority": ("one",),
    "decision": ("key",),
    "counter": ("workflow", "name"),
    "review": ("key", "kind"),
}
FAULTS_KEPT = 20
RAISE_AUTHORITY = "UPDATE authority SET version = version + 1"

Rows = Callable[[str], Iterator[Row]]


def rebuild(into: sqlite3.Connection, entries: Iterable[LedgerEntry]) -> Iterator[str]:
    """Apply entries to an empty store's state tables. Ends with one fault, in words, where one cannot be applied."""
    for entry in entries:
        try:
            changes = statements(entry.kind, entry.body, entry=entry.index, at=entry.at)
            changed = [into.execute(sql, parameters).rowcount for sql, parameters in changes]
            if entry.kind in ONCE and changed[:1] == [0]:
                yield f"entry {entry.index} ({entry.kind}) cannot be replayed: its case was there already"
                return
        except (KeyError, TypeError, sqlite3.Error, Unavailable) as exc:
            yield f"entry {entry.index} ({entry.kind}) cannot be replayed: {exc}"
            return
        if entry.kind in AUTHORITY:
            into.execute(RAISE_AUTHORITY)


def state_faults(stored: Rows, entries: Iterable[LedgerEntry], *, order: str = "") -> tuple[str, ...]:
    """Rows that differ, are missing or are too many, in words; empty where state and ledger agree.

    `stored` runs a query on the store; `order` is a suffix by which its text sorts as bytes. Memory stays bounded:
    SQLite keeps the rebuilt state in a temporary file.
    """
    if faults := tuple(islice(_index_faults(stored), FAULTS_KEPT)):
        return faults  # the entries below are found by these columns
    rebuilt = sqlite3.connect("", isolation_level=None)
    try:
        create_schema(rebuilt)
        rebuilt.execute("BEGIN")
        if faults := tuple(rebuild(rebuilt, entries)):
            return faults
        found = (fault for table in STATE_TABLES for fault in _table_faults(table, stored, rebuilt, order))
        return tuple(islice(found, FAULTS_KEPT))
    finally:
        rebuilt.close()


def _index_faults(stored: Rows) -> Iterator[str]:
    """Ledger rows by whose columns entries are found, but whose record says otherwise."""
    for entry, at, kind, workflow, record in stored("SELECT entry, at, kind, workflow, record FROM ledger"):
        content = json.loads(bytes(record))
        said = (content["at"], content["kind"], content["body"].get("workflow"))
        differing = [
            n for n, a, b in zip(("at", "kind", "workflow"), (at, kind, workflow), said, strict=True) if a != b
        ]
        if differing:
            yield f"ledger row {entry} was changed ({', '.join(differing)})"


def _table_faults(table: str, stored: Rows, rebuilt: sqlite3.Connection, order: str) -> Iterator[str]:
    names = [row[1] for row in rebuilt.execute(f"PRAGMA table_info({table})")]
    keys = STATE_TABLES[table]
    select = f"SELECT {', '.join((*keys, *names))} FROM {table} ORDER BY "
    sorted_by = ", ".join(keys)
    have = stored(select + ", ".join(f"{key}{order}" if key != "one" else key for key in keys))
    want = iter(rebuilt.execute(select + sorted_by))
    for key, mine, theirs in _merged(have, want, len(keys)):
        place = f"{table} {'/'.join(map(str, key))}"
        if theirs is None:
            yield f"{place} is in no ledger entry"
        elif mine is None:
            yield f"{place} is missing"
        elif mine != theirs:
            differing = [n for n, a, b in zip(names, mine, theirs, strict=True) if a != b]
            yield f"{place} was changed ({', '.join(differing)})"


def _merged(have: Iterator[Row], want: Iterator[Row], width: int) -> Iterator[tuple[Row, Row | None, Row | None]]:
    """Rows of two sorted streams by key: (key, stored row, rebuilt row)."""
    mine, theirs = next(have, None), next(want, None)
    while mine is not None or theirs is not None:
        if mine is not None and (theirs is None or _before(mine, theirs, width)):
            yield mine[:width], mine[width:], None
            mine = next(have, None)
        elif theirs is not None and (mine is None or _before(theirs, mine, width)):
            yield theirs[:width], None, theirs[width:]
            theirs = next(want, None)
        elif mine is not None and theirs is not None:
            yield mine[:width], mine[width:], theirs[width:]
            mine, theirs = next(have, None), next(want, None)


def _before(one: Row, other: Row, width: int) -> bool:
    return _sort_key(one, width) < _sort_key(other, width)


def _sort_key(row: Row, width: int) -> tuple[Any, ...]:
    return tuple(value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value for value in row[:width])
