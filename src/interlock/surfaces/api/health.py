"""Whether the server lives, and whether it can reach its store. Both answer without a token and tell nothing else."""

from collections.abc import Mapping

from fastapi import APIRouter

from interlock.surfaces.api.served import Here

routes = APIRouter(prefix="/health", tags=["health"])


@routes.get("/live", name="is_alive")
def live() -> Mapping[str, str]:
    """The process answers."""
    return {"status": "live"}


@routes.get("/ready", name="is_ready")
def ready(here: Here) -> Mapping[str, str]:
    """The store can be read; 503 where it cannot."""
    with here.rt.store.reading() as reading:
        reading.authority_version()
    return {"status": "ready"}
