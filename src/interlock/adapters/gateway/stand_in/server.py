"""The stand-in as a server on this machine, in a thread of its own."""

import asyncio
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from aiohttp import web

from interlock.adapters.gateway.stand_in.said import Said, chat, chat_events, message, message_events, said_to
from interlock.ports.gateway.rehearsal import Heard
from interlock.terms.errors import Unavailable

HOST = "127.0.0.1"
PAUSE_S = 0.002  # between the events of a stream, so that it is one
STOP_S = 5


@contextmanager
def stand_in(heard: Heard, *, port: int = 0) -> Iterator[str]:
    """It serves while the context lasts; its base address, up to /v1. Raises Unavailable for a port that is taken."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="stand-in model", daemon=True)
    thread.start()
    runner = web.AppRunner(_application(heard), access_log=None)
    try:
        taken = asyncio.run_coroutine_threadsafe(_start(runner, port), loop).result()
        yield f"http://{HOST}:{taken}/v1"
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(STOP_S)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(STOP_S)
        loop.close()


async def _start(runner: web.AppRunner, port: int) -> int:
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
    except OSError as exc:
        why = os.strerror(exc.errno) if exc.errno else exc
        raise Unavailable(f"cannot listen on {HOST}:{port} ({why}); --port names another one") from exc
    return int(runner.addresses[0][1])


def _application(heard: Heard) -> web.Application:
    async def completions(request: web.Request) -> web.StreamResponse:
        body, said = await _read(request, heard)
        if body.get("stream"):
            usage = bool((body.get("stream_options") or {}).get("include_usage"))
            return await _streamed(request, chat_events(said, usage=usage))
        return web.json_response(chat(said))

    async def messages(request: web.Request) -> web.StreamResponse:
        body, said = await _read(request, heard)
        if body.get("stream"):
            return await _streamed(request, message_events(said))
        return web.json_response(message(said))

    application = web.Application()
    application.router.add_post("/v1/chat/completions", completions)
    application.router.add_post("/v1/messages", messages)
    return application


async def _read(request: web.Request, heard: Heard) -> tuple[dict[str, Any], Said]:
    raw = await request.text()
    heard(raw)
    try:
        body: dict[str, Any] = json.loads(raw)
        return body, said_to(body)
    except (AttributeError, KeyError, IndexError, TypeError, ValueError) as exc:
        words = json.dumps({"error": {"message": "the stand-in needs a model and messages", "type": "invalid_request"}})
        raise web.HTTPBadRequest(text=words, content_type="application/json") from exc


async def _streamed(request: web.Request, events: Iterator[bytes]) -> web.StreamResponse:
    response = web.StreamResponse(headers={"content-type": "text/event-stream"})
    await response.prepare(request)
    with suppress(ConnectionError):  # who asked may leave as soon as it knows the end
        for event in events:
            await response.write(event)
            await asyncio.sleep(PAUSE_S)
        await response.write_eof()
    return response
