"""The page of the organisation's calendar."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from interlock.flows.calendar.define import calendar_faults, calendar_in_force, define_calendar
from interlock.surfaces.web.forms import Form, Posted
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.settings.calendar_view import (
    DAYS,
    calendar_title,
    coming,
    days_words,
    field_of,
    holidays_ahead,
    holidays_text,
    typed_calendar,
)
from interlock.surfaces.web.settings.reach import check_whole
from interlock.surfaces.web.site import Here, Site
from interlock.surfaces.web.visitor import Needs, Visitor, Who
from interlock.terms.zones import zone_names

routes = APIRouter(dependencies=[Depends(Needs("settings", "read"))])
ADDRESS = "/settings/calendar"


@routes.get(ADDRESS)
def calendar_page(request: Request, here: Here, who: Who) -> Response:
    """When people work and meet, and the form that changes it."""
    check_whole(who)
    return _page(request, here, who, Form())


@routes.post(ADDRESS)
def change(request: Request, here: Here, who: Who, form: Posted) -> Response:
    """Set the calendar: it is recorded, and counts from then on."""
    check_whole(who)
    who.check("organisation", "define")
    calendar = typed_calendar(form)
    told = {one.field for one in form.faults}
    for words in calendar_faults(calendar):
        if field_of(words) not in told:
            form.fault(field_of(words), words)
    with here.rt.store.reading() as reading:
        now = calendar_in_force(reading)
    if not form.faults and form.text("seen") != str(now.entry):
        form.fault("", f"{now.by} changed the calendar in the meantime (entry {now.entry}). What you typed is still "
                       "here: look at what counts now below, then save again.")  # fmt: skip
        return _page(request, here, who, form, status=409)
    if form.faults:
        return _page(request, here, who, form, status=400)
    define_calendar(here.rt.store, calendar, by=who.person, clock=here.rt.clock)
    return RedirectResponse(ADDRESS, 303)


def _page(request: Request, here: Site, who: Visitor, form: Form, *, status: int = 200) -> Response:
    now = here.rt.clock()
    with here.rt.store.reading() as reading:
        calendar = calendar_in_force(reading)
    return page(request, "settings/calendar.html.j2", title=calendar_title(calendar), who=who, status=status, form=form,
                calendar=calendar, meetings=coming(calendar, now), ahead=holidays_ahead(calendar, now), days=DAYS,
                working=days_words(calendar.working_days), typed_holidays=holidays_text(calendar),
                zones=zone_names(), may_define=who.may("organisation", "define"))  # fmt: skip
