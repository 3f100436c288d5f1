"""Rows of the store as terms."""

from collections.abc import Mapping
from typing import Any

import orjson

from interlock.ports.queue import ReviewRow
from interlock.ports.store import DecisionRow, WorkflowRow
from interlock.terms.evidence import Evidence, EvidenceClass
from interlock.terms.intent import Intent, IntentState
from interlock.terms.ledger import LedgerEntry

Row = tuple[Any, ...]

ENTRY = "SELECT entry, at, kind, record, leaf, payload FROM ledger"
EVIDENCE = "digest, release, kind, class, source, at, body"
KEEP_TEXT = "INSERT INTO payload (key, digest, at, text)"
# A decision's row is thin: its inputs, and what an intent needs to be finished or undone, are in its ledger entries.
DECISION = """
SELECT d.key, d.workflow, d.release, d.verb, d.audited, d.at, d.entry, d.outcome, d.wrong, d.observed_entry,
       l.record, l.payload, d.settled_entry, d.erased_entry
FROM decision d JOIN ledger l ON l.entry = d.entry
"""
INTENT = """
SELECT d.key, d.workflow, d.release, d.epoch, d.state, d.owner, d.lease_until, d.intent_entry, d.tenant, d.segment,
       d.action, l.record, l.payload, s.record, s.payload
FROM decision d JOIN ledger l ON l.entry = d.intent_entry LEFT JOIN ledger s ON s.entry = d.settled_entry
"""
REVIEW = """
SELECT key, kind, workflow, opened_at, due_at, closed_at, reviewer, label, claimed_by, claimed_until, escalations,
       asked, approved_until
FROM review
"""
WORKFLOW = "SELECT name, release, proposed_by, at, definition, granted, monitor FROM workflow"


def entry_of(row: Row) -> LedgerEntry:
    """A row of ENTRY."""
    index, at, kind, record, leaf, kept = row
    payload = None if kept is None else payload_of(kept) or {}  # a damaged one must not pass for an erased one
    return LedgerEntry(index, at, kind, body_of(record), bytes(record), bytes(leaf), payload)


def body_of(record: bytes | memoryview) -> Mapping[str, Any]:
    """The body of a record. A damaged one must still reach the verifier, which names it; it stands for nothing else."""
    try:
        body = orjson.loads(bytes(record))["body"]
    except (ValueError, KeyError, TypeError):
        return {}
    return body if isinstance(body, dict) else {}


def payload_of(payload: bytes | memoryview | None) -> Mapping[str, Any] | None:
    """Content that may have been erased; what was damaged is the verifier's to name."""
    if payload is None:
        return None
    try:
        content = orjson.loads(bytes(payload))
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def workflow_of(row: Row) -> WorkflowRow:
    """A row of WORKFLOW."""
    name, release, proposed_by, at, definition, granted, monitor = row
    return WorkflowRow(name, release, proposed_by, at, orjson.loads(definition), _json(granted), _json(monitor))


def evidence_of(row: Row) -> Evidence:
    """A row of EVIDENCE."""
    digest, release, kind, evidence_class, source, at, body = row
    return Evidence(digest, release, kind, EvidenceClass(evidence_class), source, at, orjson.loads(body))


def review_of(row: Row) -> ReviewRow:
    """A row of REVIEW."""
    asked = tuple(_json(row[11]) or ())
    return ReviewRow(*(*row[:11], asked, *row[12:]))


def decision_of(row: Row) -> DecisionRow:
    """A row of DECISION."""
    key, workflow, release, verb, audited, at, entry, outcome, wrong, observed, record, payload, settled, erased = row
    body = body_of(record)
    return DecisionRow(
        key=key,
        workflow=workflow,
        release=release,
        verb=verb,
        reasons=tuple(body.get("reasons", ())),
        audited=bool(audited),
        inputs=body.get("inputs", {}),
        at=at,
        entry=entry,
        outcome=outcome,
        wrong=None if wrong is None else bool(wrong),
        observed_entry=observed,
        payload=payload_of(payload),
        settled_entry=settled,
        erased_entry=erased,
    )


def intent_of(row: Row) -> Intent:
    """A row of INTENT."""
    key, workflow, release, epoch, state, owner, lease_until, entry, tenant, segment, action = row[:11]
    body, payload = body_of(row[11]), payload_of(row[12]) or {}
    settled, settled_payload = body_of(row[13]) if row[13] is not None else {}, payload_of(row[14]) or {}
    proposal = body.get("inputs", {}).get("proposal", {})
    return Intent(
        key=key,
        workflow=workflow,
        release=release,
        label=body.get("label", proposal.get("label", "")),
        epoch=epoch,
        payload_digest=body.get("payload_digest", proposal.get("payload_digest", "")),
        before=payload.get("before", body.get("before")),
        after=settled_payload.get("after", settled.get("after")),
        state=IntentState(state),
        owner=owner,
        lease_until=lease_until,
        receipt=settled.get("receipt"),
        entry=entry,
        undo=body.get("undo"),
        tenant=tenant,
        segment=segment,
        action=action,
    )


def _json(text: str | None) -> Any:
    return None if text is None else orjson.loads(text)
