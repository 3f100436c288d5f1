"""Reading the store: named queries that return terms."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from interlock.adapters.sqlite.projections import project
from interlock.adapters.sqlite.rebuild import state_faults
from interlock.ports.store import DecisionRow, ReviewRow, WorkflowRow
from interlock.terms.errors import Unavailable
from interlock.terms.evidence import Evidence, EvidenceClass
from interlock.terms.intent import Intent, IntentState
from interlock.terms.ledger import LedgerEntry, TreeHead

HASH_BYTES = 32
_ENTRY = "SELECT entry, at, kind, record, leaf, root FROM ledger"
_INTENT = """
SELECT key, workflow, release, label, epoch, payload_digest, before, after, state, owner, lease_until, receipt, entry
FROM intent
"""
_DECISION = """
SELECT key, workflow, release, verb, reasons, audited, inputs, at, entry, outcome, wrong, observed_entry FROM decision
"""
_REVIEW = "SELECT key, kind, workflow, opened_at, due_at, closed_at, reviewer, label FROM review"
_WORKFLOW = "SELECT name, release, proposed_by, at, definition, granted, monitor FROM workflow"


class SqliteReading:
    """interlock.ports.store.Reading on one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection: sqlite3.Connection | None = connection

    def end(self) -> None:
        """Nothing may be read or written through this view any more: it would be outside of its transaction."""
        self._connection = None

    @property
    def _db(self) -> sqlite3.Connection:
        if self._connection is None:
            raise RuntimeError("this view of the store has ended: read and write inside its `with` block")
        return self._connection

    def _rows(self, query: str, values: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        for row in self._db.execute(query, values):
            yield row
            _ = self._db  # fails where the view has ended meanwhile

    def head(self) -> TreeHead:
        row = self._db.execute("SELECT size, peaks FROM ledger_head").fetchone()
        size, peaks = row or (-1, b"")
        if size < 0 or len(peaks) != HASH_BYTES * size.bit_count():
            raise Unavailable("the ledger's tree head is damaged: run `interlock ledger verify`, restore a backup")
        return TreeHead(size, tuple(peaks[i : i + HASH_BYTES] for i in range(0, len(peaks), HASH_BYTES)))

    def last_entry(self) -> int:
        row = self._db.execute("SELECT max(entry) FROM ledger").fetchone()
        return -1 if row[0] is None else int(row[0])

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[LedgerEntry]:
        end = self.head().size if stop is None else stop
        for row in self._rows(f"{_ENTRY} WHERE entry >= ? AND entry < ? ORDER BY entry", (start, end)):
            yield _entry(row)

    def entries_of(self, kind: str, workflow: str | None = None) -> Iterator[LedgerEntry]:
        condition = "kind = ?" if workflow is None else "kind = ? AND workflow = ?"
        values = (kind,) if workflow is None else (kind, workflow)
        for row in self._rows(f"{_ENTRY} WHERE {condition} ORDER BY entry", values):
            yield _entry(row)

    def newest_of(self, kind: str, workflow: str) -> LedgerEntry | None:
        row = self._db.execute(
            f"{_ENTRY} WHERE kind = ? AND workflow = ? ORDER BY entry DESC LIMIT 1", (kind, workflow)
        ).fetchone()
        return _entry(row) if row else None

    def workflows(self) -> tuple[WorkflowRow, ...]:
        return tuple(_workflow(row) for row in self._db.execute(f"{_WORKFLOW} ORDER BY name"))

    def workflow(self, name: str) -> WorkflowRow | None:
        row = self._db.execute(f"{_WORKFLOW} WHERE name = ?", (name,)).fetchone()
        return _workflow(row) if row else None

    def evidence(self, workflow: str) -> tuple[Evidence, ...]:
        rows = self._db.execute(
            "SELECT digest, release, kind, class, source, at, body FROM evidence WHERE workflow = ? ORDER BY entry",
            (workflow,),
        )
        return tuple(_evidence(row) for row in rows)

    def verdict(self, workflow: str) -> Mapping[str, Any] | None:
        entry = self.newest_of("gate.judged", workflow)
        return None if entry is None else {**entry.body, "entry": entry.index, "at": entry.at}

    def halted(self, scopes: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(
            scope
            for scope in scopes
            if self._db.execute("SELECT 1 FROM scope WHERE name = ? AND halted = 1", (scope,)).fetchone()
        )

    def epoch(self, scope: str) -> int:
        row = self._db.execute("SELECT epoch FROM scope WHERE name = ?", (scope,)).fetchone()
        return int(row[0]) if row else 0

    def intent(self, key: str) -> Intent | None:
        row = self._db.execute(f"{_INTENT} WHERE key = ?", (key,)).fetchone()
        return _intent(row) if row else None

    def intents(self, scope: str, *, state: str | None = None, since_entry: int = 0) -> tuple[Intent, ...]:
        condition, values = ["entry >= ?"], [since_entry]
        if scope != "global":
            condition.append("workflow = ?")
            values.append(scope.removeprefix("workflow:"))  # type: ignore[arg-type]
        if state is not None:
            condition.append("state = ?")
            values.append(state)  # type: ignore[arg-type]
        rows = self._db.execute(f"{_INTENT} WHERE {' AND '.join(condition)} ORDER BY entry", values)
        return tuple(_intent(row) for row in rows)

    def applied_on(self, workflow: str, day: str) -> int:
        row = self._db.execute(
            "SELECT count(*) FROM intent WHERE workflow = ? AND day = ? AND state <> 'failed'", (workflow, day)
        ).fetchone()
        return int(row[0])

    def decision(self, key: str) -> DecisionRow | None:
        row = self._db.execute(f"{_DECISION} WHERE key = ?", (key,)).fetchone()
        return _decision(row) if row else None

    def decisions(
        self, workflow: str, *, since_entry: int = 0, until_entry: int | None = None
    ) -> Iterator[DecisionRow]:
        end = self.head().size if until_entry is None else until_entry
        query = f"{_DECISION} WHERE workflow = ? AND entry >= ? AND entry < ? ORDER BY entry"
        for row in self._rows(query, (workflow, since_entry, end)):
            yield _decision(row)

    def reviews(self, workflow: str, *, open_only: bool = True) -> tuple[ReviewRow, ...]:
        condition = "workflow = ? AND closed_at IS NULL" if open_only else "workflow = ?"
        rows = self._db.execute(f"{_REVIEW} WHERE {condition} ORDER BY due_at, key", (workflow,))
        return tuple(ReviewRow(*row) for row in rows)

    def review(self, key: str, kind: str) -> ReviewRow | None:
        row = self._db.execute(f"{_REVIEW} WHERE key = ? AND kind = ?", (key, kind)).fetchone()
        return ReviewRow(*row) if row else None

    def secret(self, name: str) -> bytes | None:
        row = self._db.execute("SELECT value FROM secret WHERE name = ?", (name,)).fetchone()
        return bytes(row[0]) if row else None

    def payload(self, digest: str) -> str | None:
        row = self._db.execute("SELECT text FROM payload WHERE digest = ?", (digest,)).fetchone()
        return str(row[0]) if row else None

    def state_faults(self) -> tuple[str, ...]:
        return state_faults(self._db, self.entries())


class SqliteTransaction(SqliteReading):
    """interlock.ports.store.Transaction inside BEGIN IMMEDIATE."""

    def append(self, entry: LedgerEntry, head: TreeHead) -> None:
        self._db.execute(
            "INSERT INTO ledger (entry, at, kind, workflow, record, leaf, root) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (entry.index, entry.at, entry.kind, entry.body.get("workflow"), entry.record, entry.leaf, entry.root),
        )
        self._db.execute("UPDATE ledger_head SET size = ?, peaks = ?", (head.size, b"".join(head.peaks)))
        project(self._db, entry)

    def keep_secret(self, name: str, value: bytes) -> None:
        self._db.execute("INSERT INTO secret (name, value) VALUES (?, ?)", (name, value))

    def keep_payload(self, digest: str, text: str) -> None:
        self._db.execute("INSERT INTO payload (digest, text) VALUES (?, ?) ON CONFLICT DO NOTHING", (digest, text))


def _entry(row: tuple[Any, ...]) -> LedgerEntry:
    index, at, kind, record, leaf, root = row
    return LedgerEntry(index, at, kind, _body(record), record, leaf, root)


def _body(record: bytes) -> Mapping[str, Any]:
    # A damaged record must still reach the verifier, which names it; it stands for nothing else.
    try:
        body = json.loads(record)["body"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _workflow(row: tuple[Any, ...]) -> WorkflowRow:
    name, release, proposed_by, at, definition, granted, monitor = row
    return WorkflowRow(name, release, proposed_by, at, json.loads(definition), _json(granted), _json(monitor))


def _evidence(row: tuple[Any, ...]) -> Evidence:
    digest, release, kind, evidence_class, source, at, body = row
    return Evidence(digest, release, kind, EvidenceClass(evidence_class), source, at, json.loads(body))


def _intent(row: tuple[Any, ...]) -> Intent:
    key, workflow, release, label, epoch, payload, before, after, state, owner, lease_until, receipt, entry = row
    return Intent(
        key=key,
        workflow=workflow,
        release=release,
        label=label,
        epoch=epoch,
        payload_digest=payload,
        before=json.loads(before),
        after=_json(after),
        state=IntentState(state),
        owner=owner,
        lease_until=lease_until,
        receipt=receipt,
        entry=entry,
    )


def _decision(row: tuple[Any, ...]) -> DecisionRow:
    key, workflow, release, verb, reasons, audited, inputs, at, entry, outcome, wrong, observed = row
    known = None if wrong is None else bool(wrong)
    return DecisionRow(
        key,
        workflow,
        release,
        verb,
        tuple(json.loads(reasons)),
        bool(audited),
        json.loads(inputs),
        at,
        entry,
        outcome,
        known,
        observed,
    )


def _json(text: str | None) -> Any:
    return None if text is None else json.loads(text)
