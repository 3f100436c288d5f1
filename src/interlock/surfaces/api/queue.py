"""The queue over HTTP as its pages work on it: pages of it, undo, several cases at once, putting a case to others."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from interlock.engine.ledger.canonical import plain
from interlock.engine.timestamp import stamp
from interlock.flows.review.escalate import REASON_MAX, escalate_by
from interlock.flows.review.offered import offered_labels
from interlock.flows.review.open import plan_of
from interlock.flows.review.own import own_day
from interlock.flows.review.reopen import reopen_review
from interlock.flows.review.together import alike, close_together
from interlock.ports.queue import Place, ReviewRow, Wanted
from interlock.surfaces.api.bodies import MANY_MAX, Body, Key, Label, Name, ReviewBody
from interlock.surfaces.api.reach import check_review, check_workflow, queue_reach
from interlock.surfaces.api.served import Here, Looker, Reviewer, person_of
from interlock.terms.review import ReviewKind

routes = APIRouter(prefix="/reviews", tags=["reviews"])
COUNTED_MAX = 5_000
Part = Annotated[str | None, Query(max_length=512, pattern=r"^[^\x00]*$")]
Limit = Annotated[int, Query(ge=1, le=MANY_MAX)]


class TogetherBody(Body):
    """Several cases of a workflow with the same proposed label, decided at once."""

    workflow: str
    keys: list[Key] = Field(min_length=1, max_length=MANY_MAX)
    label: Label
    reason: str = ""
    note: str = ""
    approve: bool = False
    by: Name = None


class OthersBody(ReviewBody):
    """One review, put to those whom the definition names."""

    reason: str = Field(min_length=1, max_length=REASON_MAX)


@routes.get("/page", name="list_queue")
def page_of_queue(
    here: Here,
    who: Looker,
    *,
    workflow: Part = None,
    kind: ReviewKind | None = None,
    key_part: Part = None,
    late: bool = False,
    escalated: bool = False,
    after_due: Part = None,
    after_key: Part = None,
    after_kind: ReviewKind | None = None,
    limit: Limit = 50,
) -> Mapping[str, Any]:
    """Open reviews within your reach, what is due first at the top, from a place on.

    `next` is the place behind this page, to be sent as `after_due`, `after_key` and `after_kind`; null at the end.
    `waiting` counts among the 5,000 that are due first; `at_least` says that there are more.
    """
    at, reach = stamp(here.rt.clock()), queue_reach(here, who, "read")
    wanted = Wanted(workflow, kind, key_part or "", at if late else None, escalated=escalated)
    after = Place(after_due, after_key, after_kind) if after_due and after_key and after_kind else None
    with here.rt.store.reading() as reading:
        rows = reading.queue_page(wanted, after=after, limit=limit + 1, reach=reach)
        waiting = reading.waiting(wanted, at, most=COUNTED_MAX, reach=reach)
    last = rows[limit - 1] if len(rows) > limit else None
    return {
        "rows": [_row(row, at) for row in rows[:limit]],
        "next": None if last is None else plain(Place(last.due_at, last.key, last.kind)),
        "waiting": plain(waiting),
    }


@routes.get("/labels", name="list_labels")
def labels_to_choose(workflow: Annotated[str, Query(max_length=512)], here: Here, who: Looker) -> Mapping[str, Any]:
    """Labels and canned reasons that a reviewer of a workflow can choose from; how many cases may go at once."""
    check_workflow(here, who, "review", "read", workflow)
    with here.rt.store.reading() as reading:
        plan = plan_of(reading, workflow)
        labels = offered_labels(reading, workflow, tenant=None)
    return {"labels": labels, "reasons": plain(plan.reasons), "together_max": plan.together_max}


@routes.get("/own-day", name="own_day")
def ones_own_day(here: Here, who: Reviewer, by: str | None = None) -> Mapping[str, Any]:
    """What you decided today (UTC), and the share of planted errors that you found in audit periods that are closed."""
    with here.rt.store.reading() as reading:
        content: Mapping[str, Any] = plain(own_day(reading, person_of(who, by).name, here.rt.clock()))
    return content


@routes.get("/alike", name="list_alike")
def cases_alike(
    workflow: Annotated[str, Query(max_length=512)], here: Here, who: Reviewer, by: str | None = None
) -> Mapping[str, list[str]]:
    """Keys of open decisions of a workflow by proposed label, the label with most cases first."""
    at, reach = stamp(here.rt.clock()), queue_reach(here, who, "decide")
    with here.rt.store.reading() as reading:
        found = alike(reading, workflow, at=at, by=person_of(who, by), reach=reach)
    return {label: [row.key for row in rows] for label, rows in found.items()}


@routes.post("/undo")
def undo_decision(body: ReviewBody, here: Here, who: Reviewer) -> Mapping[str, Any]:
    """Take your own decision back: for ten minutes, while nothing was built on it. A blind answer is final."""
    check_review(here, who, "decide", body.key, body.kind)
    by = person_of(who, body.by)
    back = reopen_review(here.rt.store, body.workflow, body.key, body.kind, by=by, clock=here.rt.clock)
    content: Mapping[str, Any] = plain(back)
    return content


@routes.post("/together")
def decide_together(body: TogetherBody, here: Here, who: Reviewer) -> Mapping[str, Any]:
    """Decide several cases at once, all or none, where the definition allows it. Each gets an entry of its own."""
    for key in body.keys:
        check_review(here, who, "decide", key, ReviewKind.DECISION)
    observed = close_together(
        here.rt.store,
        body.workflow,
        body.keys,
        label=body.label,
        by=person_of(who, body.by),
        clock=here.rt.clock,
        reason=body.reason,
        note=body.note,
        approve=body.approve,
        randomness=here.rt.randomness,
    )
    return {"decided": len(observed), "observed": plain(observed)}


@routes.post("/put-to-others")
def put_to_others(body: OthersBody, here: Here, who: Reviewer) -> Mapping[str, Any]:
    """Put a case to those whom the definition names, before it is late."""
    check_review(here, who, "decide", body.key, body.kind)
    by = person_of(who, body.by)
    moved = escalate_by(
        here.rt.store, body.workflow, body.key, body.kind, by=by, reason=body.reason, clock=here.rt.clock
    )
    content: Mapping[str, Any] = plain(moved)
    return content


def _row(row: ReviewRow, at: str) -> Mapping[str, Any]:
    names = ("key", "kind", "workflow", "opened_at", "due_at", "escalations")
    return {**{name: getattr(row, name) for name in names}, "asked": list(row.asked), "claimed_by": row.holder(at)}
