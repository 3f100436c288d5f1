"""Addresses of the stand-up. What is agreed, closed and held is on record before the next page shows it."""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from interlock.engine.calendar.days import next_meeting
from interlock.engine.reporting.figures import counted
from interlock.engine.standup.lights import RULE
from interlock.engine.timestamp import stamp
from interlock.flows.calendar.define import calendar_in_force
from interlock.flows.standup.actions import agree_action, close_action, today
from interlock.flows.standup.hold import hold_stand_up, stand_ups
from interlock.flows.standup.seen import Seen, seen, seen_actions
from interlock.ports.store import Reading
from interlock.surfaces.web.forms import Form, Posted
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.refusals import NotAllowed, NotThere
from interlock.surfaces.web.site import Here, Site
from interlock.surfaces.web.standup import listed, view
from interlock.surfaces.web.visitor import Needs, Visitor
from interlock.terms.access import EVERYWHERE
from interlock.terms.errors import BadInput
from interlock.terms.standup import Action

routes = APIRouter(prefix="/stand-up")
MOVED_MAX = 12
Reader = Annotated[Visitor, Depends(Needs("standup", "read"))]
Actor = Annotated[Visitor, Depends(Needs("standup", "act"))]


@routes.get("")
def show_stand_up(request: Request, here: Here, who: Reader) -> HTMLResponse:
    """The fifteen minutes on one page."""
    return _stand_up(request, here, who, Form())


@routes.get("/begin")
def begin(here: Here, who: Reader) -> RedirectResponse:  # noqa: ARG001 - who may read it may look at a clock
    """The page with its end in the address: everybody who opens that sees the same clock."""
    end = stamp(here.now() + dt.timedelta(minutes=view.MINUTES))
    return RedirectResponse(f"/stand-up?until={end[:19]}Z", 303)


@routes.get("/kpis")
def show_kpis(request: Request, here: Here, who: Reader) -> HTMLResponse:
    """Every KPI as a table."""
    rows = _kpi_rows(here, who)
    table = listed.kpi_table().shown(rows, request.query_params)
    title = view.kpis_title([light for _, light in rows])
    return page(request, "standup/listed.html.j2", title=title, who=who, table=table, rule=RULE)


@routes.get("/kpis.{form}")
def kpis_as(form: str, request: Request, here: Here, who: Reader) -> Response:
    """The same as CSV and JSON."""
    return listed.kpi_table().answer(_kpi_rows(here, who), request.query_params, _form(form))


@routes.get("/actions")
def show_actions(request: Request, here: Here, who: Reader) -> HTMLResponse:
    """Every action as a table."""
    every, day = _actions(here, who)
    late = sum(one.overdue(day) for one in every)
    open_ = sum(one.closing is None for one in every)
    title = (
        f"{open_} of {counted(len(every), 'action is', 'actions are')} open, {late} overdue"
        if every
        else "No action was agreed yet"
    )
    table = listed.action_table(day).shown(every[::-1], request.query_params)
    return page(request, "standup/listed.html.j2", title=title, who=who, table=table, rule="")


@routes.get("/actions.{form}")
def actions_as(form: str, request: Request, here: Here, who: Reader) -> Response:
    """The same as CSV and JSON."""
    every, day = _actions(here, who)
    return listed.action_table(day).answer(every[::-1], request.query_params, _form(form))


@routes.post("/actions")
def agree(request: Request, here: Here, who: Actor, form: Posted) -> Response:
    """Agree on an action."""
    workflow = form.text("workflow") or None
    if not _may_act(who, workflow):
        words = f"there is no workflow '{workflow}', or none that you may act on"
        form.fault("workflow", words if workflow else "name the workflow that it is about: yours are some only")
    due = _date(form, "due", "say until when, as a date")
    what = form.needed("what", "say what is to be done")
    owner = form.needed("owner", "name the one person who does it")
    if not form.faults and due is not None:
        try:
            made = agree_action(
                here.rt.store, what, owner=owner, due=due, by=who.person, clock=here.now, workflow=workflow
            )
            return RedirectResponse(f"/stand-up/actions/{made.entry}", 303)
        except BadInput as exc:
            form.fault("", str(exc))
    return _stand_up(request, here, who, form, status=400)


@routes.get("/actions/{entry}")
def show_action(entry: int, request: Request, here: Here, who: Reader) -> HTMLResponse:
    """One action, and what is said of its end."""
    return _action_page(request, here, who, entry, Form())


@routes.post("/actions/{entry}")
def close(entry: int, request: Request, here: Here, who: Actor, form: Posted) -> Response:
    """Say that it is done, or why not."""
    action, _ = _action(here, who, entry)
    _check_act(who, action.workflow)
    done = form.text("done")
    if done not in {"yes", "no"}:
        form.fault("done", "say whether it is done")
    again = _date(form, "again", "") if form.text("again") and done == "no" else None
    if not form.faults:
        try:
            ended = close_action(
                here.rt.store,
                entry,
                done=done == "yes",
                note=form.text("note"),
                by=who.person,
                clock=here.now,
                again=again,
            )
            return RedirectResponse(f"/stand-up/actions/{ended[0].entry}", 303)
        except BadInput as exc:
            form.fault("note" if done == "no" and not form.text("note") else "", str(exc))
    return _action_page(request, here, who, entry, form, status=400)


