"""Addresses of schedules: which documents are sent by themselves, setting one, testing and ending it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from interlock.engine.access.reach import within
from interlock.flows.calendar.define import calendar_in_force
from interlock.flows.reporting.deliveries import deliveries
from interlock.flows.reporting.schedules import end_schedule, schedules, set_schedule, within_reach
from interlock.surfaces.web.forms import Form as Sent
from interlock.surfaces.web.forms import Posted
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.refusals import NotThere
from interlock.surfaces.web.reports import schedule_view, view
from interlock.surfaces.web.site import Here, Site
from interlock.surfaces.web.visitor import Needs, Visitor
from interlock.terms.document import Asked, Form
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.schedule import Delivery, Every, Schedule

routes = APIRouter(prefix="/reports/schedules")
Setter = Annotated[Visitor, Depends(Needs("report", "schedule"))]
FORMS = tuple((form.value, view.FORM_NAMES[form]) for form in Form)


@routes.get("")
def show_schedules(request: Request, here: Here, who: Setter) -> HTMLResponse:
    """Every schedule whose documents the visitor may have."""
    now = here.now()
    with here.rt.store.reading() as reading:
        told, calendar = deliveries(reading, now), calendar_in_force(reading)
        found = [one for one in schedules(reading) if within_reach(one, who.scopes("report", "schedule"))]
    rows = [schedule_view.shown(one, tuple(told.get(one.id, {}).values()), calendar, now) for one in reversed(found)]
    return page(
        request,
        "reports/schedules.html.j2",
        title=schedule_view.title_of(rows),
        who=who,
        live=[one for one in rows if one.schedule.ended_at is None],
        ended=[one for one in rows if one.schedule.ended_at is not None][: view.SELECTED_MAX],
    )


@routes.get("/new")
def new_schedule(request: Request, here: Here, who: Setter, report: str = "", workflow: str = "") -> HTMLResponse:
    """What a schedule needs to be told."""
    given = {"report": [report] if report in view.NAMES else [], "workflow": [workflow]}
    return _ask(request, here, who, Sent({name: values for name, values in given.items() if any(values)}))


@routes.post("/new")
def set_one(request: Request, here: Here, who: Setter, form: Posted) -> Response:
    """Set it, and show what is on record of it."""
    report = form.text("report")
    if report not in view.NAMES:
        form.fault("report", "choose which document")
    workflow = form.text("workflow") or None
    if report in view.NAMES and view.about_one(report) and workflow not in _names(here, who):
        form.fault("workflow", "name the workflow that it is about, one that you may see")
    if report in view.NAMES and not view.about_one(report):
        workflow = None
    cadence = schedule_view.cadence_sent(form)
    addresses = [line.strip() for line in form.raw("addresses").split("\n") if line.strip()]
    forms = [Form(one) for one in form.many("forms") if one in {each.value for each in Form}]
    if not form.faults:
        try:
            made = set_schedule(
                here.sendings.sources,
                here.sendings.messenger,
                Asked(report, workflow),
                forms,
                cadence,
                addresses,
                reach=who.scopes("report", "schedule"),
                by=who.person,
                randomness=here.rt.randomness,
            )
            return RedirectResponse(f"/reports/schedules/{made.id}", 303)
        except (BadInput, Unavailable) as exc:
            form.fault("addresses", str(exc))
    return _ask(request, here, who, form, status=400)


@routes.get("/{id_}")
def show_schedule(id_: str, request: Request, here: Here, who: Setter) -> HTMLResponse:
    """One schedule, and how each sending ended."""
    schedule, notes = _known(here, who, id_)
    now = here.now()
    with here.rt.store.reading() as reading:
        calendar = calendar_in_force(reading)
    one = schedule_view.shown(schedule, notes, calendar, now)
    return page(
        request,
        "reports/schedule.html.j2",
        title=f"{one.state.word}: {one.name}",
        who=who,
        one=one,
        zone=calendar.zone,
        forms=[view.FORM_NAMES[form] for form in schedule.forms],
        deliveries=schedule_view.deliveries_shown(schedule, notes),
        tested=request.query_params.get("tested") == "yes",
    )


@routes.post("/{id_}/test")
def test_schedule(id_: str, here: Here, who: Setter, form: Posted) -> Response:  # noqa: ARG001 - it is checked
    """Have it sent now, marked as a test."""
    schedule, _ = _known(here, who, id_)
    if schedule.ended_at is not None:
        raise BadInput("this schedule has ended; set it anew")
    here.sendings.test(schedule)
    return RedirectResponse(f"/reports/schedules/{id_}?tested=yes", 303)


@routes.post("/{id_}/end")
def end_one(id_: str, here: Here, who: Setter, form: Posted) -> Response:  # noqa: ARG001 - it is checked
    """Have it sent no more."""
    _known(here, who, id_)
    end_schedule(here.sendings.sources, id_, by=who.person)
    return RedirectResponse(f"/reports/schedules/{id_}", 303)


def _ask(request: Request, here: Site, who: Visitor, form: Sent, *, status: int = 200) -> HTMLResponse:
    with here.rt.store.reading() as reading:
        zone = calendar_in_force(reading).zone
    workflows = view.workflow_choices(_names(here, who))
    return page(
        request,
        "reports/schedule_ask.html.j2",
        title="Have a document sent again and again",
        who=who,
        status=status,
        form=form,
        reports=[("", "choose"), *view.NAMES.items()],
        workflows=(("", "none: the document is about all"), *workflows) if workflows else (),
        choices=FORMS,
        everies=((Every.WEEK, "each week"), (Every.MONTH, "each month")),
        days=tuple(schedule_view.DAYS.items()),
        zone=zone,
    )


def _known(here: Site, who: Visitor, id_: str) -> tuple[Schedule, tuple[Delivery, ...]]:
    with here.rt.store.reading() as reading:
        found = next((one for one in schedules(reading) if one.id == id_), None)
        if found is None or not within_reach(found, who.scopes("report", "schedule")):
            raise NotThere
        return found, tuple(deliveries(reading, here.now()).get(id_, {}).values())


def _names(here: Site, who: Visitor) -> list[str]:
    """Workflows that the visitor may have a document of sent, by name."""
    seen = within(here.board.portfolio(), who.scopes("report", "schedule"), who.tenant_of)
    return [one.definition.name for one in seen.standings]
