"""The tool proxy over standard input and output: the command that an agent's configuration names."""

from collections.abc import Awaitable, Callable

from mcp.server.stdio import stdio_server

from interlock.surfaces.mcp.proxy import ToolProxy
from interlock.surfaces.mcp.server import Context, mcp_server
from interlock.surfaces.mcp.visit import Visit
from interlock.terms.gateway.client import Client
from interlock.terms.gateway.refusal import Refusal


async def serve_stdio(
    proxy: ToolProxy, who: Callable[[], Awaitable[Client | Refusal]], server: str, *, session: str
) -> None:
    """Serve until the input ends; then calls that are at work come to their end. `who` is asked at each request.

    `session` tells this run from every other one.
    """

    async def visit_of(_: Context) -> Visit | Refusal:
        client = await who()
        return client if isinstance(client, Refusal) else Visit(client, server, session)

    protocol = mcp_server(proxy, visit_of)
    try:
        async with stdio_server() as (read, write):
            await protocol.run(read, write, protocol.create_initialization_options())
    finally:
        await proxy.close()
