"""Addresses of accounts: who there is, invite, change roles, reset, close."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from interlock.engine.timestamp import stamp
from interlock.flows.access.accounts import accounts
from interlock.flows.access.links import reset_account
from interlock.flows.access.people import change_email, change_roles, close_account, create_account, email_of
from interlock.surfaces.web.forms import Form, Posted
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.people import view
from interlock.surfaces.web.people.needs import OfAccounts, Reader
from interlock.surfaces.web.people.words import in_order, role_words
from interlock.surfaces.web.refusals import NotThere
from interlock.surfaces.web.sentences import sentence
from interlock.surfaces.web.site import Here, Site
from interlock.surfaces.web.tables import CSV, JSON
from interlock.surfaces.web.visitor import Visitor
from interlock.terms.access import EVERYWHERE
from interlock.terms.account import AccountRow
from interlock.terms.errors import BadInput

routes = APIRouter(prefix="/settings/people")


@routes.get("")
def list_people(request: Request, here: Here, who: Reader) -> HTMLResponse:
    """Everybody who has an account."""
    rows, now = _rows(here), stamp(here.now())
    table = view.people_table(now).shown(rows, request.query_params)
    return page(
        request,
        "people/people.html.j2",
        title=view.people_title(rows, now),
        who=who,
        table=table,
        may_manage=who.may("account", "manage"),
    )


@routes.get(".{form}")
def people_as(form: str, request: Request, here: Here, who: Reader) -> Response:  # noqa: ARG001 - it is checked
    """The same as CSV and JSON."""
    if form not in {CSV, JSON}:
        raise NotThere
    return view.people_table(stamp(here.now())).answer(_rows(here), request.query_params, form)


@routes.get("/new")
def new_account(request: Request, who: OfAccounts) -> HTMLResponse:
    """The form for an invitation."""
    return _new(request, who, Form())


@routes.post("/new")
def invite(request: Request, here: Here, who: OfAccounts, form: Posted) -> Response:
    """Make an account. The link of the invitation is in this answer and nowhere else."""
    name = form.needed("name", "Type the person's name, as definitions write it")
    roles = view.roles_of(form)
    if not form.faults:
        try:
            secret = create_account(
                here.rt.store,
                name,
                roles,
                email=form.text("email"),
                by=who.person,
                clock=here.now,
                randomness=here.rt.randomness,
            )
        except BadInput as exc:
            form.fault("email" if "e-mail" in str(exc) else "name", sentence(exc))
        else:
            return _link(request, here, who, name, secret, "invited")
    return _new(request, who, form, status=400)


@routes.get("/account/{name}")
def show_person(name: str, request: Request, here: Here, who: Reader) -> HTMLResponse:
    """One account."""
    return _person(request, here, who, name, Form())


@routes.post("/account/{name}/roles")
def set_roles(name: str, request: Request, here: Here, who: OfAccounts, form: Posted) -> Response:
    """Other roles; the person's sessions end."""
    roles = view.roles_of(form)
    if not form.faults:
        try:
            change_roles(here.rt.store, name, roles, by=who.person, clock=here.now)
            return RedirectResponse(view.account_address(name), 303)
        except BadInput as exc:
            form.fault("roles", sentence(exc))
    return _person(request, here, who, name, form, status=400)


@routes.post("/account/{name}/email")
def set_email(name: str, request: Request, here: Here, who: OfAccounts, form: Posted) -> Response:
    """Another e-mail address, or none."""
    try:
        change_email(here.rt.store, name, form.text("email"), by=who.person, clock=here.now)
        return RedirectResponse(view.account_address(name), 303)
    except BadInput as exc:
        form.fault("email", sentence(exc))
    return _person(request, here, who, name, form, status=400)


@routes.post("/account/{name}/reset")
def reset(name: str, request: Request, here: Here, who: OfAccounts, form: Posted) -> Response:
    """A link that sets another password. It is in this answer and nowhere else."""
    secret = reset_account(
        here.rt.store,
        name,
        by=who.person,
        clock=here.now,
        randomness=here.rt.randomness,
        without_second_factor=form.has("without_second_factor"),
    )
    return _link(request, here, who, name, secret, "given a link for a new password")


@routes.post("/account/{name}/close")
def close(name: str, request: Request, here: Here, who: OfAccounts, form: Posted) -> Response:
    """Close the account; what it did stays on record."""
    if not form.has("sure"):
        form.fault("sure", "Tick that you mean it")
    else:
        try:
            close_account(here.rt.store, name, by=who.person, clock=here.now)
            return RedirectResponse(view.account_address(name), 303)
        except BadInput as exc:
            form.fault("sure", sentence(exc))
    return _person(request, here, who, name, form, status=400)


def _rows(here: Site) -> tuple[AccountRow, ...]:
    with here.rt.store.reading() as reading:
        return accounts(reading)


def _new(request: Request, who: Visitor, form: Form, *, status: int = 200) -> HTMLResponse:
    options = view.role_options()
    return page(
        request, "people/new.html.j2", title="Invite somebody", who=who, status=status, form=form, options=options
    )


def _person(request: Request, here: Site, who: Visitor, name: str, form: Form, *, status: int = 200) -> HTMLResponse:
    may_manage = who.may("account", "manage")
    with here.rt.store.reading() as reading:
        row = next((one for one in accounts(reading) if one.name == name), None)
        has_email = row is not None and bool(email_of(reading, name))
    if row is None:
        raise NotThere
    held = in_order(row.roles)
    state, at = view.account_state(row, stamp(here.now())), [one for one in held if one.scope != EVERYWHERE]
    model: dict[str, Any] = {
        "row": row,
        "state": view.STATES[state],
        "has_email": has_email,
        "may_manage": may_manage and row.closed_at is None,
        "roles": [role_words(one) for one in held],
        "options": view.role_options(),
        "everywhere": [str(one) for one in held if one.scope == EVERYWHERE],
        "places": "\n".join(map(str, at)),
        "own_sessions": here.entrance.sessions.of(row.name),
        "form": form,
    }
    title = f"{row.name}: {', '.join(model['roles']) or 'no role yet'}" + (", closed" if row.closed_at else "")
    return page(request, "people/person.html.j2", title=title, who=who, status=status, **model)


def _link(request: Request, here: Site, who: Visitor, name: str, secret: str, done: str) -> HTMLResponse:
    address = f"{(here.address or str(request.base_url)).rstrip('/')}/invitation?token={secret}"
    more = {"name": name.strip(), "address": address, "back": view.account_address(name.strip())}
    return page(request, "people/link.html.j2", title=f"{name.strip()} was {done}", who=who, **more)  # type: ignore[arg-type]
