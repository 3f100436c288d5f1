"""Addresses of the queue: the list, the next case, and several cases at once."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from interlock.engine.timestamp import stamp
from interlock.flows.review.own import own_day
from interlock.surfaces.web.forms import Posted
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.queue import deciding, listed, together
from interlock.surfaces.web.queue.asked import reach
from interlock.surfaces.web.queue.deciding import done_line, take_next
from interlock.surfaces.web.refusals import NotThere
from interlock.surfaces.web.site import Here
from interlock.surfaces.web.tables import CSV, JSON
from interlock.surfaces.web.visitor import Needs, Visitor

routes = APIRouter(prefix="/queue")
Reader = Annotated[Visitor, Depends(Needs("review", "read"))]
Decider = Annotated[Visitor, Depends(Needs("review", "decide"))]


@routes.get("")
def show_queue(request: Request, here: Here, who: Reader) -> HTMLResponse:
    """What waits, cut to what the visitor may see."""
    now = here.now()
    decides = who.may_somewhere("review", "decide")
    with here.rt.store.reading() as reading:
        found = listed.read_listed(
            reading, request.query_params, name=who.name, now=now, reach=reach(who, "review", "read")
        )
        day = own_day(reading, who.name, now) if decides else None
        done = done_line(reading, request, who)
    return page(
        request,
        "queue/list.html.j2",
        title=listed.title(found),
        who=who,
        listed=found,
        day=day,
        done=done,
        decides=decides,
        nothing="nothing" in request.query_params,
        stay=request.query_params.get("workflow", ""),
        addresses={row: listed.case_address(row) for row in found.mine},
    )


@routes.get(".{form}")
def queue_as(form: str, request: Request, here: Here, who: Reader) -> Response:
    """The rows that the filters leave, as CSV and JSON; at most 10,000, what is due first."""
    if form not in {CSV, JSON}:
        raise NotThere
    now = here.now()
    with here.rt.store.reading() as reading:
        rows = listed.read_rows(
            reading,
            request.query_params,
            name=who.name,
            at=stamp(now),
            reach=reach(who, "review", "read"),
            limit=listed.WHOLE_MAX,
        )
    table = listed.queue_table(who.name, now)
    return table.as_csv(rows) if form == CSV else table.as_json(rows)


@routes.post("/next")
def next_case(here: Here, who: Decider, form: Posted) -> RedirectResponse:
    """Take the most urgent case that the visitor may decide, and open it."""
    return take_next(here, who, form.text("stay"))


routes.include_router(deciding.routes)
routes.include_router(together.routes)
