"""The page of the organisation: as a form and as a file, checked before it is recorded."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from interlock.flows.council.decide import define_organisation
from interlock.surfaces.web.forms import Form, Posted
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.refusals import NotThere
from interlock.surfaces.web.settings.organisation_view import (
    TEXT_MAX,
    asked_of,
    changes,
    field_of,
    organisation_title,
    typed_parts,
)
from interlock.surfaces.web.settings.reach import check_whole
from interlock.surfaces.web.site import Here, Site
from interlock.surfaces.web.visitor import Needs, Visitor, Who
from interlock.terms.council import Organisation
from interlock.terms.errors import BadInput

routes = APIRouter(dependencies=[Depends(Needs("settings", "read"))])
ADDRESS = "/settings/organisation"
KIND = "organisation.defined"


@routes.get(ADDRESS)
def organisation_page(request: Request, here: Here, who: Who) -> Response:
    """Who leads, who sits in the council, who answers for what; and the forms that change it."""
    check_whole(who)
    return _page(request, here, who, Form())


@routes.get(ADDRESS + ".yaml")
def organisation_file(here: Here, who: Who) -> Response:
    """What counts now, as the file that `interlock organisation apply` takes."""
    check_whole(who)
    organisation = here.board.portfolio().organisation
    if organisation is None:
        raise NotThere
    headers = {"content-disposition": 'attachment; filename="organisation.yaml"'}
    written = here.packs.organisations.written(organisation)
    return Response(written.encode("utf-8", "replace"), headers=headers, media_type="application/yaml")


@routes.post(ADDRESS)
def change(request: Request, here: Here, who: Who, form: Posted) -> Response:
    """First what would change is shown; what was looked at is then recorded."""
    check_whole(who)
    who.check("organisation", "define")
    organisation = _typed(here, form)
    if organisation is None:
        return _page(request, here, who, form, status=400)
    now = here.board.portfolio().organisation
    entry = -1 if now is None else now.entry
    if not form.has("checked"):
        return page(request, "settings/organisation_check.html.j2", title="Check before it counts", who=who, form=form,
                    rows=changes(now, organisation, here.packs.organisations.known), seen=entry,
                    written=here.packs.organisations.written(organisation))  # fmt: skip
    if form.text("seen") != str(entry):
        form.fault("", f"The organisation was described anew in the meantime (entry {entry}). Check what would change.")
        return page(request, "settings/organisation_check.html.j2", title="Check again before it counts", who=who,
                    form=form, rows=changes(now, organisation, here.packs.organisations.known), seen=entry, status=409,
                    written=here.packs.organisations.written(organisation))  # fmt: skip
    define_organisation(
        here.rt.store, organisation, by=who.person, clock=here.rt.clock,
        authored_sample=here.board.portfolio().authored_sample,
    )  # fmt: skip
    return RedirectResponse(ADDRESS, 303)


def _typed(here: Site, form: Form) -> Organisation | None:
    """As a file where one was pasted, else as the form says; None where it has faults, which are noted."""
    files = here.packs.organisations
    text = form.raw("text")
    if len(text) > TEXT_MAX:
        form.fault("text", f"The file has {len(text):,} characters; at most {TEXT_MAX:,} can be pasted.")
        return None
    try:
        return files.read(text) if form.has("text") else files.of(typed_parts(form, files.known))
    except BadInput as fault:
        for line in str(fault).splitlines():
            form.fault("text" if form.has("text") else field_of(line), line.strip())
        return None


def _page(request: Request, here: Site, who: Visitor, form: Form, *, status: int = 200) -> Response:
    organisation, known = here.board.portfolio().organisation, here.packs.organisations.known
    entry = None
    if organisation is not None:
        with here.rt.store.reading() as reading:
            entry = next(reading.entries(organisation.entry, organisation.entry + 1), None)
    return page(request, "settings/organisation.html.j2", title=organisation_title(organisation, known), who=who,
                status=status, form=form, organisation=organisation, entry=entry, asked=asked_of(organisation, known),
                known=known, may_define=who.may("organisation", "define"))  # fmt: skip
