"""Errors as problem details (RFC 9457): what happened, and what to do next."""

import logging
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from interlock.flows.ledger.altered import altered_words
from interlock.surfaces.api.steps import Gone
from interlock.terms.errors import BadInput, Refused, Unavailable

log = logging.getLogger("interlock.api")
MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 2
# Of what the framework refuses before a route is asked.
KINDS = {HTTPStatus.NOT_FOUND: "not-found", HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too-large"}
FAULTS_MAX = 20  # a request may have a hundred thousand: an answer is not ten times as long as what was asked


class Problem(Exception):
    """An answer that is a problem. `kind` is the last part of its type, by which a client tells problems apart."""

    def __init__(self, kind: str, status: HTTPStatus, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.kind, self.status, self.detail, self.headers = kind, status, detail, headers or {}


def unauthorized(detail: str) -> Problem:
    """Nobody is known to be asking."""
    return Problem("unauthorized", HTTPStatus.UNAUTHORIZED, detail, {"WWW-Authenticate": "Bearer"})


def forbidden(detail: str) -> Problem:
    """Whoever asks is known, and may not."""
    return Problem("forbidden", HTTPStatus.FORBIDDEN, detail)


def not_there(detail: str) -> Problem:
    """There is no such thing, or nothing that the caller may know of: both are answered alike."""
    return Problem("not-found", HTTPStatus.NOT_FOUND, detail)


def install(app: FastAPI) -> None:
    """Have every error answered as a problem."""
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)


def answer(kind: str, status: int, detail: str, headers: dict[str, str] | None = None, **more: Any) -> JSONResponse:
    """One problem as a response."""
    title = HTTPStatus(status).phrase
    content = {"type": f"urn:interlock:problem:{kind}", "title": title, "status": status, "detail": detail, **more}
    return JSONResponse(content, status, headers, MEDIA_TYPE)


async def _problem(_: Request, exc: Any) -> JSONResponse:
    return answer(exc.kind, exc.status, exc.detail, exc.headers)


async def _bad_input(_: Request, exc: Any) -> JSONResponse:
    return answer("bad-input", HTTPStatus.BAD_REQUEST, str(exc))


async def _refused(_: Request, exc: Any) -> JSONResponse:
    return answer("refused", HTTPStatus.CONFLICT, str(exc))


async def _unavailable(_: Request, exc: Any) -> JSONResponse:
    return answer("unavailable", HTTPStatus.SERVICE_UNAVAILABLE, str(exc), {"Retry-After": str(RETRY_AFTER_S)})


async def _gone(_: Request, __: Any) -> JSONResponse:
    words = "no case waits here under that name: it ended long ago, or the server was started anew since"
    return answer("gone", HTTPStatus.GONE, words)


async def _invalid(_: Request, exc: Any) -> JSONResponse:
    found = exc.errors()
    faults = [{"at": ".".join(map(str, one["loc"])), "fault": one["msg"]} for one in found[:FAULTS_MAX]]
    words = "; ".join(f"{one['at']}: {one['fault']}" for one in faults)
    words += f"; and {len(found) - FAULTS_MAX:,} more" if len(found) > FAULTS_MAX else ""
    return answer("bad-input", HTTPStatus.BAD_REQUEST, f"mend the request: {words}", faults=faults)


async def _http(request: Request, exc: Any) -> JSONResponse:
    words = {
        HTTPStatus.NOT_FOUND: f"there is no {request.url.path} here: /v1/openapi.json lists what there is",
        HTTPStatus.METHOD_NOT_ALLOWED: f"{request.url.path} takes another method: /v1/openapi.json lists them",
    }
    kind = KINDS.get(exc.status_code, "bad-input")
    return answer(kind, exc.status_code, words.get(exc.status_code, str(exc.detail)), dict(exc.headers or {}))


async def unexpected(request: Request, exc: Exception) -> JSONResponse:
    """What was raised and nobody thought of, told to the log, where a path makes no line of its own."""
    log.error("%s %s failed", request.method, quote(request.url.path), exc_info=exc)
    if told := await run_in_threadpool(altered_words, request.app.state.served.rt.store):
        return answer("unavailable", HTTPStatus.SERVICE_UNAVAILABLE, told)
    words = "the server failed at this; its log says why. Whether it was done is not known"
    return answer("unexpected", HTTPStatus.INTERNAL_SERVER_ERROR, words)


HANDLERS: dict[Any, Any] = {
    Problem: _problem,
    BadInput: _bad_input,
    Refused: _refused,
    Unavailable: _unavailable,
    Gone: _gone,
    RequestValidationError: _invalid,
    HTTPException: _http,
}
