"""The protocol's server: tools only. Resources, prompts and whatever else a server offers are not passed on."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp.shared.exceptions import MCPError
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS

from interlock import __version__
from interlock.engine.gateway.tools.case import caller_of
from interlock.surfaces.mcp.proxy import ToolProxy
from interlock.surfaces.mcp.visit import Visit
from interlock.terms.gateway.refusal import Refusal

Context = ServerRequestContext[Any, Any]
VisitOf = Callable[[Context], Awaitable[Visit | Refusal]]
LEVELS = ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency")
SESSIONS_KEPT = 10_000


def mcp_server(proxy: ToolProxy, visit_of: VisitOf) -> Server[Any]:
    """A server whose every request is asked for who makes it."""
    levels: OrderedDict[tuple[str, str], str] = OrderedDict()

    def level_of(visit: Visit) -> str:
        return LEVELS[0] if visit.session is None else levels.get((caller_of(visit.client), visit.session), LEVELS[0])

    async def list_tools(ctx: Context, _: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=await proxy.tools(_let_in(await visit_of(ctx))))

    async def call_tool(ctx: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        visit = _let_in(await visit_of(ctx))
        listener = _Listener(ctx, level_of(visit))
        return await proxy.call(visit, params, ctx.request_id, listener)

    async def set_level(ctx: Context, params: types.SetLevelRequestParams) -> types.EmptyResult:
        visit = _let_in(await visit_of(ctx))
        if visit.session is not None:  # where each request stands for itself, it would be set for everybody
            levels[caller_of(visit.client), visit.session] = params.level
        while len(levels) > SESSIONS_KEPT:
            levels.popitem(last=False)
        return types.EmptyResult()

    server: Server[Any] = Server("interlock", version=__version__, on_list_tools=list_tools, on_call_tool=call_tool)
    server.add_request_handler("logging/setLevel", types.SetLevelRequestParams, set_level)
    return server


def _let_in(visit: Visit | Refusal) -> Visit:
    if isinstance(visit, Refusal):
        raise MCPError(types.INVALID_REQUEST, visit.words)
    return visit


@dataclass(frozen=True, slots=True)
class _Listener:
    """Passes on what a tool server says, to the client whose call it is about. `level`: the least it wants to hear."""

    ctx: Context
    level: str

    async def hear(self, notification: Any) -> None:
        told = notification["params"]
        if notification["method"] == "notifications/progress":
            await self.ctx.session.report_progress(told["progress"], told["total"], told["message"])
        elif self._wants(told["level"]):
            logged = types.LoggingMessageNotificationParams.model_validate(told)
            message = types.LoggingMessageNotification(params=logged)
            await self.ctx.session.send_notification(message, related_request_id=self.ctx.request_id)

    async def progress(self, done: float, total: float, words: str) -> None:
        await self.ctx.session.report_progress(done, total, words)

    def _wants(self, level: str) -> bool:
        # Later versions of the protocol have another way to ask for them.
        asked = self.ctx.protocol_version in HANDSHAKE_PROTOCOL_VERSIONS
        return asked and level in LEVELS and LEVELS.index(level) >= LEVELS.index(self.level)