@routes.get("/held")
def show_held(request: Request, here: Here, who: Reader) -> HTMLResponse:
    """Every stand-up that was held, for who may see every function."""
    _check_everywhere(who, "read")
    with here.rt.store.reading() as reading:
        held = stand_ups(reading)
    title = f"{counted(len(held), 'stand-up was', 'stand-ups were')} held" if held else "No stand-up was held yet"
    table = listed.held_table().shown(held[::-1], request.query_params)
    return page(request, "standup/listed.html.j2", title=title, who=who, table=table, rule="")


@routes.get("/held.{form}")
def held_as(form: str, request: Request, here: Here, who: Reader) -> Response:
    """The same as CSV and JSON."""
    _check_everywhere(who, "read")
    with here.rt.store.reading() as reading:
        held = stand_ups(reading)
    return listed.held_table().answer(held[::-1], request.query_params, _form(form))


@routes.post("/held")
def hold(request: Request, here: Here, who: Actor, form: Posted) -> Response:
    """Put on record that the stand-up was held."""
    _check_everywhere(who, "act")
    present = tuple(name for line in form.raw("present").split("\n") for name in line.split(","))
    try:
        held = hold_stand_up(
            here.rt.store,
            here.board.portfolio(),
            present=present,
            note=form.text("note"),
            by=who.person,
            clock=here.now,
        )
    except BadInput as exc:
        form.fault("present", str(exc))
        return _stand_up(request, here, who, form, status=400)
    return RedirectResponse(f"/stand-up/held#entry-{held.entry}", 303)


def _stand_up(request: Request, here: Site, who: Visitor, form: Form, *, status: int = 200) -> HTMLResponse:
    now = here.now()
    with here.rt.store.reading() as reading:
        found = _seen(reading, here, who)
        calendar = calendar_in_force(reading)
    following = next_meeting(calendar, calendar.stand_up, now)
    model: dict[str, Any] = {
        "functions": view.functions_shown(found.functions[: view.FUNCTIONS_MAX]),
        "more": found.functions[view.FUNCTIONS_MAX :],
        "lights": view.STATES,
        "actions": view.actions_shown(found.actions, today=found.day, may_act=lambda one: _may_act(who, one.workflow)),
        "moved": found.moved[:MOVED_MAX],
        "since": found.since,
        "clock": view.countdown(request.query_params.get("until", ""), now),
        "minutes": view.MINUTES,
        "following": stamp(following),
        "due": following.date().isoformat(),
        "rule": found.rule,
        "may_act": who.may_somewhere("standup", "act"),
        "may_hold": who.may("standup", "act"),
        "sees_all": EVERYWHERE in who.scopes("standup", "read"),
        "form": form,
    }
    return page(request, "standup/standup.html.j2", title=found.title, who=who, status=status, **model)


def _action_page(
    request: Request, here: Site, who: Visitor, entry: int, form: Form, *, status: int = 200
) -> HTMLResponse:
    action, every = _action(here, who, entry)
    with here.rt.store.reading() as reading:
        day = today(reading, here.now()).isoformat()
    state = view.action_state(action, day)
    return page(
        request,
        "standup/action.html.j2",
        title=f"{state.word}: {action.what}",
        who=who,
        status=status,
        action=action,
        state=state,
        may_close=action.closing is None and _may_act(who, action.workflow),
        followed=next((one for one in every if one.follows == entry), None),
        form=form,
    )


def _kpi_rows(here: Site, who: Visitor) -> list[listed.KpiRow]:
    with here.rt.store.reading() as reading:
        functions = _seen(reading, here, who).functions
    return [(one.function, kpi) for one in functions for kpi in one.kpis]


def _seen(reading: Reading, here: Site, who: Visitor) -> Seen:
    held = who.scopes("standup", "read")
    return seen(reading, here.board.portfolio(), held, who.tenant_of, now=here.now())


def _actions(here: Site, who: Visitor) -> tuple[tuple[Action, ...], str]:
    with here.rt.store.reading() as reading:
        every = seen_actions(reading, who.scopes("standup", "read"), who.tenant_of)
        return every, today(reading, here.now()).isoformat()


def _action(here: Site, who: Visitor, entry: int) -> tuple[Action, tuple[Action, ...]]:
    every, _ = _actions(here, who)
    found = next((one for one in every if one.entry == entry), None)
    if found is None:
        raise NotThere
    return found, every


def _may_act(who: Visitor, workflow: str | None) -> bool:
    return who.may("standup", "act", workflow=workflow)


def _check_act(who: Visitor, workflow: str | None) -> None:
    who.check("standup", "act", workflow=workflow, read="standup:read")


def _check_everywhere(who: Visitor, action: str) -> None:
    if EVERYWHERE not in who.scopes("standup", action):
        raise NotAllowed(f"standup:{action} everywhere")


def _date(form: Form, name: str, missing: str) -> dt.date | None:
    text = form.needed(name, missing)
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        form.fault(name, f"'{text[:40]}' is no date; write it as 2026-12-31")
        return None


def _form(form: str) -> str:
    if form not in {"csv", "json"}:
        raise NotThere
    return form
