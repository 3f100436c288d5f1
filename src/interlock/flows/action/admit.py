"""Admit a case: decide, record the decision with its inputs and, where it applies, the intent - in one transaction."""

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from numbers import Real
from typing import Any

from interlock.engine.action.decide import decide
from interlock.engine.oversight.audits.sampling import audit_draw
from interlock.engine.rollout.definition import definition_of
from interlock.engine.rollout.gate import effect_allowed
from interlock.engine.timestamp import moment, stamp
from interlock.flows.ledger.record import record
from interlock.flows.oversight.audits.salts import salt_in_force
from interlock.ports.store import DecisionRow, Transaction, WorkflowRow
from interlock.terms.decision import Decision, DecisionInputs, GrantFacts, Proposal, Verb
from interlock.terms.errors import BadInput
from interlock.terms.intent import Intent, IntentState

LEASE_S = 30
REVIEW_DUE_H = 24


@dataclass(frozen=True, slots=True)
class Admitted:
    """What was decided, and the intent to carry out (None unless applied).

    `repeated`: the key was known already; `state` is then where its intent stands (None: it had none).
    """

    decision: Decision
    intent: Intent | None
    repeated: bool
    state: IntentState | None = None


def scopes_of(workflow: str) -> tuple[str, ...]:
    """The kill scopes that an action of a workflow falls under."""
    return ("global", f"workflow:{workflow}")


def admit(
    tx: Transaction,
    workflow: str,
    proposal: Proposal,
    *,
    before: Mapping[str, Any] | None,
    owner: str,
    now: dt.datetime,
) -> Admitted:
    """Decide on a proposal. The caller holds the drain locks of the workflow's scopes.

    `before` is the target's state as just read; None where there is no target, and then nothing is applied. A key
    that was decided before returns that decision and no intent. Raises BadInput for an unknown workflow, and for a key
    under which another workflow decided.
    """
    known = tx.decision(proposal.key)
    if known is not None:
        return _known(tx, workflow, known)
    row = tx.workflow(workflow)
    if row is None:
        raise BadInput(f"there is no workflow '{workflow}'; apply its definition first")
    at = stamp(now)
    proposal = replace(proposal, confidence=_number(proposal.confidence), novelty=_number(proposal.novelty))
    inputs = _inputs(tx, row, proposal, has_target=before is not None, at=at)
    decision = decide(inputs)
    record(tx, "decision.made", _decision_body(row, inputs, decision), at=at)
    if decision.verb is Verb.REVIEW:
        open_review(tx, row.name, proposal.key, "decision", now)
    if decision.verb is not Verb.APPLY:
        return Admitted(decision, None, repeated=False)
    return Admitted(decision, _admit_intent(tx, row, proposal, before or {}, owner, now), repeated=False)


def _known(tx: Transaction, workflow: str, known: DecisionRow) -> Admitted:
    if known.workflow != workflow:
        raise BadInput(f"the key '{known.key}' was used by '{known.workflow}': put the workflow's name into its keys")
    decision = Decision(Verb(known.verb), known.reasons, known.audited)
    intent = tx.intent(known.key)
    return Admitted(decision, None, repeated=True, state=intent.state if intent else None)


def _number(measured: object) -> float | None:
    """A measure as it can be recorded; what is no finite number is unknown, and then a person decides."""
    if isinstance(measured, bool) or not isinstance(measured, Real):
        return None
    number = float(measured)
    return number if math.isfinite(number) else None


def _inputs(tx: Transaction, row: WorkflowRow, proposal: Proposal, *, has_target: bool, at: str) -> DecisionInputs:
    definition = definition_of(row.definition)
    salt = salt_in_force(tx, row.name, row.release)
    grant = row.grant
    # Without the salt no audit can be drawn, and unaudited authority is none: the decision becomes shadow.
    facts = None if grant is None or salt is None else _facts(grant)
    return DecisionInputs(
        proposal=proposal,
        current_release=row.release,
        owners_named=definition.owners.named,
        effect_allowed=has_target and effect_allowed(definition),
        label_known=grant is not None and proposal.label in grant["labels"],
        limits=definition.limits,
        grant=facts,
        halted=tx.halted(scopes_of(row.name)),
        applied_today=tx.applied_on(row.name, at[:10]) if definition.limits.applied_per_day is not None else 0,
        traffic_draw=audit_draw(f"traffic:{proposal.key}", salt=salt) if salt else 1.0,
        audit_draw=audit_draw(f"audit:{proposal.key}", salt=salt) if salt else 1.0,
        at=at,
    )


def _facts(grant: Mapping[str, Any]) -> GrantFacts:
    names = ("release", "threshold", "traffic_share", "audit_share", "expires_at")
    return GrantFacts(**{name: grant[name] for name in names})


def _decision_body(row: WorkflowRow, inputs: DecisionInputs, decision: Decision) -> dict[str, Any]:
    # The limits are part of the release's definition, which is recorded once.
    recorded = {field.name: getattr(inputs, field.name) for field in fields(inputs) if field.name != "limits"}
    return {
        "key": inputs.proposal.key,
        "workflow": row.name,
        "release": row.release,
        "verb": decision.verb,
        "reasons": decision.reasons,
        "audited": int(decision.audited),
        "inputs": recorded,
    }


def _admit_intent(
    tx: Transaction, row: WorkflowRow, proposal: Proposal, before: Mapping[str, Any], owner: str, now: dt.datetime
) -> Intent:
    epoch = sum(tx.epoch(scope) for scope in scopes_of(row.name))
    lease_until = stamp(now + dt.timedelta(seconds=LEASE_S))
    body = {
        "key": proposal.key,
        "workflow": row.name,
        "release": row.release,
        "label": proposal.label,
        "epoch": epoch,
        "payload_digest": proposal.payload_digest,
        "before": dict(before),
        "undo": row.definition["effect"]["undo"],
        "owner": owner,
        "lease_until": lease_until,
    }
    entry = record(tx, "intent.admitted", body, at=stamp(now))
    return Intent(
        proposal.key,
        row.name,
        row.release,
        proposal.label,
        epoch,
        proposal.payload_digest,
        dict(before),
        None,
        IntentState.EXECUTING,
        owner,
        lease_until,
        None,
        entry.index,
    )


def open_review(tx: Transaction, workflow: str, key: str, kind: str, now: dt.datetime) -> None:
    """Put a case in the queue with its due time."""
    due_at = stamp(now + dt.timedelta(hours=REVIEW_DUE_H))
    record(tx, "review.opened", {"workflow": workflow, "key": key, "kind": kind, "due_at": due_at}, at=stamp(now))


def lease_is_live(intent: Intent, *, now: dt.datetime) -> bool:
    """Whether the holder of an executing intent may still be at work."""
    return now < moment(intent.lease_until)
