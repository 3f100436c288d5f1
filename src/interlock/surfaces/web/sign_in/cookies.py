"""The two cookies that are ever set: a session's, and what a browser carries to a provider and back."""

import base64
import json
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from interlock.flows.access.sessions import LASTS
from interlock.ports.identity import Errand
from interlock.surfaces.web.visitor import cookie_name

ERRAND_S = 600
ERRAND = "interlock_errand"


def signed_in(request: Request, cookie: str, leads_to: str) -> Response:
    """Lead a browser on with a new session. Whatever cookie it came with counts no more."""
    answer = RedirectResponse(leads_to, 303)
    _keep(answer, request, cookie_name(request), cookie, int(LASTS.total_seconds()))
    if errand_name(request) in request.cookies:
        _keep(answer, request, errand_name(request), "", 0)
    return answer


def signed_out(request: Request) -> Response:
    """Lead a browser to the sign-in page without a session."""
    answer = RedirectResponse("/sign-in", 303)
    _keep(answer, request, cookie_name(request), "", 0)
    return answer


def sent_away(request: Request, address: str, errand: Errand, leads_to: str) -> Response:
    """Send a browser to a provider; it alone can come back with the answer."""
    told = json.dumps([errand.state, errand.nonce, errand.verifier, leads_to])
    answer = RedirectResponse(address, 303)
    _keep(answer, request, errand_name(request), base64.urlsafe_b64encode(told.encode()).decode(), ERRAND_S)
    return answer


def errand_of(request: Request) -> tuple[Errand, str] | None:
    """What the browser carried, and where it wanted to go; None where it carries nothing that can be read."""
    try:
        told = json.loads(base64.urlsafe_b64decode(request.cookies.get(errand_name(request), "")))
        state, nonce, verifier, leads_to = map(str, told)
    except (ValueError, TypeError, RecursionError):
        return None
    return Errand(state, nonce, verifier), local(leads_to)


def local(address: str) -> str:
    """The address where it is one of this site's pages, else where one begins."""
    at = urlsplit(address) if address.isprintable() and "\\" not in address else None
    ours = at is not None and not at.scheme and not at.netloc and address.startswith("/") and address[1:2] != "/"
    return address if ours and not address.startswith("/sign-") else "/"


def errand_name(request: Request) -> str:
    """The name of the cookie that goes to the provider and back."""
    return f"__Host-{ERRAND}" if request.url.scheme == "https" else ERRAND


def _keep(answer: Response, request: Request, name: str, value: str, age_s: int) -> None:
    """No script reads it, no other site's form carries it, and over HTTPS it goes nowhere else.

    Lax: somebody comes back from a provider by a link of that site.
    """
    over_https = request.url.scheme == "https"
    answer.set_cookie(name, value, max_age=age_s, path="/", secure=over_https, httponly=True, samesite="lax")
