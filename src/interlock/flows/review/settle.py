"""What the blind looks at one case come to: one is enough, two must agree, a third settles where they do not."""

import datetime as dt
from typing import Any

from interlock.engine.oversight.audits.agreement import second_review
from interlock.engine.rollout.people import is_among
from interlock.flows.action.observe import Observed, observe_in
from interlock.flows.oversight.audits.salts import salt_in_force
from interlock.flows.review.eligible import check_named
from interlock.flows.review.open import open_review, plan_of
from interlock.ports.clock import Clock
from interlock.ports.queue import ReviewRow
from interlock.ports.store import DecisionRow, Store, Transaction
from interlock.terms.errors import BadInput
from interlock.terms.person import Person
from interlock.terms.review import BLIND, ReviewKind, ReviewPlan


def second_look(
    tx: Transaction, review: ReviewRow, case: DecisionRow | None, plan: ReviewPlan
) -> dict[str, Any] | None:
    """Whether an audit that is being closed gets a second person's look, drawn as audits are, as it is recorded.

    None where nothing is to be drawn. Where no salt is there to draw with, it gets one.
    """
    if review.kind != ReviewKind.AUDIT or case is None or not plan.second_share:
        return None
    if tx.review(review.key, ReviewKind.SECOND) is not None:
        return None
    row = tx.workflow(review.workflow)
    salt = None if row is None else salt_in_force(tx, review.workflow, row.release)
    if salt is None:
        return {"probability": plan.second_share, "draw": None, "drawn": 1}
    drawn = second_review(review.key, share=plan.second_share, salt=salt)
    return {"probability": drawn.probability, "draw": drawn.draw, "drawn": int(drawn.in_sample)}


def settle(
    tx: Transaction,
    review: ReviewRow,
    case: DecisionRow | None,
    label: str,
    *,
    second_owed: bool,
    by: str,
    now: dt.datetime,
) -> Observed:
    """After a blind look was recorded: open the next one that is owed, or take what was found as the outcome.

    `second_owed`: the case was just drawn for a second look. An outcome that is known already stays. `counted` is False
    as long as a look is missing.
    """
    key, workflow = review.key, review.workflow
    proposed = None if case is None else str(case.inputs["proposal"]["label"]).strip()
    waiting = Observed(label != proposed, counted=False, demoted=False)
    if second_owed:
        open_review(tx, workflow, key, ReviewKind.SECOND, now)
    looks = {one.kind: one for one in tx.case_reviews(key) if one.kind in BLIND}
    if any(one.closed_at is None for one in looks.values()):
        return waiting
    settled = _settled(looks)
    if settled is None:
        _ask_a_third(tx, workflow, key, looks, now)
        return waiting
    if case is None or case.outcome is not None:
        return waiting
    return observe_in(tx, workflow, key, label=settled, by=by, audit=True, now=now)


def settled_label(looks: dict[str, ReviewRow]) -> str | None:
    """What closed looks, by kind, come to; None where one is missing."""
    return None if any(one.closed_at is None for one in looks.values()) else _settled(looks)


def ask_second(store: Store, workflow: str, key: str, *, by: Person, clock: Clock) -> None:
    """Have another person look at an audit blind, whatever the draw says. An outcome that is known stays.

    Raises BadInput where there is no audit of that case, and where a second look was asked for already.
    """
    check_named(by)
    with store.transaction() as tx:
        audit = tx.hold_review(key, ReviewKind.AUDIT)
        if audit is None or audit.workflow != workflow:
            raise BadInput(f"there is no audit review of case '{key}' in '{workflow}': only audits get a second look")
        if tx.review(key, ReviewKind.SECOND) is not None:
            raise BadInput(f"case '{key}' has a second look already; `interlock reviews list` shows open ones")
        open_review(tx, workflow, key, ReviewKind.SECOND, clock(), facts={"by": by.name})


def _settled(looks: dict[str, ReviewRow]) -> str | None:
    first, second, third = (looks.get(kind) for kind in (ReviewKind.AUDIT, ReviewKind.SECOND, ReviewKind.THIRD))
    if third is not None:
        return third.label
    if first is None or second is None:
        return first.label if first else None
    return first.label if first.label == second.label else None


def _ask_a_third(tx: Transaction, workflow: str, key: str, looks: dict[str, ReviewRow], now: dt.datetime) -> None:
    answered = [one.reviewer or "" for one in looks.values()]
    third = tuple(name for name in plan_of(tx, workflow).third if not is_among(name, answered))
    open_review(tx, workflow, key, ReviewKind.THIRD, now, asked=third)
