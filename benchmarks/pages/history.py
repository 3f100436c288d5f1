"""A store as large as a company's: a thousand workflows with a year of history, a million decisions, a long queue.

What is recorded of workflows goes through the same records that the flows write (portfolio.py); cases are copies of
some that the product decided, in the order of time, hashed, put into the state tables by the product's own
projections and sealed by its own code. The verifier accepts such a store.
"""

import datetime as dt
import hashlib
import itertools
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from interlock.adapters.sql.projections import statements
from interlock.engine.ledger.canonical import digest
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.ports.store import Store
from pages.marks import Mark, marks
from portfolio import MONTHS, begin, live_months
from runtime.governed import opened

MONTH = dt.timedelta(days=30)
CACHE_KIB = 500_000
ASKED_EACH = 10
QUEUED_FOR = dt.timedelta(hours=30)  # the oldest of what waits came so long ago: some of it is overdue
MIX = {"applied": 50, "shadow": 40, "reviewed": 8, "audited": 2}  # in 100 cases that do not wait


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is."""

    workflows: int = 1_000
    decisions: int = 1_000_000
    open_reviews: int = 50_000


def make(path: Path, size: Size, *, now: dt.datetime, told: Callable[[str], None]) -> None:
    """Write the store. What waits came in the last hours before `now`."""
    start = now - MONTH * MONTHS - QUEUED_FOR
    with tempfile.TemporaryDirectory() as folder:
        copied = marks(Path(folder))
    with opened(str(path)) as rt:
        begin(rt.store, size.workflows, start)
    numbers = itertools.count()
    ways = [copied[name] for name, share in MIX.items() for _ in range(share)]
    a_month = (size.decisions - size.open_reviews) // MONTHS
    for month in range(MONTHS):
        _write(path, _cases(numbers, ways, a_month, size.workflows, start + MONTH * month, MONTH))
        with opened(str(path)) as rt:
            live_months(rt.store, size.workflows, month, start)
        told(f"month {month + 1} of {MONTHS}")
    with opened(str(path)) as rt:
        ask_the_council(rt.store, size.workflows, start + MONTH * MONTHS)
    waiting = [copied["waiting"]]
    last = start + MONTH * MONTHS
    _write(path, _cases(numbers, waiting, size.open_reviews, size.workflows, last, QUEUED_FOR))
    with opened(str(path)) as rt:
        rt.store.seal()


def ask_the_council(store: Store, workflows: int, at: dt.datetime) -> None:
    """In each tenth workflow a line was crossed: the council has something to decide."""
    with store.transaction() as tx:
        for number in range(0, workflows, ASKED_EACH):
            name = f"workflow-{number:04d}"
            told = {"title": "a promise was made to a customer", "severity": "high", "owner": "Sami Noor",
                    "redline": True, "opened_at": stamp(at)}  # fmt: skip
            record(
                tx, "incident.opened",
                {"workflow": name, "release": digest(name), "by": "Chris Ode", "authenticated": False, **told},
                at=stamp(at),
            )  # fmt: skip


Case = tuple[Mark, str, str, dt.datetime]


def _cases(
    numbers: Iterator[int], ways: Sequence[Mark], count: int, workflows: int, first: dt.datetime, lasts: dt.timedelta
) -> Iterator[Case]:
    """Cases in the order of time. Keys are in no order, and few workflows have most of them."""
    for number in range(count):
        chance = hashlib.md5(str(next(numbers)).encode()).digest()
        share = int.from_bytes(chance[:4]) / 2**32
        workflow = int(workflows * share**3)
        way = ways[int.from_bytes(chance[4:8]) % len(ways)]
        yield way, f"ticket-{chance.hex()[8:24]}", f"workflow-{workflow:04d}", first + lasts * (number / count)


def _write(path: Path, cases: Iterator[Case]) -> None:
    with sqlite3.connect(path, isolation_level=None) as db:
        for setting in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{CACHE_KIB}"):
            db.execute(f"PRAGMA {setting}")
        db.execute("BEGIN")
        entry = db.execute("SELECT max(entry) FROM ledger").fetchone()[0] + 1
        for mark, key, workflow, at in cases:
            for (kind, record, whole), (_, _, erasable) in zip(
                mark.copy(key, workflow, digest(workflow), at), mark.records, strict=True
            ):
                data = record.encode()
                leaf = hashlib.sha256(b"\0" + data).digest()
                row = (entry, whole["at"], kind, workflow, data, leaf, erasable)
                db.execute("INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?)", row)
                for sql, values in statements(kind, whole["body"], entry=entry, at=whole["at"]):
                    db.execute(sql, values)
                entry += 1
            db.execute("INSERT INTO payload VALUES (?, ?, ?, ?)", (key, mark.text[0], stamp(at), mark.text[1]))
        db.execute("COMMIT")
    db.close()
