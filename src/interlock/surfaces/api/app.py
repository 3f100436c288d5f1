"""The application: every route under /v1, its description beside it, and a sweep of what has ended."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from anyio.to_thread import current_default_thread_limiter
from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer

from interlock import __version__
from interlock.flows.notice.tell import Notices
from interlock.surfaces.api import (
    authority,
    case_files,
    cases,
    council,
    gateway_keys,
    gateway_traffic,
    governing,
    health,
    hooks,
    instruments,
    ledger,
    people,
    portfolio,
    problems,
    queue,
    records,
    reports,
    reviews,
    settings,
    standup,
    suggestions,
    switch,
    tries,
    uploads,
)
from interlock.surfaces.api.described import describe, operation_id
from interlock.surfaces.api.records import MONEY_S
from interlock.surfaces.api.served import Served
from interlock.surfaces.http.guard import Guard
from interlock.surfaces.http.rounds import Round, going
from interlock.terms.errors import Unavailable
from interlock.terms.trial import FILE_BYTES_MAX

log = logging.getLogger("interlock.api")
SWEEP_S = 0.5
NOTICE_S = 0.5
MONEY_FIRST_S = 5.0  # whoever served the store before may have gone long ago
THREADS = 128
POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
DESCRIPTION = (
    "An AI workflow gets exactly as much authority as its evidence supports, and the run time enforces it. "
    "Send `Authorization: Bearer TOKEN`. Errors are problem details (RFC 9457)."
)
BEARER = HTTPBearer(auto_error=False, description="A token made by `interlock token create`.")
LARGER = {**uploads.LARGER, tries.UPLOAD: FILE_BYTES_MAX + 64 * 1024}  # a file, and what stands around it
AREAS = (
    health,
    authority,
    switch,
    cases,
    uploads,
    suggestions,
    reviews,
    queue,
    case_files,
    records,
    ledger,
    hooks,
    people,
    gateway_keys,
    gateway_traffic,
    council,
    reports,
    standup,
    instruments,
    settings,
    tries,
    governing,
    portfolio,
)


def build_api(served: Served) -> FastAPI:
    """The application for one store."""
    app = FastAPI(
        title="Interlock",
        version=__version__,
        description=DESCRIPTION,
        openapi_url="/v1/openapi.json",
        docs_url=None,  # their pages load scripts from elsewhere
        redoc_url=None,
        lifespan=_lifespan,
        generate_unique_id_function=operation_id,
    )
    app.state.served = served
    problems.install(app)
    for area in AREAS:
        signed_in = [] if area in {health, hooks} else [Depends(BEARER)]
        app.include_router(area.routes, prefix="/v1", dependencies=signed_in)
    describe(app, AREAS)
    app.add_middleware(
        Guard,
        policy=POLICY,
        refusal=problems.answer,
        failed=problems.unexpected,
        home=served.home,
        larger=LARGER,
    )
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    # Cases wait for the disk, kills for effects in flight: neither must keep an answer from being heard.
    current_default_thread_limiter().total_tokens = THREADS
    served: Served = app.state.served
    rounds = [Round(partial(_sweep, served), SWEEP_S), Round(served.money.go, MONEY_S, MONEY_FIRST_S)]
    if served.notices is not None:
        rounds.append(Round(partial(_tell, served.notices), NOTICE_S))
    async with going((*rounds, *served.rounds)):
        yield


def _tell(notices: Notices) -> None:
    try:
        failures = notices.tell()
    except Unavailable as exc:
        failures = (str(exc),)
    for words in failures:
        log.warning("%s", words)


def _sweep(served: Served) -> None:
    served.leases.ended()
    served.steps.forget_old()
