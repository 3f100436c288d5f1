"""A tool server over HTTP whose answers are too large, or packed: they are not read to their end."""

import asyncio
import gzip
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from interlock.adapters.gateway.tools.transports import _http_client
from interlock.terms.gateway.definition import ToolServer

BYTES_MAX = 100_000


async def got(head: bytes, pieces: Iterator[bytes]) -> bytes:
    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n" + head + b"\r\n")
        try:
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
        except OSError:
            pass
        writer.close()

    server = await asyncio.start_server(answered, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/mcp"
    try:
        async with _http_client(ToolServer("tools", address), {}, BYTES_MAX) as http:
            return (await http.get(address)).content
    finally:
        server.close()


@pytest.mark.parametrize(
    ("head", "pieces"),
    [
        (b"content-type: application/json\r\n", [b"x" * 60_000] * 20),
        (b"content-type: application/json\r\ncontent-encoding: gzip\r\n", [gzip.compress(bytes(50_000_000), 1)]),
    ],
    ids=["large", "packed"],
)
def test_what_is_too_large_or_packed_is_not_read(head: bytes, pieces: Any) -> None:
    with pytest.raises((httpx2.StreamError, httpx2.RemoteProtocolError)):
        asyncio.run(got(head, iter(pieces)))


def test_what_has_its_size_is_read() -> None:
    assert asyncio.run(got(b"content-type: application/json\r\n", iter([b"x" * 50_000] * 2))) == b"x" * BYTES_MAX
