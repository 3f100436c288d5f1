"""A reviewer takes a decision of their own back: for a short while, and only while nothing was built on it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from interlock.engine.rollout.people import same_person
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.flows.review.eligible import check_named
from interlock.flows.review.open import plan_of
from interlock.ports.clock import Clock
from interlock.ports.queue import ReviewRow
from interlock.ports.store import DecisionRow, Reading, Store, Transaction
from interlock.terms.errors import BadInput
from interlock.terms.ledger import LedgerEntry
from interlock.terms.person import Person
from interlock.terms.review import BLIND

UNDO_FOR = dt.timedelta(minutes=10)
FINAL = "a blind answer is final: whoever has given it was shown what the AI had answered"
# What counts or may have counted the outcomes that were known by then.
BUILT_ON = ("evidence.recorded", "gate.judged", "grant.given")


@dataclass(frozen=True, slots=True)
class Reopened:
    """A review that waits again, in its reviewer's hands until `until`; `withdrawn`: its outcome was taken back."""

    workflow: str
    key: str
    kind: str
    until: str
    withdrawn: bool


def reopen_review(store: Store, workflow: str, key: str, kind: str, *, by: Person, clock: Clock) -> Reopened:
    """Take one's own decision back. The review waits again in the same hands; the outcome that it was is none any more.

    What was recorded stays recorded: this is one more entry. Raises BadInput where there is no such decision of that
    person, and where it cannot be taken back (see `reason_against_reopening`).
    """
    check_named(by)
    with store.transaction() as tx:
        now = clock()
        tx.fence()  # an effect that was approved is begun before, and then seen here, or not at all
        review = tx.hold_review(key, kind)
        if review is None or review.workflow != workflow:
            raise BadInput(f"there is no {kind} review of case '{key}' in '{workflow}'")
        reason = reason_against_reopening(tx, review, by=by, now=now)
        closing = closing_of(tx, review)
        if reason or closing is None:
            raise BadInput(f"the {kind} review of case '{key}' stays as it is: {reason}")
        until = stamp(now + dt.timedelta(minutes=plan_of(tx, workflow).claim_minutes))
        body: dict[str, Any] = {"workflow": workflow, "key": key, "kind": kind, "reviewer": by.name, "until": until}
        body |= {"closing": closing.index, "authenticated": by.authenticated}
        outcome = _outcome_of(tx, tx.decision(key), closing)
        body |= {} if outcome is None else {"outcome": outcome}
        record(tx, "review.reopened", body, at=stamp(now))
    return Reopened(workflow, key, kind, until, withdrawn=outcome is not None)


def reason_against_reopening(reading: Reading, review: ReviewRow, *, by: Person, now: dt.datetime) -> str:
    """Why the person cannot take the decision of a review back, "" where they can."""
    if review.kind in BLIND:
        return FINAL
    if review.closed_at is None:
        return "it waits for a decision"
    if review.reviewer is None:
        return "time has refused it, and no person"
    if not same_person(review.reviewer, by.name):
        return f"{review.reviewer} decided it, and only they may take that back"
    closing = closing_of(reading, review)
    if closing is None:
        return "how it was decided is not on record"
    if closing.body.get("authenticated") and not by.authenticated:
        return "whoever decided it was known to be who they are, and you are not"
    if stamp(now) >= stamp(undo_ends(closing)):
        return f"a decision can be taken back for {UNDO_FOR.seconds // 60} minutes, and these are over"
    return _built_on(reading, review, closing)


def undo_ends(closing: LedgerEntry) -> dt.datetime:
    """Until when the decision that an entry records can be taken back."""
    return dt.datetime.fromisoformat(closing.at) + UNDO_FOR


def closing_of(reading: Reading, review: ReviewRow) -> LedgerEntry | None:
    """The entry by which a person decided a review; None while it is open, and where time refused it."""
    if review.closed_at is None:
        return None
    for entry in reading.newest_first("review.closed", review.workflow):
        if entry.at < review.closed_at:
            return None
        if (entry.at, entry.body.get("key"), entry.body.get("kind")) == (review.closed_at, review.key, review.kind):
            return entry
    return None


def _built_on(reading: Reading, review: ReviewRow, closing: LedgerEntry) -> str:
    if closing.body.get("approved_until") is not None and review.approved_until is None:
        return "the effect that it approved was begun"
    for kind in BUILT_ON:
        newest = reading.newest_of(kind, review.workflow)
        if newest is not None and newest.index > closing.index:
            return f"entry {newest.index} ({kind}) of '{review.workflow}' was recorded since, and may count it"
    case = reading.decision(review.key)
    if case is not None and case.erased_entry is not None and case.erased_entry > closing.index:
        return "the content of the case was erased since, so that nobody could look at it again"
    return ""


def _outcome_of(tx: Transaction, case: DecisionRow | None, closing: LedgerEntry) -> int | None:
    """The entry of the outcome that the decision itself made known; None where it was known before, or from others."""
    if case is None or case.observed_entry is None or case.observed_entry < closing.index:
        return None
    entry = next(tx.entries(case.observed_entry, case.observed_entry + 1), None)
    if entry is None or (entry.at, entry.body.get("by")) != (closing.at, closing.body.get("reviewer")):
        return None
    return entry.index
