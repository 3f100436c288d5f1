"""How a tool server is reached: a child process that speaks on its pipes, or an address."""

import shutil
import sys
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager

import httpx2
from mcp.client._transport import TransportStreams
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from interlock.ports.gateway.tool_servers import Failure, ToolServerFailed
from interlock.terms.gateway.definition import ToolServer

CONNECT_S = 5.0
SILENT_S = 300.0  # a stream on which a server may say something later


def transport_to(
    server: ToolServer, environment: Mapping[str, str], *, bytes_max: int
) -> AbstractAsyncContextManager[TransportStreams]:
    """The way to a server, to be entered. Raises ToolServerFailed where a named variable is not set."""
    if server.url is None:
        command, *arguments = server.command
        found = shutil.which(command, path=environment.get("PATH"))
        if found is None:
            raise ToolServerFailed(Failure.NOT_SENT, f"there is no command '{command}' here")
        named = {name: _variable(environment, name) for name in server.environment}
        # What it writes to its standard error is for whoever runs the gateway.
        return stdio_client(
            StdioServerParameters(command=found, args=arguments, env=named), sys.__stderr__ or sys.stderr
        )
    return streamable_http_client(
        server.url, http_client=_http_client(server, environment), max_sse_event_size=bytes_max
    )


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
