"""The application: every route under /v1, its description beside it, and a sweep of what has ended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI

from interlock import __version__
from interlock.surfaces.api import authority, cases, health, problems, records, reviews, suggestions
from interlock.surfaces.api.guard import Guard
from interlock.surfaces.api.served import Served

SWEEP_S = 0.5
DESCRIPTION = (
    "An AI workflow gets exactly as much authority as its evidence supports, and the run time enforces it. "
    "Send `Authorization: Bearer TOKEN`. Errors are problem details (RFC 9457)."
)
AREAS = (health, authority, cases, suggestions, reviews, records)


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
    )
    app.state.served = served
    problems.install(app)
    for area in AREAS:
        app.include_router(area.routes, prefix="/v1")
    app.add_middleware(Guard)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    sweep = asyncio.create_task(_sweeping(app.state.served))
    try:
        yield
    finally:
        sweep.cancel()
        with suppress(asyncio.CancelledError):
            await sweep


async def _sweeping(served: Served) -> None:
    while True:
        await asyncio.sleep(SWEEP_S)
        await asyncio.to_thread(_sweep, served)


def _sweep(served: Served) -> None:
    served.leases.ended()
    served.steps.forget_old()
