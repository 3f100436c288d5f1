"""How a tool server is reached: a child process that speaks on its pipes, or an address."""

import shutil
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

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
        async with _http_client(server, environment, bytes_max) as http:
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


def _http_client(server: ToolServer, environment: Mapping[str, str], bytes_max: int) -> httpx2.AsyncClient:
    key = None if server.key_variable is None else _variable(environment, server.key_variable)
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    # Of the environment nothing else is believed, such as a proxy that would read along.
    return httpx2.AsyncClient(
        headers={**headers, "Accept-Encoding": "identity"},
        timeout=httpx2.Timeout(SILENT_S, connect=CONNECT_S),
        transport=_Bounded(bytes_max),
        trust_env=False,
    )


class _Bounded(httpx2.AsyncHTTPTransport):
    """The protocol's client bounds events of a stream only: any other answer it reads whole, and unpacks."""

    def __init__(self, bytes_max: int) -> None:
        super().__init__(trust_env=False)
        self._bytes_max = bytes_max

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await super().handle_async_request(request)
        if response.headers.get("content-encoding", "identity") != "identity":
            await response.aclose()
            raise httpx2.RemoteProtocolError("the answer is packed, which nobody asked for")
        if "text/event-stream" not in response.headers.get("content-type", "") and response.stream is not None:
            response.stream = _BoundedStream(response.stream, self._bytes_max)
        return response


class _BoundedStream(httpx2.AsyncByteStream):
    def __init__(self, stream: Any, bytes_max: int) -> None:
        self._stream, self._bytes_max = stream, bytes_max

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for part in self._stream:
            size += len(part)
            if size > self._bytes_max:
                raise httpx2.StreamError(f"the answer has more than {self._bytes_max:,} bytes")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


def _variable(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name)
    if not value:
        raise ToolServerFailed(Failure.NOT_SENT, f"the environment variable {name} is not set")
    return value
