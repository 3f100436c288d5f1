"""Rebuild the state from the ledger in memory and say where the stored state differs."""

import sqlite3
from collections.abc import Iterable

from interlock.adapters.sqlite.connection import create_schema
from interlock.adapters.sqlite.projections import project
from interlock.terms.ledger import LedgerEntry

STATE_TABLES = ("workflow", "evidence", "scope", "decision", "intent", "review")
FAULTS_KEPT = 20


def state_faults(stored: sqlite3.Connection, entries: Iterable[LedgerEntry]) -> tuple[str, ...]:
    """Rows that differ, are missing or are too many, in words; empty where state and ledger agree."""
    rebuilt = sqlite3.connect(":memory:", isolation_level=None)
    try:
        create_schema(rebuilt)
        for entry in entries:
            project(rebuilt, entry)
        return tuple(fault for table in STATE_TABLES for fault in _table_faults(table, stored, rebuilt))[:FAULTS_KEPT]
    finally:
        rebuilt.close()


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
