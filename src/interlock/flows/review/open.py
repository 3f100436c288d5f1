"""Put a case in the queue, with the time by which its workflow promises a look."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from interlock.engine.rollout.definition import review_plan_of
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.ports.store import Reading, Transaction
from interlock.terms.review import ReviewPlan


def due_at(plan: ReviewPlan, kind: str, now: dt.datetime) -> str:
    """When a review of that kind that is opened now is due."""
    return stamp(now + dt.timedelta(hours=plan.due_h(kind)))


def plan_of(reading: Reading, workflow: str) -> ReviewPlan:
    """The service levels of a workflow's reviews, by the definition in force."""
    row = reading.workflow(workflow)
    return review_plan_of(None if row is None else row.definition.get("review"))


def open_review(
    tx: Transaction,
    workflow: str,
    key: str,
    kind: str,
    now: dt.datetime,
    *,
    asked: tuple[str, ...] = (),
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Put a case in the queue. Only those `asked` may take it, where anybody is; `facts` say why it was opened."""
    due = due_at(plan_of(tx, workflow), kind, now)
    body = {"workflow": workflow, "key": key, "kind": kind, "due_at": due, **(facts or {})}
    record(tx, "review.opened", body | ({"asked": asked} if asked else {}), at=stamp(now))
