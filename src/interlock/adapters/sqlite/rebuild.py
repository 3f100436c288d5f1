"""Rebuild the state from the ledger in memory and say where the stored state differs."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice

from interlock.adapters.sqlite.connection import create_schema
from interlock.adapters.sqlite.projections import project
from interlock.terms.ledger import LedgerEntry

STATE_TABLES = ("workflow", "evidence", "scope", "decision", "intent", "review")
FAULTS_KEPT = 20


def state_faults(stored: sqlite3.Connection, entries: Iterable[LedgerEntry]) -> tuple[str, ...]:
    """Rows that differ, are missing or are too many, in words; empty where state and ledger agree."""
    if faults := tuple(islice(_index_faults(stored), FAULTS_KEPT)):
        return faults  # the entries below are found by these columns
    rebuilt = sqlite3.connect(":memory:", isolation_level=None)
    try:
        create_schema(rebuilt)
        for entry in entries:
            try:
                project(rebuilt, entry)
            except (KeyError, TypeError, sqlite3.Error) as exc:
                return (f"entry {entry.index} ({entry.kind}) cannot be replayed: {exc}",)
        return tuple(fault for table in STATE_TABLES for fault in _table_faults(table, stored, rebuilt))[:FAULTS_KEPT]
    finally:
        rebuilt.close()


def _index_faults(stored: sqlite3.Connection) -> Iterator[str]:
    """Ledger rows by whose columns entries are found, but whose record says otherwise."""
    (size,) = stored.execute("SELECT size FROM ledger_head").fetchone()
    for entry, at, kind, workflow, record in stored.execute("SELECT entry, at, kind, workflow, record FROM ledger"):
        if not 0 <= entry < size:
            yield f"ledger row {entry} is outside the tree of {size} entries"
            continue
        content = json.loads(record)
        said = (content["at"], content["kind"], content["body"].get("workflow"))
        differing = [
            n for n, a, b in zip(("at", "kind", "workflow"), (at, kind, workflow), said, strict=True) if a != b
        ]
        if differing:
            yield f"ledger row {entry} was changed ({', '.join(differing)})"


def _table_faults(table: str, stored: sqlite3.Connection, rebuilt: sqlite3.Connection) -> list[str]:
    names = [row[1] for row in rebuilt.execute(f"PRAGMA table_info({table})")]
    query = f"SELECT * FROM {table} ORDER BY {', '.join(_key(table))}"
    have = {row[: len(_key(table))]: row for row in stored.execute(query)}
    want = {row[: len(_key(table))]: row for row in rebuilt.execute(query)}
    faults = []
    for key in sorted({*have, *want}, key=str):
        if have.get(key) == want.get(key):
            continue
        place = f"{table} {'/'.join(map(str, key))}"
        if key not in want:
            faults.append(f"{place} is in no ledger entry")
        elif key not in have:
            faults.append(f"{place} is missing")
        else:
            differing = [n for n, a, b in zip(names, have[key], want[key], strict=True) if a != b]
            faults.append(f"{place} was changed ({', '.join(differing)})")
    return faults


def _key(table: str) -> tuple[str, ...]:
    return {"workflow": ("name",), "scope": ("name",), "evidence": ("digest",), "review": ("key", "kind")}.get(
        table, ("key",)
    )
