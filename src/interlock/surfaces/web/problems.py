"""What went wrong, as a page: what happened, and what to do next."""

import logging
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from interlock.terms.errors import BadInput, Refused, Unavailable

log = logging.getLogger("interlock.web")


class NotSignedIn(Exception):
    """Nobody is known to be looking."""


class NotAllowed(Exception):
    """Who looks may not do this; the argument is the `resource:action` that it takes."""


class NotThere(Exception):
    """There is no such thing, or nothing that this visitor may know of: both look the same."""


class Forged(Exception):
    """A form that none of our own pages sent, or one of a session that has ended since."""


def install(app: FastAPI) -> None:
    """Have every error answered as a page."""
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)


def problem_page(request: Request, status: int, title: str, words: str, next_step: str = "") -> Response:
    """One problem as a page of its own."""
    from interlock.surfaces.web.frame import page  # the frame knows of visitors, and those of problems

    return page(request, "problem.html.j2", title=title, status=status, words=words, next_step=next_step)


async def _not_signed_in(request: Request, _: Any) -> Response:
    if request.headers.get("hx-request"):
        return Response(status_code=HTTPStatus.UNAUTHORIZED, headers={"HX-Redirect": _sign_in(request)})
    return RedirectResponse(_sign_in(request), HTTPStatus.SEE_OTHER)


def _sign_in(request: Request) -> str:
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/sign-in?next={quote(asked if request.method == 'GET' else '/', safe='')}"


async def _not_allowed(request: Request, exc: Any) -> Response:
    words = f"This takes the permission {exc}, which none of your roles has here."
    return problem_page(request, 403, "You may not do this", words, "Your account lists what you may; an administrator "
                        "gives roles under Settings, People.")  # fmt: skip


async def _not_there(request: Request, _: Any) -> Response:
    words = "There is nothing at this address, or nothing that you may see."
    return problem_page(request, 404, "There is nothing here", words, "The links above lead to what there is.")


async def _forged(request: Request, _: Any) -> Response:
    words = "The form was not sent from a page of this session, so nothing was done."
    step = "If it was you: go back, load the page again and send it once more; what you typed is still there."
    return problem_page(request, 403, "This form cannot be trusted", words, step)


async def _bad_input(request: Request, exc: Any) -> Response:
    return problem_page(request, 400, "Nothing was changed", sentence(exc), "Go back and mend it.")


async def _refused(request: Request, exc: Any) -> Response:
    return problem_page(request, 409, "This was refused", sentence(exc), "Nothing was done; the refusal is on record.")


async def _unavailable(request: Request, exc: Any) -> Response:
    title, step = "The store cannot be reached", "Nothing was lost that was recorded. Try again in a moment."
    answer = problem_page(request, 503, title, sentence(exc), step)
    answer.headers["Retry-After"] = "2"
    return answer


async def _invalid(request: Request, exc: Any) -> Response:
    words = "; ".join(f"{'.'.join(map(str, one['loc'][1:]))}: {one['msg']}" for one in exc.errors())
    return problem_page(request, 400, "This address is not complete", words, "Follow a link instead of typing it.")


async def _http(request: Request, exc: Any) -> Response:
    if exc.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}:
        return await _not_there(request, exc)
    return problem_page(request, exc.status_code, HTTPStatus(exc.status_code).phrase, sentence(exc.detail))


async def unexpected(request: Request, exc: Exception) -> Response:
    """What was raised and nobody thought of, told to the log, where a path makes no line of its own."""
    log.error("%s %s failed", request.method, quote(request.url.path), exc_info=exc)
    words = "The server failed at this; its log says why. Whether it was done is not known."
    return problem_page(request, 500, "Something went wrong here", words, "Look at the ledger before you try again.")


def sentence(said: object) -> str:
    """What an error says, as a sentence of its own."""
    words = str(said)
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "?", "!")) else ".")


HANDLERS: dict[Any, Any] = {
    NotSignedIn: _not_signed_in,
    NotAllowed: _not_allowed,
    NotThere: _not_there,
    Forged: _forged,
    BadInput: _bad_input,
    Refused: _refused,
    Unavailable: _unavailable,
    RequestValidationError: _invalid,
    HTTPException: _http,
}
