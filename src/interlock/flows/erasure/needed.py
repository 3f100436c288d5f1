"""Who may still need the content of a case: then it is not erased."""

import datetime as dt

from interlock.engine.timestamp import moment, stamp
from interlock.ports.queue import ReviewRow
from interlock.ports.store import Reading
from interlock.terms.intent import Intent, IntentState

IN_PROGRESS = {
    IntentState.EXECUTING: "its effect is being carried out, or its holder died: `interlock recover` finds out",
    IntentState.UNDOING: "it is being undone, or that was cut short: `interlock recover` goes on with it",
    IntentState.IN_DOUBT: "nobody knows yet whether its effect happened: `interlock settle` says so",
}


def still_needed(reading: Reading, key: str, *, undo_days: int, now: dt.datetime) -> str:
    """Why the content of a case cannot be erased at the time `now`, "" where nobody needs it any more.

    What was applied can be undone for `undo_days` from its receipt, unless it has no undo.
    """
    at = stamp(now)
    intent = reading.intent(key)
    reasons = [_of_intent(reading, intent, undo_days, at)] if intent is not None else []
    reasons.extend(_of_review(review, at) for review in reading.case_reviews(key))
    return next(filter(None, reasons), "")


def _of_intent(reading: Reading, intent: Intent, undo_days: int, at: str) -> str:
    if intent.state in IN_PROGRESS:
        return IN_PROGRESS[intent.state]
    if intent.state is not IntentState.DONE or intent.undo is None:
        return ""
    row = reading.decision(intent.key)
    settled = None if row is None or row.settled_entry is None else row.settled_entry
    entry = None if settled is None else next(reading.entries(settled, settled + 1), None)
    if entry is None:
        return "it was applied, and when is not on record: `interlock ledger verify`"
    until = stamp(moment(entry.at) + dt.timedelta(days=undo_days))
    return f"it was applied and can be undone until {until}" if at < until else ""


def _of_review(review: ReviewRow, at: str) -> str:
    if review.closed_at is None:
        return f"it waits for a person ({review.kind} review, due {review.due_at})"
    if review.approved_until is not None and at < review.approved_until:
        return f"{review.reviewer} approved what was proposed: it may be done until {review.approved_until}"
    return ""
