"""Stop, see how a stop goes, drill, resume: what each form does."""

from typing import Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from interlock.flows.action.drill import check_drill
from interlock.flows.action.kill import fence, resume
from interlock.surfaces.web.forms import Form, Posted
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.live.view import address_of
from interlock.surfaces.web.site import Here
from interlock.surfaces.web.stop.pages import UNKNOWN, scope_page, stop_page
from interlock.surfaces.web.stop.tables import DRILLS, HISTORY, drill_rows
from interlock.surfaces.web.stop.view import check_right, check_switch, kills_of
from interlock.surfaces.web.stop.waiting import FULL
from interlock.surfaces.web.visitor import Needs, Who
from interlock.terms.errors import BadInput, Refused
from interlock.terms.words import plural

HISTORY_LEDE = "Each is an entry of the ledger, made in the moment in which it began to hold."
DRILLS_LEDE = (
    "A switch that nobody has tried is a hope. A drill stops a workflow for real, sees that a wish from before is "
    "refused, and lets it work again; meanwhile its cases go to people."
)
REASON_MAX = 2_000  # a stop is never refused for a long one: it is cut
routes = APIRouter(dependencies=[Depends(Needs("switch", "read"))])


@routes.get("/stop")
def show_stop(request: Request, here: Here, who: Who, scope: str = "") -> Response:
    """What is stopped, and the switch: what it would stop, and one button."""
    return stop_page(request, here, who, Form(), scope)


@routes.post("/stop")
def stop(request: Request, here: Here, who: Who, form: Posted) -> Response:
    """Stop a scope at once; how that goes is shown where it leads to."""
    scope, rt = form.text("scope"), here.rt
    check_switch(here, who, "kill", scope)
    try:
        fenced = fence(rt.store, scope, by=who.person, reason=form.text("reason")[:REASON_MAX], clock=rt.clock)
    except BadInput:
        form.fault("scope", UNKNOWN)
        return stop_page(request, here, who, form, scope, status=400)
    here.waiting.settle(fenced)
    return _to(scope)


@routes.post("/stop/choose")
def choose(request: Request, here: Here, who: Who, form: Posted) -> Response:
    """Show what another scope would stop; the reason that was typed stays, and nothing is stopped."""
    scope = form.text("other")
    answer = stop_page(request, here, who, form, scope)
    answer.headers["hx-push-url"] = f"/stop?{urlencode({'scope': scope})}"
    return answer


@routes.get("/stop/scope")
def show_scope(request: Request, here: Here, who: Who, scope: str) -> Response:
    """How the stop of one scope goes, who may end it, and its drills."""
    return scope_page(request, here, who, Form(), scope)


@routes.post("/stop/again")
def look_again(here: Here, who: Who, form: Posted) -> Response:
    """Find out once more whether a stop is quiet."""
    scope = form.text("scope")
    check_switch(here, who, "kill", scope)
    newest = next((one for one in here.watch.halts.now().kills if one.scope == scope), None)
    if newest is not None and not here.waiting.settle(newest.fenced) and not here.waiting.is_busy(scope):
        raise Refused(FULL)
    return _to(scope)


@routes.post("/stop/resume")
def let_work_again(request: Request, here: Here, who: Who, form: Posted) -> Response:
    """Let a scope work again."""
    scope, reason, rt = form.text("scope"), form.needed("reason", "Say why it may work again: it is recorded"), here.rt
    if len(reason) > REASON_MAX:
        form.fault("reason", f"Say it in {REASON_MAX:,} characters; these are {len(reason):,}")
    check_switch(here, who, "resume", scope)
    if not form.faults:
        try:
            check_right(here, who, scope)
            resume(rt.store, scope, by=who.person, reason=reason, clock=rt.clock)
        except (BadInput, Refused) as exc:
            form.fault("", str(exc))
    if form.faults:
        return scope_page(request, here, who, form, scope, status=409)
    return _to(scope)


@routes.post("/stop/drill")
def hold_drill(request: Request, here: Here, who: Who, form: Posted) -> Response:
    """Hold a drill of a scope; how it went is on record when it has ended."""
    scope = form.text("scope")
    check_switch(here, who, "drill", scope)
    try:
        check_right(here, who, scope)
        with here.rt.store.reading() as reading:
            check_drill(reading, scope, who.person)
        if not here.waiting.drill(scope, who.person):
            raise Refused(FULL)
    except (BadInput, Refused) as exc:
        form.fault("", str(exc))
        return scope_page(request, here, who, form, scope, status=409)
    return _to(scope)


@routes.get("/stop/drills")
def show_drills(request: Request, here: Here, who: Who) -> Response:
    """When each workflow's switch was last drilled, and what is due."""
    rows = drill_rows(here, who)
    overdue = sum(one.standing.overdue for one in rows)
    held = sum(one.last is not None for one in rows)
    title = f"{plural(overdue, 'drill')} {'is' if overdue == 1 else 'are'} overdue"
    title = title if overdue else f"{held:,} of {plural(len(rows), 'switch', 'switches')} were drilled"
    return page(
        request, "stop/list.html.j2", title=title, who=who, lede=DRILLS_LEDE,
        table=DRILLS.shown(rows, request.query_params),
    )  # fmt: skip


@routes.get("/stop/drills.{form}")
def drills_as(request: Request, here: Here, who: Who, form: Literal["csv", "json"]) -> Response:
    """The same as a file."""
    return DRILLS.answer(drill_rows(here, who), request.query_params, form)


@routes.get("/stop/history")
def show_history(request: Request, here: Here, who: Who) -> Response:
    """Every kill that reached the visitor's work."""
    kills = kills_of(here, who)
    drills = sum(one.is_drill for one in kills)
    title = f"{plural(len(kills) - drills, 'stop')} and {plural(drills, 'drill')} on record"
    table = HISTORY.shown(kills, request.query_params)
    return page(request, "stop/list.html.j2", title=title, who=who, lede=HISTORY_LEDE, table=table)


@routes.get("/stop/history.{form}")
def history_as(request: Request, here: Here, who: Who, form: Literal["csv", "json"]) -> Response:
    """The same as a file."""
    return HISTORY.answer(kills_of(here, who), request.query_params, form)


def _to(scope: str) -> Response:
    return RedirectResponse(address_of(scope), 303)
