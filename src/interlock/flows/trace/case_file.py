"""One case as a page explains it: its trace, where it stands, who saw its content, and what may be done about it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from interlock.engine.review.changes import FieldChange, field_changes
from interlock.engine.rollout.definition import definition_of
from interlock.flows.access.shown import Seen, who_saw
from interlock.flows.erasure.needed import still_needed
from interlock.flows.trace.case_trace import case_trace
from interlock.ports.cases import CaseRow
from interlock.ports.store import DecisionRow, Reading
from interlock.terms.intent import Intent, IntentState
from interlock.terms.trace import CaseTrace


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything about one case but its content. `limits` are those of its release as they are recorded.

    `keeps_content`: something of it can be shown. `needed` says why that cannot be erased, "" where it can be.
    `can_be_undone`: its effect stands, its undo was named, and nobody waits for that already.
    """

    row: CaseRow
    decision: DecisionRow
    trace: CaseTrace
    limits: Mapping[str, Any]
    seen: tuple[Seen, ...]
    keeps_content: bool
    needed: str
    can_be_undone: bool


@dataclass(frozen=True, slots=True)
class CaseContents:
    """What is kept of a case and may be erased: None where it is not there (any more)."""

    text: str | None
    target: str | None
    facts: Mapping[str, Any]
    arguments: Mapping[str, Any]
    changes: tuple[FieldChange, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is kept."""
        return self.text is None and self.target is None and not (self.facts or self.arguments or self.changes)


def case_file(reading: Reading, row: CaseRow, *, now: dt.datetime) -> CaseFile:
    """The file of a decided case. Raises BadInput where its decision is gone."""
    trace = case_trace(reading, row.workflow, row.key)
    decision = reading.decision(row.key)
    assert decision is not None  # noqa: S101 - the trace was made from it
    kept, intent = reading.content_of(row.key), reading.intent(row.key)
    waits = any(review.kind == "undo" and review.closed_at is None for review in reading.case_reviews(row.key))
    return CaseFile(
        row=row,
        decision=decision,
        trace=trace,
        limits=_limits(reading, decision),
        seen=who_saw(reading, row.key, row.workflow),
        keeps_content=not kept.is_gone,
        needed=still_needed(reading, row.key, undo_days=_undo_days(reading, row.workflow), now=now),
        can_be_undone=_stands(intent) and not waits,
    )


def case_contents(reading: Reading, decision: DecisionRow) -> CaseContents:
    """What is kept of a case. Whoever shows it has put that on record before (flows.access.shown)."""
    payload = decision.payload or {}
    intent = reading.intent(decision.key)
    digest = decision.inputs.get("proposal", {}).get("payload_digest")
    return CaseContents(
        text=reading.payload(decision.key, digest) if isinstance(digest, str) else None,
        target=payload.get("target"),
        facts=payload.get("facts") or {},
        arguments=payload.get("arguments") or {},
        changes=field_changes(None if intent is None else intent.before, None if intent is None else intent.after),
    )


def _limits(reading: Reading, decision: DecisionRow) -> Mapping[str, Any]:
    defined = reading.newest_first("release.defined", decision.workflow, before=decision.entry)
    found = next((entry.body for entry in defined if entry.body.get("release") == decision.release), {})
    limits = found.get("definition", {}).get("limits", {})
    return limits if isinstance(limits, dict) else {}


def _undo_days(reading: Reading, workflow: str) -> int:
    row = reading.workflow(workflow)
    return 0 if row is None else definition_of(row.definition).undo_days


def _stands(intent: Intent | None) -> bool:
    return intent is not None and intent.state is IntentState.DONE and intent.undo is not None
