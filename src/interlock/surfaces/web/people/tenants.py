"""Addresses of tenants: whose each workflow is."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from interlock.flows.access.tenants import assign_tenant, tenants
from interlock.surfaces.web.forms import Form, Posted
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.people import view
from interlock.surfaces.web.people.needs import OfTenants, Reader
from interlock.surfaces.web.refusals import NotThere
from interlock.surfaces.web.sentences import sentence
from interlock.surfaces.web.site import Here, Site
from interlock.surfaces.web.tables import CSV, JSON
from interlock.surfaces.web.visitor import Visitor
from interlock.terms.errors import BadInput
from interlock.terms.words import plural

routes = APIRouter(prefix="/settings/tenants")


@routes.get("")
def list_tenants(request: Request, here: Here, who: Reader) -> HTMLResponse:
    """Every workflow with its tenant."""
    return _tenants(request, here, who, Form())


@routes.get(".{form}")
def tenants_as(form: str, request: Request, here: Here, who: Reader) -> Response:  # noqa: ARG001 - it is checked
    """The same as CSV and JSON."""
    if form not in {CSV, JSON}:
        raise NotThere
    return view.tenant_table().answer(_rows(here), request.query_params, form)


@routes.post("")
def give(request: Request, here: Here, who: OfTenants, form: Posted) -> Response:
    """Give a workflow to a tenant, or to nobody."""
    workflow = form.needed("workflow", "Name the workflow")
    if not form.faults:
        try:
            assign_tenant(here.rt.store, workflow, form.text("tenant") or None, by=who.person, clock=here.now)
            return RedirectResponse("/settings/tenants", 303)
        except BadInput as exc:
            form.fault("tenant" if "tenant" in str(exc) else "workflow", sentence(exc))
    return _tenants(request, here, who, form, status=400)


def _rows(here: Site) -> list[tuple[str, str | None]]:
    with here.rt.store.reading() as reading:
        given = tenants(reading)
    names = [one.definition.name for one in here.board.portfolio().standings]
    return [(name, given.get(name)) for name in names]


def _tenants(request: Request, here: Site, who: Visitor, form: Form, *, status: int = 200) -> HTMLResponse:
    rows = _rows(here)
    given = {tenant for _, tenant in rows if tenant is not None}
    owned = sum(tenant is not None for _, tenant in rows)
    title = (
        f"{plural(len(given), 'tenant')}: {owned} of {plural(len(rows), 'workflow')} given to one"
        if given
        else "No workflow was given to a tenant"
    )
    return page(
        request,
        "people/tenants.html.j2",
        title=title,
        who=who,
        status=status,
        table=view.tenant_table().shown(rows, request.query_params),
        known=sorted(given),
        may_manage=who.may("tenant", "assign"),
        form=form,
    )
