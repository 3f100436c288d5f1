"""The tool proxy in front of an authored tool server, both over streamable HTTP, on a loop of their own."""

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from mcp.client.client import Client as Agent
from mcp.client.session import LoggingFnT
from mcp.client.streamable_http import streamable_http_client

from interlock.adapters.gateway.tools.servers import McpServers
from interlock.engine.gateway.tools.schema import schema_digest
from interlock.surfaces.mcp.app import McpApp
from interlock.surfaces.mcp.proxy import ToolProxy
from interlock.terms.gateway.client import Client
from interlock.terms.gateway.definition import ToolServer
from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.gateway.tool_call import ListedTool
from interlock.terms.gateway.tools import GovernedTool, ToolAuthority, ToolPlan
from interlock.terms.workflow import Limits
from tool_house import GOVERNED, ToolHouse
from tool_upstream import TOOLS, Upstream, upstream_app

AGENTS = {
    "key-a": Client("agent-a", "triage", "acme"),
    "key-b": Client("agent-b", "triage", "globex"),
}
HELD = 12_000_000  # bytes of requests at work: two large ones, and small ones beside them
READS = ("lookup", "slow", "say", "ask", "leak", "big", "whoami")
ACTS = ("refund", "pay_slowly", "fail", "refuse", "die")


def _governed(name: str) -> GovernedTool:
    tool = GovernedTool("billing", name, ToolAuthority.REVIEW, schema_digest(ListedTool(name, TOOLS[name])))
    if name in READS:
        return replace(tool, authority=ToolAuthority.READ)
    if name == "wipe":
        return replace(tool, authority=ToolAuthority.DENY)
    acts = ToolAuthority.ACT if name in ACTS else ToolAuthority.REVIEW
    return replace(tool, authority=acts, undo="cancel_refund", undo_arguments={"id": "result.refund_id"})


PLAN = ToolPlan(tuple(map(_governed, TOOLS)), call_s=0.8, redact=("email",), result_bytes_max=20_000)
PROXIED = replace(GOVERNED, limits=Limits(), tools=PLAN)


class Proxied(ToolHouse):
    """A ToolHouse whose certificate knows the tools of the authored server."""

    labels = ("billing", *ACTS)


class Loop:
    """An event loop in a thread."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def close(self) -> None:
        self.run(self._rest())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()

    async def _rest(self) -> None:
        """What a library leaves running."""
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)


class Serving:
    """An ASGI application on a free port of this machine."""

    def __init__(self, app: Any, *, lifespan: str = "on") -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(app, lifespan=lifespan, log_level="critical", timeout_graceful_shutdown=1)  # type: ignore[arg-type]
        self._server = uvicorn.Server(config)
        self._task: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started:
            await asyncio.sleep(0.005)

    async def end(self) -> None:
        self._server.should_exit = True
        if self._task is not None:
            await self._task


class Desk:
    """The proxy at work: its house, its tool server, and agents that call through it."""

    def __init__(self, house: ToolHouse, upstream: Upstream, url: str, effects: Path) -> None:
        self.house, self.upstream, self.url, self.effects_file = house, upstream, url, effects
        self.agents = dict(AGENTS)
        self.sessions: Callable[[], list[str]] = list  # those of the proxy, the newest last

    def effects(self) -> list[str]:
        return self.effects_file.read_text().splitlines() if self.effects_file.exists() else []

    def change(self, tools: dict[str, Any]) -> None:
        self.effects_file.with_name("CHANGES").write_text(json.dumps(tools))

    @asynccontextmanager
    async def agent(
        self, key: str = "key-a", *, mode: str = "legacy", server: str = "billing", logged: LoggingFnT | None = None
    ) -> AsyncIterator[Agent]:
        headers = {"Authorization": f"Bearer {key}"}
        async with httpx2.AsyncClient(headers=headers, timeout=20) as http:
            way = streamable_http_client(f"{self.url}/mcp/{server}", http_client=http)
            async with Agent(way, mode=mode, logging_callback=logged) as agent:
                yield agent


@contextmanager
def proxied(folder: Path, *, sessions_max: int = 100, client_sessions_max: int = 100) -> Iterator[Desk]:
    """A proxy and its tool server, until the block ends."""
    loop, pool = Loop(), ThreadPoolExecutor(8)
    effects = folder / "EFFECTS"
    upstream, app = upstream_app(effects)
    behind = Serving(app)
    loop.run(behind.begin())
    at = ToolServer("billing", url=f"{behind.url}/mcp")
    servers = McpServers({})
    house = Proxied(folder, servers=servers, at=at).behind_a_gateway(PROXIED)
    desk = Desk(house, upstream, "", effects)

    def in_thread(work: Callable[[], Any]) -> Any:
        return asyncio.get_running_loop().run_in_executor(pool, work)

    async def who(scope: Any) -> Client | Refusal:
        given = dict(scope["headers"]).get(b"authorization", b"").decode()
        known = desk.agents.get(given.removeprefix("Bearer "))
        return known or Refusal(RefusalKind.UNKNOWN_CALLER, "unknown key", "this key is not known here")

    proxy = ToolProxy(house.tools, in_thread)
    front = McpApp(proxy, who, sessions_max=sessions_max, client_sessions_max=client_sessions_max, held_bytes_max=HELD)
    held, serving = Held(front.running()), Serving(front, lifespan="off")
    desk.url, desk.sessions = serving.url, lambda: list(front._manager._server_instances)
    loop.run(held.begin())
    loop.run(serving.begin())
    try:
        yield desk
    finally:
        loop.run(serving.end())
        loop.run(held.end())
        loop.run(behind.end())
        loop.close()
        pool.shutdown()
        house.opened.close()


class Held:
    """A context that is entered and left in one task, whoever asks for it."""

    def __init__(self, context: Any) -> None:
        self._context = context

    async def begin(self) -> None:
        begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._stop = asyncio.Event()

        async def hold() -> None:
            async with self._context:
                begun.set_result(None)
                await self._stop.wait()

        self._task = asyncio.create_task(hold())
        await begun

    async def end(self) -> None:
        self._stop.set()
        await self._task
