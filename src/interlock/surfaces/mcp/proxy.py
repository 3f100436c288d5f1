"""The tool proxy: what clients ask, driven on the event loop, and their calls carried to an end whoever leaves."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Protocol, TypeVar

import mcp_types as types
from mcp.shared.exceptions import MCPError

from interlock.engine.gateway.tools.case import caller_of
from interlock.flows.action.steps import Flow, run_async
from interlock.flows.gateway.tools.call import calling
from interlock.flows.gateway.tools.collect import collecting, is_decided
from interlock.flows.gateway.tools.desk import ToolDesk
from interlock.flows.gateway.tools.listing import listing
from interlock.ports.gateway.tool_servers import Heard
from interlock.surfaces.mcp.asked import call_of
from interlock.surfaces.mcp.told import TICKET_TOOL, call_told, refusal_told, refused, tools_told
from interlock.surfaces.mcp.visit import Visit
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.refusal import Refusal
from interlock.terms.gateway.tool_call import Called, CallState

T = TypeVar("T")
InThread = Callable[[Callable[[], Any]], Awaitable[Any]]
POLL_S = 0.5
FRESH_BYTES = 16
CALLS_MAX, CLIENT_CALLS_MAX = 500, 50
END_S = 30.0
BUSY = "Too many calls are at work here; nothing was done. Try again later."
NOT_KNOWN = "It cannot be recorded or told now what becomes of it. Ask again with the same idempotency key, or later."


class Listener(Protocol):
    """The client while its call is at work."""

    async def hear(self, notification: Any) -> None:
        """Something that the tool server said."""
        ...

    async def progress(self, done: float, total: float, words: str) -> None:
        """How long it waits for a person."""
        ...


class ToolProxy:
    """`in_thread` runs blocking work. At most `calls_max` calls are at work or wait at once, of one client at most
    `client_calls_max`: none can take all the room.
    """

    def __init__(
        self,
        desk: ToolDesk,
        in_thread: InThread,
        *,
        calls_max: int = CALLS_MAX,
        client_calls_max: int = CLIENT_CALLS_MAX,
    ) -> None:
        self._desk, self._in_thread = desk, in_thread
        self._calls_max, self._client_calls_max = calls_max, client_calls_max
        self._calls: Counter[str] = Counter()
        self._at_work: set[asyncio.Future[Any]] = set()

    async def tools(self, visit: Visit) -> list[types.Tool]:
        """What the client may use. Raises MCPError with the words of a refusal."""
        try:
            listed = await self._driven(listing(self._desk, visit.client, visit.server))
        except Unavailable:
            raise MCPError(types.INTERNAL_ERROR, NOT_KNOWN) from None
        if isinstance(listed, Refusal):
            raise MCPError(types.INVALID_REQUEST, listed.words)
        return tools_told(listed)

    async def call(
        self, visit: Visit, params: types.CallToolRequestParams, request: types.RequestId | None, listener: Listener
    ) -> types.CallToolResult:
        """One call, or the question what became of one."""
        caller = caller_of(visit.client)
        if self._calls.total() >= self._calls_max or self._calls[caller] >= self._client_calls_max:
            return refusal_told(BUSY)
        self._calls[caller] += 1
        try:
            called = await self._called(visit, params, request, listener)
        except Unavailable:
            return refusal_told(NOT_KNOWN)
        finally:
            self._calls[caller] -= 1
            self._calls += Counter()  # forget who has none
        return refused(called) if isinstance(called, Refusal) else call_told(called)

    async def close(self) -> None:
        """Let what is at work come to its end, for a time, and then end all sessions with tool servers."""
        if self._at_work:
            await asyncio.wait(self._at_work, timeout=END_S)
        await self._desk.servers.close()

    async def _called(
        self, visit: Visit, params: types.CallToolRequestParams, request: types.RequestId | None, listener: Listener
    ) -> Called | Refusal:
        heard = _quietly(listener.hear)
        if params.name == TICKET_TOOL:
            ticket = (params.arguments or {}).get("ticket")
            asked = ticket if isinstance(ticket, str) else ""
            return await self._driven(collecting(self._desk, visit.client, visit.server, asked, heard))
        call = call_of(visit, params, request, self._desk.rt.randomness(FRESH_BYTES).hex())
        if isinstance(call, Refusal):
            return call
        called = await self._driven(calling(self._desk, visit.client, call, heard))
        if isinstance(called, Refusal) or called.wait_s is None or called.ticket is None:
            return called
        return await self._waited(visit, called, called.ticket, called.wait_s, listener)

    async def _waited(
        self, visit: Visit, called: Called, ticket: str, wait_s: float, listener: Listener
    ) -> Called | Refusal:
        """Wait for a person; where none decides in time, the ticket is the answer."""
        now_s = asyncio.get_running_loop().time
        until_s = now_s() + wait_s
        while (left_s := until_s - now_s()) > 0:
            await asyncio.sleep(min(POLL_S, left_s))
            await listener.progress(wait_s - max(0.0, until_s - now_s()), wait_s, called.words)
            if await self._in_thread(partial(is_decided, self._desk.rt, visit.client, ticket)):
                heard = _quietly(listener.hear)
                found = await self._driven(collecting(self._desk, visit.client, visit.server, ticket, heard))
                if isinstance(found, Refusal) or found.state is not CallState.WAITS:
                    return found
        return called

    async def _driven(self, flow: Flow[T]) -> T:
        """Drive a flow to its end, also where the client leaves: what has begun must be recorded."""
        task = asyncio.ensure_future(run_async(flow, in_thread=self._in_thread))
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)
        return await asyncio.shield(task)


def _quietly(hear: Heard) -> Heard:
    """A client that has left must not break the call that it made."""

    async def heard(notification: Any) -> None:
        try:
            await hear(notification)
        except Exception:  # noqa: BLE001 - whatever a lost connection raises
            return

    return heard
