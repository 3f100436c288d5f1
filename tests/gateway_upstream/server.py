"""The upstream on a socket, in a thread of this process."""

import asyncio
import socket
import struct
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from gateway_upstream.behaviour import Behaviour
from gateway_upstream.plan import Break, Pause, Planned, Stall, Step, planned

AT_ONCE_RESET = struct.pack("ii", 1, 0)  # SO_LINGER of 0 s: closing sends RST
REASONS = {200: "OK", 400: "Bad Request", 429: "Too Many Requests", 500: "Internal Server Error"}


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came. Names of headers are in small letters."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class _BrokenOff(Exception):
    pass


class UpstreamServer:
    """`then` says what the next requests get, each one; all others get `always`. `received` is what came."""

    def __init__(self) -> None:
        self.always = Behaviour()
        self.received: list[Received] = []
        self.read_pause_s = 0.0  # how long it looks away between head and body of a request
        self.closed_early = 0  # connections that the other side left before the answer's end
        self.port = 0
        self._next: deque[Behaviour] = deque()
        self._loop = asyncio.new_event_loop()
        self._open: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready, self._stopping = threading.Event(), asyncio.Event()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def then(self, *behaviours: Behaviour) -> None:
        self._next.extend(behaviours)

    def clear(self) -> None:
        """As it was when it began."""
        self.always, self.read_pause_s, self.closed_early = Behaviour(), 0.0, 0
        self.received.clear()
        self._next.clear()

    def start(self) -> None:
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the upstream did not start within 10 s")

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(10)

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._connected, "127.0.0.1", self.port, limit=64 * 1024 * 1024)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopping.wait()
        server.close()
        for task in tuple(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            while (request := await self._read(reader)) is not None:
                await self._answer(request, reader, writer)
        except (_BrokenOff, asyncio.CancelledError, asyncio.IncompleteReadError):
            pass
        except ConnectionError:
            self.closed_early += 1
        finally:
            self._open.discard(task)
            writer.close()
            with suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _read(self, reader: asyncio.StreamReader) -> Received | None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except asyncio.IncompleteReadError as exc:
            if exc.partial:
                raise
            return None
        first, *lines = head.strip().split("\r\n")
        method, path, _ = first.split(" ", 2)
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        await asyncio.sleep(self.read_pause_s)
        received = Received(method, path, headers, await _body(reader, headers))
        self.received.append(received)
        return received

    async def _answer(self, request: Received, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behaviour = self._next.popleft() if self._next else self.always
        plan = planned(request.path, request.body, behaviour)
        playing = asyncio.ensure_future(_play(plan, writer))
        left = asyncio.ensure_future(_left(reader))
        try:
            await asyncio.wait({playing, left}, return_when=asyncio.FIRST_COMPLETED)
            if not playing.done():
                raise ConnectionResetError("the other side left")
            await playing
        finally:
            for task in (playing, left):
                task.cancel()
            await asyncio.gather(playing, left, return_exceptions=True)


async def _left(reader: asyncio.StreamReader) -> None:
    """Ends when the other side has closed; it sends nothing while it waits for an answer."""
    while not reader.at_eof():
        if reader.exception() is not None:
            return
        await asyncio.sleep(0.02)


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() != "chunked":
        return await reader.readexactly(int(headers.get("content-length", "0")))
    parts: list[bytes] = []
    while size := int((await reader.readline()).split(b";")[0], 16):
        parts.append(await reader.readexactly(size))
        await reader.readline()
    await reader.readline()
    return b"".join(parts)


async def _play(plan: Planned, writer: asyncio.StreamWriter) -> None:
    for step in plan.before:
        await _do(step, writer)
    lines = [f"HTTP/1.1 {plan.status} {REASONS.get(plan.status, 'Said')}", "transfer-encoding: chunked"]
    lines += [f"{name}: {value}" for name, value in plan.headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
    for step in plan.steps:
        await _do(step, writer)
    if not plan.ends:
        raise _BrokenOff
    writer.write(b"0\r\n\r\n")
    await writer.drain()


async def _do(step: Step, writer: asyncio.StreamWriter) -> None:
    if isinstance(step, Pause):
        await asyncio.sleep(step.seconds)
    elif isinstance(step, Stall):
        await asyncio.Event().wait()
    elif isinstance(step, Break):
        if step.how == "reset":
            connection: Any = writer.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE_RESET)
            writer.transport.abort()
        raise _BrokenOff
    else:
        writer.write(f"{len(step):x}\r\n".encode() + step + b"\r\n")
        await writer.drain()
        await asyncio.sleep(0)  # else small pieces would go out as one


@contextmanager
def upstream() -> Iterator[UpstreamServer]:
    server = UpstreamServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()
