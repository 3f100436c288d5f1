"""Addresses of tokens and web hooks. What is made is shown once, in the answer to its form."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from interlock.flows.access.hooks import create_hook, hooks, revoke_hook
from interlock.flows.access.tokens import create_token, revoke_token, tokens
from interlock.surfaces.web.forms import Form, Posted
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.people import view
from interlock.surfaces.web.people.needs import OfHooks, OfTokens, Reader
from interlock.surfaces.web.refusals import NotThere
from interlock.surfaces.web.sentences import sentence
from interlock.surfaces.web.site import Here, Site
from interlock.surfaces.web.tables import CSV, JSON
from interlock.surfaces.web.visitor import Visitor
from interlock.terms.errors import BadInput
from interlock.terms.words import plural

routes = APIRouter(prefix="/settings")


@routes.get("/tokens")
def list_tokens(request: Request, here: Here, who: Reader) -> HTMLResponse:
    """Every token."""
    return _tokens(request, here, who, Form())


@routes.get("/tokens.{form}")
def tokens_as(form: str, request: Request, here: Here, who: Reader) -> Response:  # noqa: ARG001 - it is checked
    """The same as CSV and JSON."""
    if form not in {CSV, JSON}:
        raise NotThere
    with here.rt.store.reading() as reading:
        return view.token_table().answer(tokens(reading), request.query_params, form)


@routes.post("/tokens")
def make_token(request: Request, here: Here, who: OfTokens, form: Posted) -> Response:
    """A new token; the store keeps its digest only."""
    name, roles = form.needed("name", "Say whose token it is"), view.roles_of(form)
    if not roles and not form.faults:
        form.fault("roles", "Choose at least one role")
    if not form.faults:
        try:
            made = create_token(
                here.rt.store, name, roles, by=who.person, clock=here.now, randomness=here.rt.randomness
            )
        except BadInput as exc:
            form.fault("name", sentence(exc))
        else:
            words = f"Send it as `Authorization: Bearer TOKEN`; keep it where {name} finds it and nobody else does."
            return _secret(request, who, f"The token {name} was made", made, words, "/settings/tokens")
    return _tokens(request, here, who, form, status=400)


@routes.post("/tokens/revoke")
def end_token(here: Here, who: OfTokens, form: Posted) -> Response:
    """End a token at once."""
    revoke_token(here.rt.store, form.raw("name"), by=who.person, clock=here.now)
    return RedirectResponse("/settings/tokens", 303)


@routes.get("/hooks")
def list_hooks(request: Request, here: Here, who: Reader) -> HTMLResponse:
    """Every web hook."""
    return _hooks(request, here, who, Form())


@routes.get("/hooks.{form}")
def hooks_as(form: str, request: Request, here: Here, who: Reader) -> Response:  # noqa: ARG001 - it is checked
    """The same as CSV and JSON."""
    if form not in {CSV, JSON}:
        raise NotThere
    with here.rt.store.reading() as reading:
        return view.hook_table().answer(hooks(reading), request.query_params, form)


@routes.post("/hooks")
def make_hook(request: Request, here: Here, who: OfHooks, form: Posted) -> Response:
    """A new web hook, with the secret that signs what it sends."""
    name, scope = form.needed("name", "Say whose hook it is"), form.needed("scope", "Say what it may halt")
    if not form.faults:
        try:
            made = create_hook(here.rt.store, name, scope, by=who.person, clock=here.now, randomness=here.rt.randomness)
        except BadInput as exc:
            form.fault("scope" if "scope" in str(exc) else "name", sentence(exc))
        else:
            words = f"The sender POSTs to /v1/hooks/kill/{name}, signed with it as Standard Webhooks says."
            return _secret(request, who, f"The web hook {name} was made", made, words, "/settings/hooks")
    return _hooks(request, here, who, form, status=400)


@routes.post("/hooks/revoke")
def end_hook(here: Here, who: OfHooks, form: Posted) -> Response:
    """End a web hook at once."""
    revoke_hook(here.rt.store, form.raw("name"), by=who.person, clock=here.now)
    return RedirectResponse("/settings/hooks", 303)


def _tokens(request: Request, here: Site, who: Visitor, form: Form, *, status: int = 200) -> HTMLResponse:
    with here.rt.store.reading() as reading:
        rows = tokens(reading)
    live = [row.name for row in rows if row.revoked_at is None]
    model: dict[str, Any] = {
        "table": view.token_table().shown(rows, request.query_params),
        "live": live,
        "options": view.role_options(tuple(view.MEANING)),
        "may_manage": who.may("token", "manage"),
        "form": form,
    }
    title = f"{plural(len(live), 'token')} may use the API" if rows else "No token was made yet"
    return page(request, "people/tokens.html.j2", title=title, who=who, status=status, **model)


def _hooks(request: Request, here: Site, who: Visitor, form: Form, *, status: int = 200) -> HTMLResponse:
    with here.rt.store.reading() as reading:
        rows = hooks(reading)
    live = [row.name for row in rows if row.revoked_at is None]
    model: dict[str, Any] = {
        "table": view.hook_table().shown(rows, request.query_params),
        "live": live,
        "may_manage": who.may("hook", "manage"),
        "form": form,
    }
    title = f"{plural(len(live), 'web hook')} may halt something" if rows else "No web hook was made yet"
    return page(request, "people/hooks.html.j2", title=title, who=who, status=status, **model)


def _secret(request: Request, who: Visitor, title: str, made: str, words: str, back: str) -> HTMLResponse:
    return page(request, "people/secret.html.j2", title=title, who=who, made=made, words=words, back=back)
