"""What each kind of ledger entry changes in the state tables. Replaying the ledger through this rebuilds them.

Parameters are the entry's body (objects and lists as JSON text) with `entry` and `at`.
"""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from interlock.terms.ledger import LedgerEntry

_SCOPE = """
INSERT INTO scope (name, epoch, halted) VALUES (:scope, :epoch, :halted)
ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch, halted = excluded.halted
"""
_MONITOR = "UPDATE workflow SET monitor = :monitor WHERE name = :workflow"
_GRANT_ENDED = "UPDATE workflow SET granted = NULL WHERE name = :workflow"
_OUTCOME = """
UPDATE decision SET outcome = :label, wrong = :wrong, observed_entry = :entry WHERE key = :key
"""

STATEMENTS: Mapping[str, tuple[str, ...]] = {
    "release.defined": (
        """
        INSERT INTO workflow (name, release, proposed_by, at, definition)
        VALUES (:workflow, :release, :proposed_by, :at, :definition)
        ON CONFLICT (name) DO UPDATE SET release = excluded.release, proposed_by = excluded.proposed_by,
          at = excluded.at, definition = excluded.definition, granted = NULL, monitor = NULL
        """,
    ),
    "evidence.recorded": (
        """
        INSERT INTO evidence (digest, workflow, release, kind, class, source, at, body, entry)
        VALUES (:digest, :workflow, :release, :kind, :class, :source, :at, :body, :entry)
        """,
    ),
    "grant.given": ("UPDATE workflow SET granted = :grant, monitor = :monitor WHERE name = :workflow",),
    "grant.ended": (_GRANT_ENDED,),
    "decision.made": (
        """
        INSERT INTO decision (key, workflow, release, verb, reasons, audited, inputs, at, entry)
        VALUES (:key, :workflow, :release, :verb, :reasons, :audited, :inputs, :at, :entry)
        """,
    ),
    "intent.admitted": (
        """
        INSERT INTO intent (key, workflow, release, label, epoch, payload_digest, before, state, owner, lease_until,
                            day, entry)
        VALUES (:key, :workflow, :release, :label, :epoch, :payload_digest, :before, 'executing', :owner, :lease_until,
                substr(:at, 1, 10), :entry)
        """,
    ),
    "intent.completed": ("UPDATE intent SET state = 'done', receipt = :receipt, after = :after WHERE key = :key",),
    "intent.failed": ("UPDATE intent SET state = 'failed' WHERE key = :key",),
    "intent.in_doubt": ("UPDATE intent SET state = 'in_doubt' WHERE key = :key",),
    "undo.admitted": ("UPDATE intent SET state = 'undoing' WHERE key = :key",),
    "intent.undone": ("UPDATE intent SET state = 'undone' WHERE key = :key",),
    "review.opened": (
        """
        INSERT INTO review (key, kind, workflow, opened_at, due_at) VALUES (:key, :kind, :workflow, :at, :due_at)
        ON CONFLICT (key, kind) DO UPDATE SET opened_at = excluded.opened_at, due_at = excluded.due_at,
          closed_at = NULL, reviewer = NULL, label = NULL
        WHERE closed_at IS NOT NULL
        """,
    ),
    "review.closed": (
        """
        UPDATE review SET closed_at = :at, reviewer = :reviewer, label = :label
        WHERE key = :key AND kind = :kind AND closed_at IS NULL
        """,
    ),
    "outcome.observed": (_OUTCOME,),
    "monitor.updated": (_MONITOR,),
    "kill.fenced": (_SCOPE,),
    "scope.resumed": (_SCOPE,),
    # Recorded for people and auditors; they change no state.
    "gate.judged": (),
    "promotion.refused": (),
    "kill.quiesced": (),
    "undo.refused": (),
    "salt.committed": (),
    "salt.published": (),
    "known_cases.planted": (),
    "known_case.opened": (),
}


def project(connection: sqlite3.Connection, entry: LedgerEntry) -> None:
    """Apply one entry to the state tables; an unknown kind is an error, never skipped."""
    parameters = {name: _cell(value) for name, value in entry.body.items()} | {"entry": entry.index, "at": entry.at}
    for statement in STATEMENTS[entry.kind]:
        connection.execute(statement, parameters)


def _cell(value: Any) -> str | int | float | None:
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"a ledger body holds JSON only, not {type(value).__name__}")
