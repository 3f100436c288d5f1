"""How many streams and connections a worker takes."""

import asyncio
import resource
import ssl
from pathlib import Path

import pytest

from interlock.surfaces.gateway.app import STREAMS_MAX
from interlock.surfaces.gateway.connections import CONNECTIONS_MAX
from interlock.wiring.gateway import sockets
from interlock.wiring.gateway.sockets import SPARE_FILES, allow_files, connections_max, new_loop
from interlock.wiring.gateway.worker import FILES_BESIDE, streams_max


@pytest.mark.parametrize(
    ("files", "streams"),
    [(20_000, (20_000 - FILES_BESIDE) // 2), (1_000_000, STREAMS_MAX), (resource.RLIM_INFINITY, STREAMS_MAX), (64, 1)],
)
def test_each_stream_holds_two_files(files: int, streams: int) -> None:
    assert streams_max(files) == streams


@pytest.mark.parametrize("files", [256, 1_024, 20_000, 1_000_000, resource.RLIM_INFINITY])
def test_connections_and_what_streams_need_beside_them_fit_into_the_files(files: int) -> None:
    found = connections_max(files)
    assert 0 < found <= CONNECTIONS_MAX
    assert files == resource.RLIM_INFINITY or found + streams_max(files) + SPARE_FILES <= files


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ((1_024, 4_096), (4_096, 4_096)),
        ((1_024, resource.RLIM_INFINITY), (sockets.FILES_WANTED, resource.RLIM_INFINITY)),
        ((sockets.FILES_WANTED, 10**6), None),
        ((resource.RLIM_INFINITY, resource.RLIM_INFINITY), None),
    ],
)
def test_a_gateway_allows_itself_the_files_that_it_has_a_use_for(
    monkeypatch: pytest.MonkeyPatch, now: tuple[int, int], then: tuple[int, int] | None
) -> None:
    allowed: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: now)
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: allowed.append(limits))
    allow_files()
    assert allowed == ([] if then is None else [then])


def test_who_comes_to_no_agreement_on_tls_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "HEAD_S", 0.1)

    async def cut() -> bytes:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(asyncio.Protocol, "127.0.0.1", 0, ssl=context)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
        writer.write(b"\x16\x03\x01\x02\x00\x01")  # the begin of a greeting
        try:
            return await asyncio.wait_for(reader.read(), 2)
        except ConnectionResetError:
            return b""
        finally:
            writer.close()
            server.close()

    with asyncio.Runner(loop_factory=new_loop) as runner:
        assert runner.run(cut()) == b""
