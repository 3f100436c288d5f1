"""The tool proxy of one process: over HTTP beside a gateway's model traffic, or over standard input and output."""

import asyncio
import os
import secrets
import time
from collections.abc import Callable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

from interlock.adapters.gateway.segments.folder import SegmentFolder
from interlock.adapters.gateway.segments.log import SegmentTraceLog
from interlock.engine.gateway.strays import network_of
from interlock.engine.gateway.tools.cleaner import cleaner
from interlock.engine.gateway.tools.suspicion import reads_like_instructions
from interlock.engine.timestamp import stamp
from interlock.flows.gateway.access.clients import Clients
from interlock.flows.gateway.access.standing import TrafficStandings
from interlock.flows.gateway.define import gateway_in_force
from interlock.flows.gateway.evidence.load import TrafficLoading
from interlock.flows.gateway.limits.limiter import Limiter
from interlock.flows.gateway.tools.desk import Observe, ToolDesk, unobserved
from interlock.flows.gateway.tools.meter import CallMeter
from interlock.ports.gateway.trace_log import TraceLog
from interlock.ports.store import Store
from interlock.surfaces.gateway.heads import head_of
from interlock.terms.errors import BadInput
from interlock.terms.gateway.client import Client
from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.gateway.trace import TOOL_WIRE
from interlock.wiring.gateway.access import changes_of, clients_over
from interlock.wiring.gateway.rounds import hands_on
from interlock.wiring.gateway.worker import traces_of
from interlock.wiring.run_time import Opened, open_address, open_run_time

if TYPE_CHECKING:
    from interlock.surfaces.mcp.app import McpApp
    from interlock.surfaces.mcp.proxy import ToolProxy

THREADS = 16
HERE = "127.0.0.1"
SESSION_BYTES = 16
STDIO = "mcp-"  # workers of these commands are named so
NEVER_LET_IN = frozenset({RefusalKind.UNKNOWN_CALLER, RefusalKind.FORBIDDEN})
Scope = MutableMapping[str, Any]


class ToolDoor:
    """`/mcp/SERVER` as an ASGI application. The protocol is loaded when somebody first asks: a gateway without agents
    need not pay for it.

    `sessions`: whether a client's requests come back to this process; where they may not (several workers share a
    port), each request stands for itself.
    """

    def __init__(
        self,
        opened: Opened,
        clients: Clients,
        traces: TraceLog,
        meter: CallMeter,
        environment: Mapping[str, str],
        *,
        sessions: bool,
        observe: Observe = unobserved,
    ) -> None:
        self._opened, self._clients, self._traces, self._environment = opened, clients, traces, environment
        self._meter, self._sessions, self._observe = meter, sessions, observe
        self._opening = asyncio.Lock()
        self._app: McpApp | None = None
        self._task: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer one request."""
        async with self._opening:
            if self._app is None:
                self._app = await self._begin()
        await self._app(scope, receive, send)

    async def close(self) -> None:
        """Let calls that are at work come to their end."""
        self._stop.set()
        if self._task is not None:
            await self._task

    async def _begin(self) -> "McpApp":
        from interlock.surfaces.mcp.app import McpApp

        pool = ThreadPoolExecutor(THREADS, thread_name_prefix="interlock-tools")
        desk = partial(_desk, self._opened, self._traces, self._meter, self._environment, self._observe)
        proxy = _proxy(await asyncio.to_thread(desk), pool)
        app = McpApp(proxy, self._who, sessions=self._sessions)
        begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def hold() -> None:
            async with AsyncExitStack() as stack:
                stack.callback(pool.shutdown)
                await stack.enter_async_context(app.running())
                begun.set_result(None)
                await self._stop.wait()

        self._task = asyncio.create_task(hold())
        await begun
        return app

    async def _who(self, scope: Scope) -> Client | Refusal:
        head = head_of(scope)
        address = self._clients.origin(head.peer, head.forwarded, head.elements)
        client = address if isinstance(address, Refusal) else await _known(self._clients, head.credential, address)
        if isinstance(client, Refusal) and client.kind is RefusalKind.UNKNOWN_CALLER:
            self._traces.ungoverned(network=network_of(head.peer), wire=TOOL_WIRE, model="", rule=client.rule)
        return client


def serve_tools(address: str, server: str, key: str) -> None:
    """Serve over standard input and output until the input ends. Raises BadInput, Unavailable."""
    from interlock.surfaces.mcp.stdio import serve_stdio

    opened = open_address(address)
    try:
        _check_server(opened.store, server)
        now, folder = _recorded(opened), traces_of(address, os.environ)
        traces = SegmentTraceLog(folder, f"{STDIO}{os.getpid()}-{secrets.token_hex(4)}", now)
        changes = changes_of(opened.store)
        try:
            with ThreadPoolExecutor(THREADS) as pool:
                limiter = Limiter(opened.allowances, opened.clock, time.monotonic)
                standings = TrafficStandings(opened.store, version=changes.version, monotonic=time.monotonic)
                desk = _desk(opened, traces, CallMeter(limiter, standings), os.environ, unobserved)
                proxy = _proxy(desk, pool)
                clients, issuer_keys = clients_over(opened.store, changes, opened.clock)
                asyncio.run(_stdio(serve_stdio, proxy, limiter, clients, issuer_keys, server, key))
        finally:
            changes.close()
            traces.close()
            segments, exports = SegmentFolder(folder, now), hands_on(os.environ)
            TrafficLoading(opened.store, segments, opened.clock, exports=exports, of=STDIO).go()
    finally:
        opened.close()


async def _stdio(
    serve: Any, proxy: "ToolProxy", limiter: Limiter, clients: Clients, issuer_keys: Any, server: str, key: str
) -> None:
    async def who() -> Client | Refusal:
        return await _known(clients, key, HERE)

    tending = asyncio.create_task(limiter.run())
    try:
        first = await who()
        if isinstance(first, Refusal) and first.kind in NEVER_LET_IN:
            raise BadInput(first.words)  # an agent shows why a server of its did not start
        await serve(proxy, who, server, session=secrets.token_hex(SESSION_BYTES))
    finally:
        tending.cancel()
        await asyncio.gather(tending, return_exceptions=True)
        await limiter.close()
        await issuer_keys.close()


def _check_server(store: Store, name: str) -> None:
    with store.reading() as reading:
        definition = gateway_in_force(reading)
    names = [one.name for one in definition.tool_servers] if definition else []
    if name not in names:
        there = ", ".join(names) or "none"
        raise BadInput(f"the gateway has no tool server '{name}'; there are: {there}; write it into gateway.yaml")


async def _known(clients: Clients, credential: str | None, address: str) -> Client | Refusal:
    return clients.known(credential, address) or await clients.verified(credential, address)


def _desk(
    opened: Opened, traces: TraceLog, meter: CallMeter, environment: Mapping[str, str], observe: Observe
) -> ToolDesk:
    from interlock.adapters.gateway.tools.servers import McpServers

    servers, rt = McpServers(environment), open_run_time(opened)
    return ToolDesk(rt, servers, traces, reads_like_instructions, cleaner, meter.count, observe)


def _proxy(desk: ToolDesk, pool: ThreadPoolExecutor) -> "ToolProxy":
    from interlock.surfaces.mcp.proxy import ToolProxy

    return ToolProxy(desk, lambda work: asyncio.get_running_loop().run_in_executor(pool, work))


def _recorded(opened: Opened) -> Callable[[], str]:
    return lambda: stamp(opened.clock())
