"""A person found out what became of an effect in doubt, and says so. The list of what is in doubt."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from interlock.engine.rollout.people import known_as
from interlock.engine.timestamp import stamp
from interlock.flows.action.admit import lease_is_live
from interlock.flows.ledger.record import record
from interlock.flows.review.open import due_at, plan_of
from interlock.ports.clock import Clock
from interlock.ports.store import Reading, Store, Transaction
from interlock.terms.errors import BadInput
from interlock.terms.intent import Intent, IntentState
from interlock.terms.person import Person
from interlock.terms.review import ReviewKind

GONE = "its holder is gone: `interlock recover` finds out what can be found out"
HALF_UNDONE = "its undo did not come to an end: `interlock recover` goes on with it"


@dataclass(frozen=True, slots=True)
class InDoubt:
    """An effect of which nobody knows whether it happened: since when (RFC 3339), and why."""

    workflow: str
    key: str
    label: str
    owner: str
    since: str
    reason: str


def in_doubt(reading: Reading, workflow: str, *, at: str) -> Iterator[InDoubt]:
    """What is in doubt, and what is still executing, or being undone, under a lease that has ended by the time `at`."""
    reasons = {entry.body["key"]: entry for entry in reading.entries_of("intent.in_doubt", workflow)}
    for intent in reading.intents(f"workflow:{workflow}", state=IntentState.IN_DOUBT):
        entry = reasons[intent.key]
        yield InDoubt(workflow, intent.key, intent.label, intent.owner, entry.at, entry.body["reason"])
    for state, reason in ((IntentState.EXECUTING, GONE), (IntentState.UNDOING, HALF_UNDONE)):
        for intent in reading.intents(f"workflow:{workflow}", state=state):
            if intent.lease_until <= at:
                yield InDoubt(workflow, intent.key, intent.label, intent.owner, intent.lease_until, reason)


def settle(store: Store, workflow: str, key: str, *, applied: bool, by: Person, reason: str, clock: Clock) -> None:
    """Record that an effect in doubt was applied, or was not (what it took from running limits is given back).

    Its review, where one is open, stays open: what is right for the case is another question. Raises BadInput where the
    effect is not in doubt, where its holder may still be at work, and where the name or the reason is blank.
    """
    if not known_as(by.name) or not reason.strip():
        raise BadInput("say who found out what became of it, and how: --as NAME --reason WHY")
    with store.transaction() as tx:
        tx.fence()  # nobody may claim the intent in order to send it again while a person says what became of it
        now = clock()
        intent = tx.intent(key)
        if intent is None or intent.workflow != workflow:
            raise BadInput(f"'{workflow}' has no effect under '{key}'; `interlock get in-doubt` lists what is in doubt")
        if intent.state is IntentState.EXECUTING and lease_is_live(intent, now=now):
            raise BadInput(f"'{key}' is at work until {intent.lease_until} at the latest: wait until then")
        if intent.state is IntentState.UNDOING:
            raise BadInput(f"'{key}' was applied and is being undone: `interlock recover` goes on with the undo")
        if intent.state not in {IntentState.EXECUTING, IntentState.IN_DOUBT}:
            raise BadInput(f"'{key}' is not in doubt: it is {intent.state}")
        facts = {"by": by.name, "authenticated": by.authenticated, "reason": reason}
        if applied:
            body = {"workflow": workflow, "key": key, **facts, **_audit(tx, intent, now)}
            record(tx, "intent.completed", body, at=stamp(now))
        else:
            record_not_applied(tx, intent, facts, now=now)


def record_not_applied(tx: Transaction, intent: Intent, facts: Mapping[str, Any], *, now: dt.datetime) -> None:
    """Record that an unsettled effect was not applied. It waits for a person, unless one looked at it already."""
    body = {"workflow": intent.workflow, "key": intent.key, **facts}
    entry = next(tx.entries(intent.entry, intent.entry + 1), None)
    if entry is not None and entry.body.get("reserved"):
        body["reserved"] = entry.body["reserved"]
    if tx.review(intent.key, ReviewKind.DECISION) is None:
        body["review_due_at"] = due_at(plan_of(tx, intent.workflow), ReviewKind.DECISION, now)
    record(tx, "intent.failed", body, at=stamp(now))


def _audit(tx: Transaction, intent: Intent, now: dt.datetime) -> dict[str, Any]:
    row = tx.decision(intent.key)
    if row is None or not row.audited:
        return {}
    return {"audit_due_at": due_at(plan_of(tx, intent.workflow), ReviewKind.AUDIT, now)}
