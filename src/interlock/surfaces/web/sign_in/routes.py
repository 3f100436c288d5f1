"""Signing in and out. None of these pages says whether there is an account of some name."""

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from interlock.flows.access.entrance import Refusal
from interlock.flows.access.links import invited
from interlock.flows.access.passwords import OLD_LINK, set_first_password, set_invited_password
from interlock.flows.access.sessions import end_session
from interlock.flows.access.showing import Showing
from interlock.flows.access.sign_in import sign_in
from interlock.flows.access.single_sign_on import sign_in_vouched
from interlock.surfaces.web.forms import Form, Posted, PostedByAnybody
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.problems import problem_page
from interlock.surfaces.web.sentences import sentence
from interlock.surfaces.web.sign_in.cookies import errand_of, local, sent_away, signed_in, signed_out
from interlock.surfaces.web.sign_in.view import address_of, refusal_words
from interlock.surfaces.web.site import Here, Site
from interlock.surfaces.web.visitor import Anybody, Who, cookie_name
from interlock.terms.errors import BadInput, Refused

BACK = "/sign-in/back"
routes = APIRouter()


@routes.get("/sign-in")
def sign_in_page(request: Request, here: Here, who: Anybody, next: str = "/") -> Response:  # noqa: A002 - its address
    """The form; who is signed in is led on."""
    if who is not None:
        return RedirectResponse(local(next), 303)
    if here.demo:
        return RedirectResponse(f"/demo?next={quote(local(next), safe='')}", 303)
    return _form(request, here, Form(), local(next))


@routes.post("/sign-in")
def sign_in_by_password(request: Request, here: Here, form: PostedByAnybody) -> Response:
    """A new session, or the form again."""
    showing = Showing(form.text("name"), form.raw("password"), form.text("code"), address_of(request))
    found = sign_in(here.entrance, showing)
    if isinstance(found, Refusal):
        form.fault("name", refusal_words(found))
        return _form(request, here, form, local(form.raw("next")), status=429 if found.wait_s else 403)
    return signed_in(request, found, local(form.raw("next")))


@routes.post("/sign-out")
def sign_out(request: Request, here: Here, who: Who, form: Posted) -> Response:  # noqa: ARG001 - it is checked
    """End this session, in every server on the store; files that were tried here go with it."""
    here.trials.forget_all(who.name)
    session = here.entrance.sessions.session(request.cookies.get(cookie_name(request)))
    if session is not None:
        end_session(here.rt.store, session, why="signed out", clock=here.entrance.clock)
    return signed_out(request)


@routes.get("/sign-in/single")
def sign_in_elsewhere(request: Request, here: Here, next: str = "/") -> Response:  # noqa: A002 - its address
    """To the provider."""
    provider = here.entrance.single_sign_on
    if provider is None:
        return RedirectResponse("/sign-in", 303)
    address, errand = provider.begin(_back_to(request, here))
    return sent_away(request, address, errand, local(next))


@routes.get(BACK)
def come_back(request: Request, here: Here) -> Response:
    """From the provider: a session for whom it vouches for, where that person has an account."""
    provider, carried = here.entrance.single_sign_on, errand_of(request)
    if provider is None or carried is None:
        return RedirectResponse("/sign-in", 303)
    errand, leads_to = carried
    try:
        vouched = provider.finish(errand, str(request.url), _back_to(request, here))
    except Refused as exc:
        return problem_page(request, 403, "You are not signed in", str(exc), "Try again, or sign in with a password.")
    found = sign_in_vouched(here.entrance, vouched)
    if isinstance(found, Refusal):
        return problem_page(request, 403, "You have no account here", found.words, "Nothing of yours was kept.")
    return signed_in(request, found, leads_to)


@routes.get("/first")
def first_page(request: Request, here: Here, token: str = "") -> Response:
    """The form for the first administrator, to who holds the link that the server printed."""
    if not here.entrance.first_run.is_right(token):
        return _no_link(request, here)
    return _first_form(request, Form(), token)


@routes.post("/first")
def make_first(request: Request, here: Here, form: PostedByAnybody) -> Response:
    """Make the first administrator."""
    if not here.entrance.first_run.is_right(form.raw("token")):
        return _no_link(request, here)
    name = form.needed("name", "Type your name, as definitions and records are to show it")
    password = _new_password(form)
    if not form.faults:
        try:
            cookie = set_first_password(here.entrance, form.raw("token"), name, password)
            return signed_in(request, cookie, "/settings/people")
        except BadInput as exc:
            form.fault("password" if "password" in str(exc) else "name", sentence(exc))
    return _first_form(request, form, form.raw("token"), status=400)


@routes.get("/invitation")
def invitation_page(request: Request, here: Here, token: str = "") -> Response:
    """The form for a new password, to who holds a link that is good."""
    with here.rt.store.reading() as reading:
        row = invited(reading, token, here.entrance.clock())
    if row is None:
        return problem_page(request, 410, "This link is good no more", sentence(OLD_LINK))
    return _invitation_form(request, Form(), token, row.name)


@routes.post("/invitation")
def take_invitation(request: Request, here: Here, form: PostedByAnybody) -> Response:
    """Set the password; where a second factor is set, that is asked for next."""
    token = form.raw("token")
    with here.rt.store.reading() as reading:
        row = invited(reading, token, here.entrance.clock())
    if row is None:
        return problem_page(request, 410, "This link is good no more", sentence(OLD_LINK))
    password = _new_password(form)
    if not form.faults:
        try:
            cookie = set_invited_password(here.entrance, token, password)
            return RedirectResponse("/sign-in", 303) if cookie is None else signed_in(request, cookie, "/")
        except BadInput as exc:
            form.fault("password", sentence(exc))
    return _invitation_form(request, form, token, row.name, status=400)


def _form(request: Request, here: Site, form: Form, leads_to: str, *, status: int = 200) -> Response:
    model: dict[str, Any] = {
        "form": form,
        "leads_to": leads_to,
        "provider": here.entrance.single_sign_on,
        "unused": here.entrance.first_run.open,
    }
    return page(request, "sign_in/sign_in.html.j2", title="Sign in", status=status, **model)


def _first_form(request: Request, form: Form, token: str, *, status: int = 200) -> Response:
    title = "Make the first account"
    return page(request, "sign_in/first.html.j2", title=title, status=status, form=form, token=token)


def _invitation_form(request: Request, form: Form, token: str, name: str, *, status: int = 200) -> Response:
    title = f"{name}, choose a password"
    template = "sign_in/invitation.html.j2"
    return page(request, template, title=title, status=status, form=form, token=token, name=name)


def _no_link(request: Request, here: Site) -> Response:
    if not here.entrance.first_run.open:
        return RedirectResponse("/sign-in", 303)
    words = "The first account is made with the link that `interlock serve` printed when it was started last."
    return problem_page(request, 403, "This is not the link", words, "Copy the whole link from that terminal.")


def _new_password(form: Form) -> str:
    password = form.raw("password")
    if not password:
        form.fault("password", "Choose a password")
    elif password != form.raw("again"):
        form.fault("again", "Type the same password again")
    return password


def _back_to(request: Request, here: Site) -> str:
    return (here.address or str(request.base_url)).rstrip("/") + BACK
