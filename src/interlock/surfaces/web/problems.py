"""What went wrong, as a page: what happened, and what to do next."""

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from interlock.flows.ledger.altered import Altered, altered_words
from interlock.surfaces.http.origin import is_foreign
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.refusals import Forged, NotAllowed, NotSignedIn, NotThere
from interlock.surfaces.web.sentences import sentence
from interlock.terms.errors import BadInput, Refused, Unavailable

HTMX = "hx-request"
TYPED_MAX = 200
SECRETS = frozenset({"password", "new", "again"})  # fields of passwords, which may be sentences
log = logging.getLogger("interlock.web")


def install(app: FastAPI) -> None:
    """Have every error answered as a page."""
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)


def problem_page(
    request: Request,
    status: int,
    title: str,
    words: str,
    next_step: str = "",
    *,
    typed: Sequence[str] = (),
    to: str = "",
) -> Response:
    """One problem as a page of its own. `typed` is what would be lost else, `to` where whoever is nobody signs in."""
    return page(
        request, "problem.html.j2", title=title, status=status, words=words, next_step=next_step, typed=typed,
        sign_in=to or "/sign-in",
    )  # fmt: skip


async def _not_signed_in(request: Request, _: Any) -> Response:
    to = _sign_in(request)
    if HTMX in request.headers:
        return Response(status_code=HTTPStatus.UNAUTHORIZED, headers={"HX-Redirect": to})
    typed = await _typed(request)
    if not typed:
        return RedirectResponse(to, HTTPStatus.SEE_OTHER)
    words = (
        "Your session has ended, so nothing was done. What you typed stands below: copy it, sign in, and send it again."
    )
    return problem_page(request, 401, "You are not signed in any more", words, typed=typed, to=to)


def _sign_in(request: Request) -> str:
    """Where somebody signs in, and comes back to the page that they were on."""
    page = str(request.url) if request.method == "GET" else request.headers.get("referer", "/")
    at = urlsplit(page)
    asked = at.path + (f"?{at.query}" if at.query else "")
    return f"/sign-in?next={quote(asked, safe='')}"


async def _typed(request: Request) -> tuple[str, ...]:
    """The sentences of a form of our own that was sent in vain. What is one word is soon chosen or typed again."""
    kind = request.headers.get("content-type", "").partition(";")[0]
    if request.method != "POST" or kind != "application/x-www-form-urlencoded" or is_foreign(request.headers):
        return ()
    sent = await request.form()
    if not SECRETS.isdisjoint(sent):
        return ()
    texts = (value.strip() for _, value in sent.multi_items() if isinstance(value, str))
    return tuple(text for text in texts if " " in text)[:TYPED_MAX]


async def _not_allowed(request: Request, exc: Any) -> Response:
    words = f"This takes the permission {exc}, which none of your roles has here."
    return problem_page(request, 403, "You may not do this", words, "Your account lists what you may; an administrator "
                        "gives roles under Settings, People.")  # fmt: skip


async def _not_there(request: Request, exc: Any) -> Response:
    words = str(exc) or "There is nothing at this address, or nothing that you may see."
    answer = problem_page(request, 404, "There is nothing here", words, "The links above lead to what there is.")
    if request.method == "GET" and HTMX in request.headers:
        answer.headers["HX-Refresh"] = "true"  # a page that looks again by itself would look for ever
    return answer


async def _forged(request: Request, _: Any) -> Response:
    words = "The form was not sent from a page of this session, so nothing was done."
    typed = await _typed(request)
    told = "what you typed stands below" if typed else "choose again what you chose"
    step = f"If it was you: go back, load the page again and send it once more; {told}."
    return problem_page(request, 403, "This form cannot be trusted", words, step, typed=typed)


async def _bad_input(request: Request, exc: Any) -> Response:
    return problem_page(request, 400, "Nothing was changed", sentence(exc), "Go back and mend it.")


async def _refused(request: Request, exc: Any) -> Response:
    return problem_page(request, 409, "This was refused", sentence(exc), "Nothing was done; the refusal is on record.")


async def _unavailable(request: Request, exc: Any) -> Response:
    title, step = "The store cannot be reached", "Nothing was lost that was recorded. Try again in a moment."
    answer = problem_page(request, 503, title, sentence(exc), step)
    answer.headers["Retry-After"] = "2"
    return answer


async def _altered(request: Request, exc: Any) -> Response:
    title, step = (
        "What this rests on was altered",
        "What was asked for is not shown, nor was it done as far as is known.",
    )
    return problem_page(request, 503, title, sentence(exc), step)


async def _invalid(request: Request, exc: Any) -> Response:
    words = "; ".join(f"{'.'.join(map(str, one['loc'][1:]))}: {one['msg']}" for one in exc.errors())
    return problem_page(request, 400, "This address is not complete", words, "Follow a link instead of typing it.")


async def _http(request: Request, exc: Any) -> Response:
    if exc.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}:
        return await _not_there(request, "")
    if exc.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return too_large(request, exc.detail)
    return problem_page(request, exc.status_code, HTTPStatus(exc.status_code).phrase, sentence(exc.detail))


def too_large(request: Request, words: str) -> Response:
    """More was sent than one request may hold."""
    step = "Go back. Of a file, send a random part of its rows, or send it gzipped."
    return problem_page(request, 413, "This is too much at once", sentence(words), step)


async def unexpected(request: Request, exc: Exception) -> Response:
    """What was raised and nobody thought of, told to the log, where a path makes no line of its own."""
    log.error("%s %s failed", request.method, quote(request.url.path), exc_info=exc)
    if told := await run_in_threadpool(altered_words, request.app.state.site.rt.store):
        return await _altered(request, told)
    words = "The server failed at this; its log says why. Whether it was done is not known."
    return problem_page(request, 500, "Something went wrong here", words, "Look at the ledger before you try again.")


HANDLERS: dict[Any, Any] = {
    NotSignedIn: _not_signed_in,
    NotAllowed: _not_allowed,
    NotThere: _not_there,
    Forged: _forged,
    BadInput: _bad_input,
    Refused: _refused,
    Altered: _altered,
    Unavailable: _unavailable,
    RequestValidationError: _invalid,
    HTTPException: _http,
}
