"""What time does to a review that nobody decides: it is put to others, and a decision is refused in the end."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from interlock.engine.rollout.definition import definition_of
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.flows.review.eligible import check_free, check_named
from interlock.ports.clock import Clock
from interlock.ports.queue import ReviewRow
from interlock.ports.store import Reading, Store, Transaction
from interlock.terms.errors import BadInput
from interlock.terms.intent import IntentState
from interlock.terms.person import Person
from interlock.terms.review import SAFETY_OWNER, VALUE_OWNER, ReviewKind
from interlock.terms.workflow import WorkflowDefinition

REASON_MAX = 500
BATCH = 50  # reviews a transaction: others get their turn in between


@dataclass(frozen=True, slots=True)
class Escalation:
    """A review that was put to others: to whom, and when it is due again."""

    workflow: str
    key: str
    kind: str
    to: tuple[str, ...]
    due_at: str


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did. `refused`: decisions (workflow, key) that nobody took in time, of which nothing was applied.

    `missing`: reviews (workflow, key, kind) that are late a second time and stay open, for time cannot decide them.
    """

    escalated: tuple[Escalation, ...]
    refused: tuple[tuple[str, str], ...]
    missing: tuple[tuple[str, str, str], ...]


def escalate(store: Store, *, clock: Clock, workflow: str | None = None) -> Swept:
    """Go over the reviews that are late, once. May run in several processes at once: each case is moved by one.

    Late the first time, a review is escalated and gets a new due time. Late again, a decision of which nothing was
    applied is refused, unless somebody has it in hand. An audit, an undo and an effect in doubt are never refused.
    """
    with store.reading() as reading:
        late = _late(reading, workflow, stamp(clock()))
    escalated: list[Escalation] = []
    refused: list[tuple[str, str]] = []
    missing: list[tuple[str, str, str]] = []
    for start in range(0, len(late), BATCH):
        with store.transaction() as tx:
            for found in late[start : start + BATCH]:
                done = _move(tx, found, clock())
                if isinstance(done, Escalation):
                    escalated.append(done)
                elif done is _REFUSED:
                    refused.append((found.workflow, found.key))
                elif done is _MISSING:
                    missing.append((found.workflow, found.key, found.kind))
    return Swept(tuple(escalated), tuple(refused), tuple(missing))


_REFUSED, _MISSING = object(), object()


def escalate_by(
    store: Store, workflow: str, key: str, kind: str, *, by: Person, reason: str, clock: Clock
) -> Escalation:
    """A person puts a review to those whom the definition names, before it is late. It is in nobody's hands afterwards.

    Raises BadInput where there is no such open review, where others have it in hand or it was put to them before, and
    without a reason: it is recorded with the name.
    """
    check_named(by)
    words = reason.strip()
    if not 0 < len(words) <= REASON_MAX:
        raise BadInput(f"say in 1 to {REASON_MAX} characters why somebody else should decide it")
    with store.transaction() as tx:
        now = clock()
        review = tx.hold_review(key, kind)
        row = None if review is None or review.workflow != workflow else tx.workflow(workflow)
        if review is None or row is None:
            raise BadInput(f"there is no {kind} review of case '{key}' in '{workflow}'")
        check_free(review, by, at=stamp(now))
        if review.escalations:
            put = ", ".join(review.asked) or "nobody: no owner is named"
            raise BadInput(f"the {kind} review of case '{key}' was put to others before ({put})")
        if review.holder(stamp(now)) is not None:
            body = {"workflow": workflow, "key": key, "kind": kind, "reviewer": by.name}
            record(tx, "review.released", body, at=stamp(now))
        said = {"by": by.name, "authenticated": by.authenticated, "reason": words}
        return _escalated(tx, review, definition_of(row.definition), now, said=said)


def is_missing(review: ReviewRow, at: str) -> bool:
    """Whether the review is late although it was put to others before."""
    return review.closed_at is None and review.escalations > 0 and review.due_at < at


def _late(reading: Reading, workflow: str | None, at: str) -> tuple[ReviewRow, ...]:
    limit = BATCH
    while len(found := reading.queue(workflow, due_before=at, limit=limit)) == limit:
        limit *= 8
    return found


def _move(tx: Transaction, found: ReviewRow, now: dt.datetime) -> object:
    at = stamp(now)
    review = tx.hold_review(found.key, found.kind, wait=False)
    if review is None or review.closed_at is not None or not review.due_at < at:
        return None  # somebody was quicker
    row = tx.workflow(review.workflow)
    definition = None if row is None else definition_of(row.definition)
    if definition is None:
        return None
    if not review.escalations:
        return _escalated(tx, review, definition, now)
    if not _may_be_refused(tx, review):
        return _MISSING
    if review.holder(at) is not None:
        return None
    reason = f"nobody decided within {definition.review.refuse_after_h:g} hours of its escalation"
    body = {"workflow": review.workflow, "key": review.key, "kind": review.kind, "reason": reason}
    record(tx, "review.refused", {**body, "due_at": review.due_at}, at=at)
    return _REFUSED


def _escalated(
    tx: Transaction,
    review: ReviewRow,
    definition: WorkflowDefinition,
    now: dt.datetime,
    *,
    said: Mapping[str, Any] | None = None,
) -> Escalation:
    due_at = stamp(now + dt.timedelta(hours=definition.review.refuse_after_h))
    # Who was named to settle a disagreement still may, and so may those who are asked now.
    to = tuple(dict.fromkeys((*review.asked, *people_to_ask(definition))))
    body = {"workflow": review.workflow, "key": review.key, "kind": review.kind, "to": to, "due_at": due_at}
    record(tx, "review.escalated", {**body, "was_due_at": review.due_at, **(said or {})}, at=stamp(now))
    return Escalation(review.workflow, review.key, review.kind, to, due_at)


def people_to_ask(definition: WorkflowDefinition) -> tuple[str, ...]:
    """Those whom a late review is put to, by name; roles of owners are the people who hold them."""
    owners = definition.owners
    roles = {SAFETY_OWNER: owners.safety, VALUE_OWNER: owners.value}
    named = (roles.get(name, name) for name in definition.review.escalate_to)
    return tuple(dict.fromkeys(name for name in named if name))


def _may_be_refused(tx: Transaction, review: ReviewRow) -> bool:
    """Only a decision of which it is certain that nothing was applied."""
    return review.kind == ReviewKind.DECISION and tx.intent_state(review.key) in {None, IntentState.FAILED}
