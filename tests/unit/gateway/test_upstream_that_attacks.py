"""What a place of models may do to the gateway: little, and to other places nothing."""

import asyncio
import gzip
import resource
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from interlock.adapters.gateway import aiohttp_upstream
from interlock.adapters.gateway.aiohttp_upstream import AiohttpUpstream
from interlock.ports.gateway.upstream import UpstreamFailed
from interlock.terms.gateway.definition import ModelUpstream, WireFormat

HEAD = b"HTTP/1.1 200 OK\r\nconnection: close\r\n"
MUCH = 150_000_000
ANSWER_MAX = 16_000_000
Says = Callable[[asyncio.StreamWriter], Any]


@asynccontextmanager
async def there(says: Says, **more: Any) -> AsyncIterator[tuple[AiohttpUpstream, ModelUpstream, list[bytes]]]:
    """A place that says what it likes, and the heads that it got."""
    heads: list[bytes] = []

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, EOFError, asyncio.CancelledError):
            heads.append((await reader.readuntil(b"\r\n\r\n{}")).partition(b"\r\n\r\n")[0])
            await says(writer)
        writer.close()

    server = await asyncio.start_server(answered, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    upstream = AiohttpUpstream({"KEY": "the key"})
    place = ModelUpstream("there", WireFormat.OPENAI, f"http://127.0.0.1:{port}/v1", "eu", key_variable="KEY", **more)
    try:
        yield upstream, place, heads
    finally:
        await upstream.close()
        server.close()
        await asyncio.sleep(0)


async def read(says: Says, **more: Any) -> bytes:
    async with there(says, **more) as (upstream, place, _):
        answer = await upstream.send(place, "/chat/completions", b"{}")
        try:
            return await answer.read(ANSWER_MAX)
        finally:
            answer.close()


def test_a_small_answer_that_unfolds_to_a_large_one_is_not_unfolded() -> None:
    bomb = gzip.compress(bytes(MUCH), 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    async def says(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"content-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(bomb) + bomb)
        await writer.drain()

    with pytest.raises(UpstreamFailed, match="more than") as failed:
        asyncio.run(read(says))
    assert failed.value.kind == "oversized"
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown * 1024 < MUCH / 2, f"{grown:,} KB were taken"


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\n" + b"x: " + b"y" * 100_000, b"SSH-2.0-OpenSSH\r\n\r\n", b""])
def test_what_is_no_answer_is_a_failure_and_not_an_error_of_ours(head: bytes) -> None:
    async def says(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        await writer.drain()

    with pytest.raises(UpstreamFailed):
        asyncio.run(read(says))


def test_an_answer_that_comes_drop_by_drop_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aiohttp_upstream, "WHOLE_S", 0.3)

    async def says(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"content-length: 1000\r\n\r\n")
        for _ in range(1_000):
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    with pytest.raises(UpstreamFailed) as failed:
        asyncio.run(read(says))
    assert failed.value.kind == "timeout"


def test_a_stream_without_an_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aiohttp_upstream, "STREAM_BYTES_MAX", 1_000_000)

    async def says(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"\r\n")
        while True:
            writer.write(b": x\n\n" * 1_000)
            await writer.drain()

    async def streamed() -> int:
        size = 0
        async with there(says) as (upstream, place, _):
            answer = await upstream.send(place, "/chat/completions", b"{}")
            with pytest.raises(UpstreamFailed) as failed:
                async for chunk in answer.chunks():
                    size += len(chunk)
            assert failed.value.kind == "oversized"
            answer.close()
        return size

    assert asyncio.run(streamed()) <= 1_000_000


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed_and_takes_no_key_elsewhere(status: int) -> None:
    async def run() -> tuple[int, int]:
        async def never(_: asyncio.StreamWriter) -> None:
            return None

        async with there(never) as (_, elsewhere, asked):

            async def says(writer: asyncio.StreamWriter) -> None:
                to = elsewhere.base_url.encode()
                writer.write(b"HTTP/1.1 %d There\r\nlocation: %s/chat\r\ncontent-length: 0\r\n\r\n" % (status, to))
                await writer.drain()

            async with there(says) as (upstream, place, _):
                answer = await upstream.send(place, "/chat/completions", b"{}")
                answer.close()
                return answer.status, len(asked)

    assert asyncio.run(run()) == (status, 0)


def test_what_waits_for_a_connection_is_neither_billed_nor_held_against_the_place() -> None:
    async def says(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"content-length: 10\r\n\r\n")
        await asyncio.sleep(10)

    async def run() -> str:
        async with there(says, connections_max=1, connect_s=0.1) as (upstream, place, _):
            first = await upstream.send(place, "/chat/completions", b"{}")
            with pytest.raises(UpstreamFailed) as failed:
                await upstream.send(place, "/chat/completions", b"{}")
            first.close()
            (await upstream.send(place, "/chat/completions", b"{}")).close()
            return failed.value.kind

    assert asyncio.run(run()) == "busy"


def test_nothing_of_a_client_goes_to_a_place() -> None:
    async def says(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"set-cookie: a=b\r\ncontent-length: 2\r\n\r\n{}")
        await writer.drain()

    async def run() -> list[bytes]:
        async with there(says) as (upstream, place, heads):
            for _ in range(2):
                (await upstream.send(place, "/chat/completions", b"{}")).close()
            return heads

    names = {line.partition(b":")[0].lower() for head in asyncio.run(run()) for line in head.split(b"\r\n")[1:] if line}
    wanted = {b"host", b"authorization", b"content-type", b"content-length", b"user-agent", b"accept-encoding"}
    assert names == wanted | {b"accept"}
