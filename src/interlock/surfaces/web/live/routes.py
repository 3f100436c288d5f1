"""What is stopped, sent to open pages as it happens (server-sent events)."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from interlock.surfaces.web.frame import fragment
from interlock.surfaces.web.live.view import Banner, banner
from interlock.surfaces.web.live.watch import Full
from interlock.surfaces.web.site import Here, Site
from interlock.surfaces.web.visitor import Who, still
from interlock.terms.errors import Unavailable

routes = APIRouter()
HEARTBEAT_S = 15.0  # so that a connection that died is found out, and a session that ended


@routes.get("/live")
async def live(request: Request, here: Here, who: Who) -> Response:
    """A stream of `stopped` events: each is what a page shows of what is stopped, as HTML, its id a digest of it.

    Ends with `ended` when the session does. 503 where as many pages listen already as this server tells, or as many of
    this visitor's.
    """
    events = _events(request, here, who.name)
    try:
        first = await anext(events)
    except Full:
        words = "as many pages listen already as this server tells: load the page again to see what is stopped"
        return PlainTextResponse(words, 503, headers={"retry-after": "5"})
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_after(first, events), headers=headers, media_type="text/event-stream")


async def _after(first: str, events: AsyncIterator[str]) -> AsyncIterator[str]:
    yield first
    async for one in events:
        yield one


async def _events(request: Request, here: Site, name: str) -> AsyncGenerator[str, None]:
    with here.watch.listening(name) as changed:
        sent = ""
        while not here.watch.closed:
            changed.clear()
            told = await run_in_threadpool(_told, request, here)
            if told is None:
                yield "event: ended\ndata:\n\n"
                return
            yield ": nothing new\n\n" if told.digest == sent else _event(told)
            sent = told.digest
            try:
                await asyncio.wait_for(changed.wait(), HEARTBEAT_S)
            except TimeoutError:
                continue


def _told(request: Request, here: Site) -> Banner | None:
    """What to tell; None where the session has ended."""
    try:
        who = still(request, here)
    except Unavailable:  # who it is was known when the stream began
        return Banner(known=False)
    return None if who is None else banner(here, who)


def _event(told: Banner) -> str:
    lines = fragment("live/banner.html.j2", banner=told).splitlines() or [""]
    return "".join([f"retry: 1000\nid: {told.digest}\nevent: stopped\n", *(f"data: {one}\n" for one in lines), "\n"])
