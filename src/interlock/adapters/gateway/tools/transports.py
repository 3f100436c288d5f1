"""How a tool server is reached: a child process that speaks on its pipes, or an address."""

import shutil
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx2
from mcp.client._transport import TransportStreams
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from interlock.ports.gateway.tool_servers import Failure, ToolServerFailed
from interlock.terms.gateway.definition import ToolServer

CONNECT_S = 5.0
SILENT_S = 300.0  # a stream on which a server may say something later


@asynccontextmanager
async def transport_to(
    server: ToolServer, environment: Mapping[str, str], *, bytes_max: int
) -> AsyncIterator[TransportStreams]:
    """The way to a server. Raises ToolServerFailed where its command, or a variable that it names, is not there."""
    if server.url is not None:
        async with _http_client(server, environment) as http:
            way = streamable_http_client(server.url, http_client=http, max_sse_event_size=bytes_max)
            async with way as streams:
                yield streams
        return
    command, *arguments = server.command
    found = shutil.which(command, path=environment.get("PATH"))
    if found is None:
        raise ToolServerFailed(Failure.NOT_SENT, f"there is no command '{command}' here")
    named = {name: _variable(environment, name) for name in server.environment}
    child = StdioServerParameters(command=found, args=arguments, env=named)
    # What it writes to its standard error is for whoever runs the gateway.
    async with stdio_client(child, sys.__stderr__ or sys.stderr) as streams:
        yield streams


def _http_client(server: ToolServer, environment: Mapping[str, str]) -> httpx2.AsyncClient:
    key = None if server.key_variable is None else _variable(environment, server.key_variable)
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    # Of the environment nothing else is believed, such as a proxy that would read along.
    return httpx2.AsyncClient(headers=headers, timeout=httpx2.Timeout(SILENT_S, connect=CONNECT_S), trust_env=False)


def _variable(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name)
    if not value:
        raise ToolServerFailed(Failure.NOT_SENT, f"the environment variable {name} is not set")
    return value
