"""Stores of millions of cases, written in bulk: each a copy of a case that the product itself decided and applied.

Keys are in no order, as business keys may be. Entries are in the ledger's order, with their leaf hashes, and sealed by
the store's own code. The verifier accepts such a store.
"""

import hashlib
import itertools
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from interlock.flows.action.runtime import RunTime
from runtime.governed import opened
from runtime.journaled import whole_action

CASES_AT_ONCE = 50_000
CACHE_KIB = 2_000_000  # the index over keys in no order is changed everywhere
PLACES = frozenset({"entry", "intent_entry", "settled_entry"})

# `of` is 0 for the admission and 1 for the settlement: both of a case follow each other.
LEDGER = """
INSERT INTO ledger (entry, at, kind, workflow, record, leaf, payload)
WITH RECURSIVE series (n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM series WHERE n < {last}),
copied AS (SELECT series.n, t.entry - {mark_entry} AS of, t.*, {record} AS new_record
  FROM series CROSS JOIN ledger t WHERE t.entry IN ({mark_entry}, {mark_entry} + 1))
SELECT {base} + 2 * n + of, at, kind, workflow, new_record, {leaf}, payload FROM copied {order}
"""
DECISION = """
INSERT INTO decision ({columns})
WITH RECURSIVE series (n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM series WHERE n < {last})
SELECT {values} FROM series CROSS JOIN decision t WHERE t.key = '{mark}'
"""

COLUMNS = "SELECT column_name FROM information_schema.columns WHERE table_name = 'decision' ORDER BY ordinal_position"


def fill(address: str, release: str, *, entries: int, told: Callable[[int], None]) -> None:
    """Until the ledger of the store at this address has so many entries. `told` hears how many it has."""
    is_shared = urlsplit(address).scheme.startswith("postgres")
    with opened(address) as rt:
        mark, mark_entry = _mark(rt, release)
        length = _length(rt)
    for first, last in _batches(length, entries):
        if is_shared:
            _fill_postgres(address, mark, mark_entry, length, first, last)
        else:
            _fill_sqlite(Path(address), mark, mark_entry, length, first, last)
        told(length + 2 * (last + 1))
    with opened(address) as rt:
        rt.store.seal()


def key_of(number: int) -> str:
    """The key of the n-th copy."""
    return hashlib.md5(str(number).encode()).hexdigest()


def _mark(rt: RunTime, release: str) -> tuple[str, int]:
    """The key and the entry of the case that is copied: the first that chance did not choose for an audit.

    An audited one has a review too, which copies would lack.
    """
    for number in itertools.count():
        key = hashlib.md5(f"mark {number}".encode()).hexdigest()
        with rt.store.reading() as reading:
            case = reading.decision(key)
        if case is None:
            whole_action(rt, release, key)
            with rt.store.reading() as reading:
                case = reading.decision(key)
        if case is not None and not case.audited:
            return key, case.entry
    raise AssertionError("there is always another number")


def _length(rt: RunTime) -> int:
    with rt.store.reading() as reading:
        return reading.last_entry() + 1


def _batches(length: int, entries: int) -> Iterator[tuple[int, int]]:
    """Copies are numbered from 0, also where there are some already: their number is told by the ledger's length."""
    cases = max(0, entries - length) // 2
    for first in range(0, cases, CASES_AT_ONCE):
        yield first, min(first + CASES_AT_ONCE, cases) - 1


def _fill_sqlite(path: Path, mark: str, mark_entry: int, length: int, first: int, last: int) -> None:
    with sqlite3.connect(path, isolation_level=None) as db:
        db.create_function("key_of", 1, lambda n: key_of(length + n), deterministic=True)
        db.create_function("leaf_of", 1, lambda record: hashlib.sha256(b"\0" + record).digest(), deterministic=True)
        for setting in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{CACHE_KIB}"):
            db.execute(f"PRAGMA {setting}")
        names = [row[1] for row in db.execute("PRAGMA table_info(decision)")]
        record = f"CAST(replace(CAST(t.record AS TEXT), '{mark}', key_of(n)) AS BLOB)"
        db.execute("BEGIN")
        for statement in _statements(
            names,
            mark,
            mark_entry,
            length,
            first,
            last,
            key="key_of(n)",
            record=record,
            leaf="leaf_of(new_record)",
            order="",
        ):
            db.execute(statement)
        db.execute("COMMIT")
    db.close()


def _fill_postgres(address: str, mark: str, mark_entry: int, length: int, first: int, last: int) -> None:
    key = f"md5(({length} + n)::text)"
    record = f"convert_to(replace(convert_from(t.record, 'UTF8'), '{mark}', {key}), 'UTF8')"
    with psycopg.connect(address, autocommit=True) as db:
        names = [str(row[0]) for row in db.execute(COLUMNS)]
        db.execute("SET synchronous_commit = off")
        leaf = "sha256('\\x00'::bytea || new_record)"
        for statement in _statements(
            names, mark, mark_entry, length, first, last, key=key, record=record, leaf=leaf, order="ORDER BY n, of"
        ):
            db.execute(statement.encode())
        db.execute("SELECT setval('ledger_entry', (SELECT max(entry) FROM ledger))")


def _statements(
    names: list[str],
    mark: str,
    mark_entry: int,
    length: int,
    first: int,
    last: int,
    *,
    key: str,
    record: str,
    leaf: str,
    order: str,
) -> Iterator[str]:
    values = [f"{length} + 2 * n + t.{name} - {mark_entry}" if name in PLACES else f"t.{name}" for name in names]
    values[names.index("key")] = key
    yield LEDGER.format(
        first=first, last=last, mark_entry=mark_entry, base=length, record=record, leaf=leaf, order=order
    )
    yield DECISION.format(columns=", ".join(names), values=", ".join(values), first=first, last=last, mark=mark)
