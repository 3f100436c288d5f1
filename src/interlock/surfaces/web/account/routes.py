"""Addresses of one's own account. Who changes how they sign in shows their password first, whoever is signed in."""

import base64
import binascii

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from interlock.engine.access.permissions import permissions
from interlock.flows.access.entrance import Refusal
from interlock.flows.access.passwords import change_password
from interlock.flows.access.second_factor import SEED_BYTES, end_second_factor, set_second_factor
from interlock.flows.access.sessions import digest_of, end_session
from interlock.flows.access.showing import Showing
from interlock.surfaces.web.account import view
from interlock.surfaces.web.forms import Form, Posted
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.people.words import in_order, role_words
from interlock.surfaces.web.refusals import NotThere
from interlock.surfaces.web.sentences import sentence
from interlock.surfaces.web.sign_in.cookies import signed_in
from interlock.surfaces.web.sign_in.view import address_of, refusal_words
from interlock.surfaces.web.site import Here, Site
from interlock.surfaces.web.tables import CSV, JSON
from interlock.surfaces.web.visitor import Visitor, Who, cookie_name
from interlock.terms.errors import BadInput

routes = APIRouter(prefix="/account")


@routes.get("")
def show_account(request: Request, here: Here, who: Who) -> HTMLResponse:
    """Who one is here, how one signs in, and where one is signed in."""
    return _account(request, here, who, Form())


@routes.get("/permissions")
def show_permissions(request: Request, who: Who) -> HTMLResponse:
    """Everything that one may do, as scope:resource:action."""
    held = permissions(who.caller)
    table = view.permission_table().shown(held, request.query_params)
    title = f"You have {len(held)} permissions" if held else "You have no permission yet"
    return page(request, "account/permissions.html.j2", title=title, who=who, table=table)


@routes.get("/permissions.{form}")
def permissions_as(form: str, request: Request, who: Who) -> Response:
    """The same as CSV and JSON."""
    if form not in {CSV, JSON}:
        raise NotThere
    return view.permission_table().answer(permissions(who.caller), request.query_params, form)


@routes.post("/password")
def set_password(request: Request, here: Here, who: Who, form: Posted) -> Response:
    """Another password; every other session ends."""
    password = form.raw("new")
    if not password:
        form.fault("new", "Choose a new password")
    elif password != form.raw("again"):
        form.fault("again", "Type the same new password again")
    if not form.faults:
        try:
            found = change_password(here.entrance, _showing(request, who, form), password)
        except BadInput as exc:
            form.fault("new", sentence(exc))
        else:
            if not isinstance(found, Refusal):
                return signed_in(request, found, "/account")
            form.fault("password", refusal_words(found))
    return _account(request, here, who, form, status=400)


@routes.post("/sessions")
def end_others(request: Request, here: Here, who: Who, form: Posted) -> Response:  # noqa: ARG001 - it is checked
    """End every session of one's own but this one."""
    own = digest_of(request.cookies.get(cookie_name(request), ""))
    for session in here.entrance.sessions.of(who.name):
        if session.sha256 != own:
            end_session(here.rt.store, session, why="ended from another session", clock=here.entrance.clock)
    return RedirectResponse("/account", 303)


@routes.get("/second-factor")
def show_second_factor(request: Request, here: Here, who: Who) -> HTMLResponse:
    """The picture that a telephone reads; a new one each time the page is opened."""
    return _second_factor(request, here, who, Form(), here.entrance.randomness(SEED_BYTES))


@routes.post("/second-factor")
def turn_on(request: Request, here: Here, who: Who, form: Posted) -> Response:
    """Ask for codes of the app from now on."""
    try:
        seed = base64.b32decode(form.raw("seed"))
    except binascii.Error:
        seed = b""
    if len(seed) != SEED_BYTES:
        return RedirectResponse("/account/second-factor", 303)
    found = set_second_factor(here.entrance, _showing(request, who, form), seed, form.text("new_code"))
    if not isinstance(found, Refusal):
        return signed_in(request, found, "/account")
    form.fault("new_code" if "newest" in found.words else "password", refusal_words(found))
    return _second_factor(request, here, who, form, seed, status=400)


@routes.post("/second-factor/end")
def turn_off(request: Request, here: Here, who: Who, form: Posted) -> Response:
    """Ask for no code any more."""
    found = end_second_factor(here.entrance, _showing(request, who, form))
    if not isinstance(found, Refusal):
        return signed_in(request, found, "/account")
    form.fault("password", refusal_words(found))
    return _account(request, here, who, form, status=400)


def _showing(request: Request, who: Visitor, form: Form) -> Showing:
    return Showing(who.name, form.raw("password"), form.text("code"), address_of(request))


def _account(request: Request, here: Site, who: Visitor, form: Form, *, status: int = 200) -> HTMLResponse:
    own = digest_of(request.cookies.get(cookie_name(request), ""))
    row = here.entrance.sessions.account(who.name)
    return page(
        request,
        "account/account.html.j2",
        title=view.title(who.caller),
        who=who,
        status=status,
        form=form,
        row=row,
        lede=view.lede(who.caller),
        roles=[role_words(held) for held in in_order(who.caller.roles)],
        second_factor=view.second_factor(row),
        own_sessions=[view.OwnSession(one, one.sha256 == own) for one in here.entrance.sessions.of(who.name)],
    )


def _second_factor(
    request: Request, here: Site, who: Visitor, form: Form, seed: bytes, *, status: int = 200
) -> HTMLResponse:
    row = here.entrance.sessions.account(who.name)
    on = row is not None and row.second_factor_at is not None
    title = "Move the second factor to another telephone" if on else "Set up a second factor"
    code = base64.b32encode(seed).decode()
    picture = here.entrance.codes.picture(here.entrance.codes.address(seed, who.name))
    return page(
        request,
        "account/second_factor.html.j2",
        title=title,
        who=who,
        status=status,
        form=form,
        seed=code,
        spelled=" ".join(code[n : n + 4] for n in range(0, len(code), 4)),
        picture=picture,
        on=on,
    )
