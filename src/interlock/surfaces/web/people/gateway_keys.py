"""Addresses of gateway keys, and of clients that nothing lets in. A key is shown once, in the answer to its form."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from interlock.engine.gateway.access.limit_words import limit_said
from interlock.engine.timestamp import stamp
from interlock.flows.access.tenants import tenants
from interlock.flows.gateway.access.bars import admit_client, bar_client, barred
from interlock.flows.gateway.access.keys import DAYS_MAX, WantedKey, create_key, keys, may_about, revoke_key
from interlock.flows.gateway.access.used import last_asked
from interlock.ports.store import Reading
from interlock.surfaces.web.forms import Form, Posted
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.people.gateway_view import choices, field_of, keys_title, shown_table
from interlock.surfaces.web.refusals import NotThere
from interlock.surfaces.web.sentences import sentence
from interlock.surfaces.web.site import Here, Site
from interlock.surfaces.web.tables import CSV, JSON
from interlock.surfaces.web.visitor import Needs, Visitor
from interlock.terms.errors import BadInput
from interlock.terms.gateway.client import GatewayKeyRow
from interlock.terms.gateway.traffic import TrafficLimit

routes = APIRouter(prefix="/settings/gateway-keys")
HERE = "/settings/gateway-keys"
Reader = Annotated[Visitor, Depends(Needs("key", "read"))]
Maker = Annotated[Visitor, Depends(Needs("key", "create"))]
Ender = Annotated[Visitor, Depends(Needs("key", "revoke"))]
HOW = "The application sends it as `Authorization: Bearer KEY` or `x-api-key: KEY`; keep it where nobody else finds it."


@routes.get("")
def list_keys(request: Request, here: Here, who: Reader) -> HTMLResponse:
    """Every gateway key of workflows that the visitor may see."""
    return _page(request, here, who, Form())


@routes.get(".{form}")
def keys_as(form: str, request: Request, here: Here, who: Reader) -> Response:
    """The same as CSV and JSON."""
    if form not in {CSV, JSON}:
        raise NotThere
    with here.rt.store.reading() as reading:
        rows = _rows(reading, who)
        asked = last_asked(reading, rows)
    return shown_table(asked, stamp(here.now())).answer(rows, request.query_params, form)


@routes.post("")
def make_key(request: Request, here: Here, who: Maker, form: Posted) -> Response:
    """A new key; the store keeps its digest only."""
    name, workflow = form.needed("name", "Name the key"), form.needed("workflow", "Choose the workflow that it uses")
    if workflow:
        whose = who.tenant_of(workflow) or form.text("tenant") or None
        who.check("key", "create", workflow=workflow, tenant=whose)
    wanted = WantedKey(name, workflow, form.text("client"), form.text("tenant") or None, _days(form),
                       tuple(form.text("networks").split()), _limits(form))  # fmt: skip
    if not form.faults:
        try:
            made = create_key(here.rt.store, wanted, by=who.person, clock=here.now, randomness=here.rt.randomness)
        except BadInput as exc:
            form.fault(field_of(str(exc)), sentence(exc))
        else:
            title = f"The gateway key {name} was made"
            return page(request, "people/secret.html.j2", title=title, who=who, made=made, words=HOW, back=HERE)
    return _page(request, here, who, form, status=400)


@routes.post("/revoke")
def end_key(here: Here, who: Ender, form: Posted) -> Response:
    """End a key, in every gateway on the store."""
    with here.rt.store.reading() as reading:
        row = next((one for one in _rows(reading, who) if one.name == form.raw("name")), None)
    if row is None:
        raise NotThere
    who.check("key", "revoke", workflow=row.client.workflow, tenant=row.client.tenant)
    revoke_key(here.rt.store, row.name, by=who.person, clock=here.now)
    return RedirectResponse(HERE, 303)


@routes.post("/bar")
def bar(request: Request, here: Here, who: Ender, form: Posted) -> Response:
    """Shut a client out."""
    who.check("key", "revoke")
    client, reason = form.needed("barred", "Name the client"), form.needed("reason", "Say why: it is recorded")
    if not form.faults:
        try:
            bar_client(here.rt.store, client, reason, by=who.person, clock=here.now)
            return RedirectResponse(HERE, 303)
        except BadInput as exc:
            form.fault("barred", sentence(exc))
    return _page(request, here, who, form, status=400)


@routes.post("/admit")
def admit(request: Request, here: Here, who: Maker, form: Posted) -> Response:
    """Let a barred client in again."""
    who.check("key", "create")
    client, reason = form.raw("admitted"), form.needed("again", "Say why: it is recorded")
    if not form.faults:
        try:
            admit_client(here.rt.store, client, reason, by=who.person, clock=here.now)
            return RedirectResponse(HERE, 303)
        except BadInput as exc:
            form.fault("again", sentence(exc))
    return _page(request, here, who, form, status=400)


def _days(form: Form) -> int | None:
    text = form.text("days")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:6]) <= DAYS_MAX:
        form.fault("days", f"Write a whole number from 1 to {DAYS_MAX:,}, or nothing for a key that does not end")
        return None
    return int(text)


def _limits(form: Form) -> tuple[TrafficLimit, ...]:
    found = []
    for line in filter(None, map(str.strip, form.raw("limits").split("\n"))):
        try:
            found.append(limit_said(line))
        except BadInput as exc:
            form.fault("limits", sentence(exc))
    return tuple(found)


def _rows(reading: Reading, who: Visitor) -> Sequence[GatewayKeyRow]:
    given = tenants(reading)
    return [row for row in keys(reading) if may_about(who.caller, "read", row, given)]


def _page(request: Request, here: Site, who: Visitor, form: Form, *, status: int = 200) -> HTMLResponse:
    everywhere = who.may("key", "read")
    with here.rt.store.reading() as reading:
        rows, given = _rows(reading, who), tenants(reading)
        asked = last_asked(reading, rows)
        shut = barred(reading) if everywhere else ()
        names = [row.name for row in reading.workflows()] if who.may_somewhere("key", "create") else []
    live = [row for row in rows if row.revoked_at is None]
    now = stamp(here.now())
    model: dict[str, Any] = {
        "table": shown_table(asked, now).shown(rows, request.query_params),
        "endable": choices([row for row in live if may_about(who.caller, "revoke", row, given)], asked),
        "workflows": [(name, name) for name in names if who.may("key", "create", workflow=name)],
        "barred": [(one.name, one.reason, one.barred_by) for one in shut],
        "may_bar": who.may("key", "revoke"),
        "may_admit": who.may("key", "create"),
        "among_others": who.may("account", "read"),
        "form": form,
    }
    title = keys_title(rows, asked, now)
    return page(request, "people/gateway_keys.html.j2", title=title, who=who, status=status, **model)
