"""The review queue over HTTP. Blind reviews hide the proposal until the reviewer has answered."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query

from interlock.engine.ledger.canonical import plain
from interlock.engine.timestamp import stamp
from interlock.flows.access.shown import content_shown
from interlock.flows.review.claim import claim, claim_next, release
from interlock.flows.review.decide import close_review
from interlock.flows.review.show import show_review
from interlock.surfaces.api.bodies import MANY_MAX, ClaimBody, DecideBody, NextBody, ReviewBody
from interlock.surfaces.api.reach import check_review, queue_reach
from interlock.surfaces.api.served import Here, Looker, Reviewer, Served, person_of
from interlock.terms.person import Person
from interlock.terms.review import ReviewKind

routes = APIRouter(prefix="/reviews", tags=["reviews"])
Limit = Annotated[int, Query(ge=1, le=MANY_MAX)]


@routes.get("")
def list_reviews(here: Here, who: Looker, workflow: str | None = None, limit: Limit = 50) -> list[Mapping[str, Any]]:
    """What waits for a person within your reach, the most urgent first."""
    at = stamp(here.rt.clock())
    with here.rt.store.reading() as reading:
        rows = reading.queue(workflow, limit=limit, reach=queue_reach(here, who, "read"))
    names = ("key", "kind", "workflow", "opened_at", "due_at", "escalations")
    return [
        {**{n: getattr(row, n) for n in names}, "asked": list(row.asked), "claimed_by": row.holder(at)} for row in rows
    ]


@routes.get("/case", name="show_review")
def show_case(
    key: str, here: Here, who: Looker, kind: ReviewKind = ReviewKind.DECISION, by: str | None = None
) -> Mapping[str, Any]:
    """One case as you may see it; that you saw it is on record."""
    check_review(here, who, "read", key, kind)
    return _view(here, key, kind, person_of(who, by))


@routes.post("/next")
def next_review(body: NextBody, here: Here, who: Reviewer) -> Mapping[str, Any] | None:
    """Take the most urgent case that you may decide; null where nothing waits for you."""
    by = person_of(who, body.by)
    taken = claim_next(
        here.rt.store,
        by=by,
        clock=here.rt.clock,
        workflow=body.workflow,
        minutes=body.minutes,
        reach=queue_reach(here, who, "decide"),
    )
    if taken is None:
        return None
    return {"workflow": taken.workflow, "until": taken.until, **_view(here, taken.key, taken.kind, by)}


@routes.post("/claim")
def claim_review(body: ClaimBody, here: Here, who: Reviewer) -> Mapping[str, Any]:
    """Take one case, or keep it longer."""
    check_review(here, who, "decide", body.key, body.kind)
    by = person_of(who, body.by)
    taken = claim(here.rt.store, body.workflow, body.key, body.kind, by=by, clock=here.rt.clock, minutes=body.minutes)
    return {"workflow": taken.workflow, "until": taken.until, **_view(here, taken.key, taken.kind, by)}


@routes.post("/release")
def release_review(body: ReviewBody, here: Here, who: Reviewer) -> Mapping[str, Any]:
    """Give a case back that you have in hand."""
    check_review(here, who, "decide", body.key, body.kind)
    release(here.rt.store, body.workflow, body.key, body.kind, by=person_of(who, body.by), clock=here.rt.clock)
    return {"key": body.key, "kind": body.kind, "claimed_by": None}


@routes.post("/decide")
def decide_review(body: DecideBody, here: Here, who: Reviewer) -> Mapping[str, Any]:
    """Say what is right. With `approve` what was proposed is done when the case comes again."""
    check_review(here, who, "decide", body.key, body.kind)
    by = person_of(who, body.by)
    observed = close_review(
        here.rt.store,
        body.workflow,
        body.key,
        body.kind,
        label=body.label,
        by=by,
        clock=here.rt.clock,
        reason=body.reason,
        note=body.note,
        approve=body.approve,
        randomness=here.rt.randomness,
    )
    return {"observed": plain(observed), **_view(here, body.key, body.kind, by)}


def _view(here: Served, key: str, kind: str, viewer: Person) -> Mapping[str, Any]:
    with here.rt.store.reading() as reading:
        content: Mapping[str, Any] = plain(show_review(reading, key, kind, viewer=viewer.name or None))
        review = reading.review(key, kind)
    shown = content["text"] is not None or content["arguments"] is not None
    if review is not None and shown and viewer.name:
        content_shown(here.rt.store, key, workflow=review.workflow, page="api", by=viewer, clock=here.rt.clock)
    return content
