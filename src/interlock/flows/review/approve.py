"""A person's leave to do what was proposed: for one effect, once, for a limited time."""

import datetime as dt
from typing import Any

from interlock.engine.rollout.definition import definition_of
from interlock.engine.rollout.gate import effect_allowed
from interlock.engine.timestamp import stamp
from interlock.ports.queue import ReviewRow
from interlock.ports.store import DecisionRow, Reading, Transaction
from interlock.terms.errors import BadInput
from interlock.terms.intent import IntentState
from interlock.terms.review import ReviewKind, ReviewPlan


def approval(
    tx: Transaction, review: ReviewRow, case: DecisionRow | None, label: str, plan: ReviewPlan, now: dt.datetime
) -> dict[str, Any]:
    """What the record of the review says of the approval: until when it lasts.

    Raises BadInput where there is nothing to approve: the review is of another kind, another label was decided, the
    label is forbidden, the effect may not be applied at all, or it was begun and did not fail for certain.
    """
    reason = reason_against_approval(tx, review, case, label)
    if reason:
        raise BadInput(f"case '{review.key}' cannot be approved: {reason}; decide without approving it")
    return {"approved_until": stamp(now + dt.timedelta(hours=plan.approval_h))}


def reason_against_approval(reading: Reading, review: ReviewRow, case: DecisionRow | None, label: str) -> str:
    """Why what was proposed cannot be approved by deciding this label, "" where it can."""
    row = reading.workflow(review.workflow)
    if review.kind != ReviewKind.DECISION or case is None or row is None:
        return "only what waits for a decision can be"
    proposed = str(case.inputs["proposal"]["label"]).strip()
    if label != proposed:
        return f"the effect was proposed for '{proposed}', not for '{label}', and what you decide is for people to do"
    definition = definition_of(row.definition)
    if label in definition.limits.forbidden:
        return f"'{label}' is forbidden by the workflow's limits, also after review"
    if not effect_allowed(definition):
        return "its effect has no undo and no signed statement, or a blind target that is not signed off"
    state = reading.intent_state(review.key)
    if state not in {None, IntentState.FAILED}:
        return f"its effect was begun before ({state}), and nobody knows for certain that it did not happen"
    return ""
