"""The council over HTTP: what needs a decision, deciding it, and the minutes."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from interlock.engine.access.permissions import may
from interlock.engine.council.agenda import agenda
from interlock.engine.council.looked_at import as_looked_at
from interlock.engine.council.minutes import minutes
from interlock.engine.ledger.canonical import plain
from interlock.engine.rollout.people import is_among
from interlock.engine.timestamp import stamp
from interlock.flows.council.decide import decide_item, open_item
from interlock.flows.council.minutes import refusals
from interlock.surfaces.api.bodies import ENTRY_MAX, Body, Name
from interlock.surfaces.api.problems import not_there
from interlock.surfaces.api.reach import not_permitted
from interlock.surfaces.api.served import Here, Needs, Served, person_of
from interlock.terms.access import Caller
from interlock.terms.council import AgendaItem

routes = APIRouter(prefix="/council", tags=["council"])
Reader = Annotated[Caller, Depends(Needs("council", "read"))]
Decider = Annotated[Caller, Depends(Needs("council", "decide"))]
Item = Annotated[str, Field(min_length=1, max_length=500, description="The item, as the agenda names it.")]
Person = Annotated[str, Field(min_length=1, max_length=200)]
DECISIONS_MAX = 1_000


class DecisionBody(Body):
    """What is decided on one item of today's agenda."""

    item: Item
    choose: Annotated[str, Field(min_length=1, max_length=200, description="The option, by its id.")]
    reason: Annotated[str, Field(min_length=1, max_length=4_000, description="Why; it is recorded.")]
    present: Annotated[list[Person], Field(default_factory=list, max_length=50)]
    due: Annotated[
        dt.date | None, Field(strict=False, description="Day to look again; 30 days from now if left out.")
    ] = None
    looked_at: Annotated[
        str | None, Field(max_length=64, description="`looked_at` of the item as you read it; another one is refused.")
    ] = None
    by: Name = None


@routes.get("/agenda")
def show_agenda(here: Here, who: Reader) -> list[Mapping[str, Any]]:
    """Every open question about workflows that you may see, the most pressing first, with its options and evidence.

    `yours`: whether you may decide it. `looked_at` goes with a decision, so that it is on this question and no other.
    """
    found = (one for one in agenda(here.made_with.portfolio()) if _sees(here, who, one.workflow))
    return [{**plain(one), "yours": _is_for(here, who, one), "looked_at": as_looked_at(one)} for one in found]


@routes.get("/decisions")
def list_decisions(
    here: Here,
    who: Reader,
    before: Annotated[int, Query(ge=0, le=ENTRY_MAX, description="Only decisions with a lower entry.")] = ENTRY_MAX,
    limit: Annotated[int, Query(ge=1, le=DECISIONS_MAX)] = 100,
) -> list[Mapping[str, Any]]:
    """What was decided, the newest first, and until when it holds."""
    seen = (one for one in here.made_with.portfolio().decisions if _sees(here, who, one.workflow))
    found = [one for one in minutes(seen, here.rt.clock()) if one.decision.entry < before]
    return [
        {**plain(one.decision), "due_at": stamp(one.due_at), "holds": one.holds, "followed_by": one.followed_by}
        for one in found[:limit]
    ]


@routes.get("/refusals")
def list_refusals(here: Here, who: Reader) -> list[Mapping[str, Any]]:
    """Decisions that a rule or a missing right stood against, oldest first: nothing was done."""
    with here.rt.store.reading() as reading:
        content: list[Mapping[str, Any]] = plain([one for one in refusals(reading) if _sees(here, who, one.workflow)])
    return content


@routes.post("/decisions", name="decide_item")
def decide(body: DecisionBody, here: Here, who: Decider) -> Mapping[str, Any]:
    """Put a decision on record; what its option does takes effect at once, by the rules that hold without a council.

    A refusal is on record with every reason, and the item stays on the agenda.
    """
    _check(here, who, body.item)
    made = decide_item(
        here.rt.store,
        body.item,
        choose=body.choose,
        reason=body.reason,
        by=person_of(who, body.by),
        clock=here.rt.clock,
        present=tuple(body.present),
        due=None if body.due is None else dt.datetime.combine(body.due, dt.time(), dt.UTC),
        facts=here.judged.facts,
        looked_at=body.looked_at,
    )
    content: Mapping[str, Any] = plain(made)
    return content


def _check(here: Served, who: Caller, item: str) -> None:
    """Raises Problem for an item that the caller may not decide, or may not know of."""
    with here.rt.store.reading() as reading:
        found = open_item(reading, item, here.rt.clock())
    if found is None or not _sees(here, who, found.workflow):
        raise not_there(f"'{item}' is not on the agenda: GET /v1/council/agenda shows what is")
    if not _may(here, who, "decide", found.workflow):
        raise not_permitted("council:decide")


def _is_for(here: Served, who: Caller, item: AgendaItem) -> bool:
    return _may(here, who, "decide", item.workflow) and is_among(who.name or "", item.may_decide)


def _sees(here: Served, who: Caller, workflow: str | None) -> bool:
    return _may(here, who, "read", workflow)


def _may(here: Served, who: Caller, action: str, workflow: str | None) -> bool:
    tenant = None if workflow is None else here.tenants.of(workflow)
    return may(who, "council", action, workflow=workflow, tenant=tenant)
