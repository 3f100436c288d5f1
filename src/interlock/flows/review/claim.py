"""Take a case out of the queue for a while, or give it back. A claim ends by itself."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from interlock.engine.rollout.people import same_person
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.flows.review.eligible import answered_before, check_eligible, check_free, check_named, reason_against
from interlock.flows.review.open import plan_of
from interlock.ports.clock import Clock
from interlock.ports.queue import EVERYTHING, Reach, ReviewRow
from interlock.ports.store import Store, Transaction
from interlock.terms.errors import BadInput
from interlock.terms.person import Person

PAGE = 64  # candidates read at a time
MINUTES_MAX = 24 * 60


@dataclass(frozen=True, slots=True)
class Claimed:
    """A case that is in somebody's hands until `until`, the kind of look, and when that look is due."""

    workflow: str
    key: str
    kind: str
    reviewer: str
    until: str
    due_at: str


def claim(
    store: Store, workflow: str, key: str, kind: str, *, by: Person, clock: Clock, minutes: float | None = None
) -> Claimed:
    """Take one review; who holds it already holds it for longer. Without `minutes` as long as the definition says.

    Raises BadInput where there is no such review, it is closed or in other hands, or the person may not decide it.
    """
    check_named(by)
    _check_minutes(minutes)
    with store.transaction() as tx:
        now = clock()
        review = tx.hold_review(key, kind)
        if review is None or review.workflow != workflow:
            raise BadInput(f"there is no {kind} review of case '{key}' in '{workflow}'")
        check_free(review, by, at=stamp(now))
        check_eligible(review, tx.case_reviews(key), by, at=stamp(now))
        return _claimed(tx, review, by, now, minutes)


def claim_next(
    store: Store,
    *,
    by: Person,
    clock: Clock,
    workflow: str | None = None,
    minutes: float | None = None,
    reach: tuple[Reach, ...] = EVERYTHING,
) -> Claimed | None:
    """Take the most urgent review within `reach` that the person may decide; None where there is none.

    Who has a review in hand gets that one back. Cases for which the person has decided something before are left to
    others. Several workers share the queue: what another transaction has in hand is passed over.
    """
    check_named(by)
    _check_minutes(minutes)
    with store.transaction() as tx:
        now = clock()
        at = stamp(now)
        for held in tx.in_hand(at, reach=reach):
            if same_person(str(held.claimed_by), by.name) and workflow in (None, held.workflow):
                return _as_claimed(held, str(held.claimed_until))
        for candidate in _candidates(tx, workflow, reach):
            review = _taken(tx, candidate, by, at)
            if review is not None:
                return _claimed(tx, review, by, now, minutes)
    return None


def release(store: Store, workflow: str, key: str, kind: str, *, by: Person, clock: Clock) -> None:
    """Give a claimed review back to the queue. Raises BadInput where the person does not hold it."""
    check_named(by)
    with store.transaction() as tx:
        at = stamp(clock())
        review = tx.hold_review(key, kind)
        holder = None if review is None or review.workflow != workflow else review.holder(at)
        if holder is None or not same_person(holder, by.name):
            held = f"{holder} holds it" if holder else "nobody holds it"
            raise BadInput(f"{by.name} does not hold the {kind} review of case '{key}' in '{workflow}': {held}")
        record(tx, "review.released", {"workflow": workflow, "key": key, "kind": kind, "reviewer": by.name}, at=at)


def _check_minutes(minutes: float | None) -> None:
    if minutes is not None and not 0 < minutes <= MINUTES_MAX:
        raise BadInput(f"a claim lasts over 0 and at most {MINUTES_MAX} minutes, not {minutes:g}")


def _candidates(tx: Transaction, workflow: str | None, reach: tuple[Reach, ...]) -> Iterator[ReviewRow]:
    """The open reviews in the order of their urgency; a few are read first, for mostly the first one will do."""
    done, limit = 0, PAGE
    while True:
        page = tx.queue(workflow, limit=limit, reach=reach)
        yield from page[done:]
        if len(page) < limit:
            return
        done, limit = limit, limit * 8


def _taken(tx: Transaction, candidate: ReviewRow, by: Person, at: str) -> ReviewRow | None:
    """The candidate as it is now, held by this transaction; None where the person may not or cannot have it."""
    if candidate.holder(at) is not None:
        return None
    case = tx.case_reviews(candidate.key)
    if answered_before(candidate, case, by.name) or reason_against(candidate, case, by.name, at=at):
        return None
    review = tx.hold_review(candidate.key, candidate.kind, wait=False)
    return None if review is None or review.closed_at is not None or review.holder(at) is not None else review


def _claimed(tx: Transaction, review: ReviewRow, by: Person, now: dt.datetime, minutes: float | None) -> Claimed:
    lasts = plan_of(tx, review.workflow).claim_minutes if minutes is None else minutes
    until = stamp(now + dt.timedelta(minutes=lasts))
    body = {"workflow": review.workflow, "key": review.key, "kind": review.kind, "reviewer": by.name, "until": until}
    record(tx, "review.claimed", {**body, "authenticated": by.authenticated}, at=stamp(now))
    return Claimed(review.workflow, review.key, review.kind, by.name, until, review.due_at)


def _as_claimed(review: ReviewRow, until: str) -> Claimed:
    return Claimed(review.workflow, review.key, review.kind, str(review.claimed_by), until, review.due_at)
