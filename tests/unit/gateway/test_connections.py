"""What strangers do with a connection: nothing of it waits for ever, and nothing grows without an end."""

import gc
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import pytest
import uvicorn

from interlock.surfaces.gateway import connections
from interlock.surfaces.gateway.connections import GuardedConnection

LARGE = 30_000_000
HEAD = b"POST / HTTP/1.1\r\nhost: here\r\n"
GET = b"GET / HTTP/1.1\r\nhost: here\r\n"


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Reads the whole body, then answers: with what the head said, or with much where the path is not /."""
    while (await receive()).get("more_body"):
        pass
    if scope["path"] == "/said":
        body = b", ".join(value for name, value in scope["headers"] if name == b"x-said")
    else:
        body = b"x" * (2 if scope["path"] == "/" else LARGE)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


@contextmanager
def serving(protocol: type[GuardedConnection], **options: Any) -> Iterator[int]:
    """The port of a server of the application."""
    config = uvicorn.Config(application, http=protocol, ws="none", lifespan="off", log_level="critical", **options)
    server = uvicorn.Server(config)
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"HEAD_S": 0.3, "BODY_S": 0.3, "UNREAD_S": 0.3, "LOOK_S": 0.05}.items():
            patch.setattr(connections, name, value)
        with serving(GuardedConnection) as found:
            yield found


def answer(port: int, *pieces: bytes, pause_s: float = 0.0, patience_s: float = 2.0) -> bytes:
    """What comes back until the other side closes or says nothing more; b"cut" where it was cut off."""
    with socket.create_connection(("127.0.0.1", port)) as there:
        there.settimeout(patience_s)
        try:
            for piece in pieces:
                there.sendall(piece)
                time.sleep(pause_s)
            found = there.recv(65_536)
        except TimeoutError:
            return b"waits"
        except OSError:
            return b"cut"
        return found or b"cut"


def test_what_goes_on_is_answered(port: int) -> None:
    slow = [HEAD, b"content-length: 4\r\n", b"\r\n", b"a", b"b", b"cd"]
    assert answer(port, *slow, pause_s=0.03).startswith(b"HTTP/1.1 200")
    assert answer(port, b"GET / HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200")
    both = answer(port, (GET + b"\r\n") * 2, pause_s=0.1)
    assert both.count(b"HTTP/1.1 200") == 2
    assert answer(port, GET + b"upgrade: websocket\r\nconnection: upgrade\r\n\r\n").startswith(b"HTTP/1.1 200")
    large = GET + b"x-large: " + b"x" * 60_000 + b"\r\n\r\n"
    assert answer(port, large).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"POST /",
        HEAD,
        HEAD + b"content-length: 10\r\n\r\nabc",
        HEAD + b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ],
    ids=["nothing", "line", "head", "body", "chunk"],
)
def test_what_does_not_go_on_is_cut_off(port: int, begun: bytes) -> None:
    assert answer(port, begun) == b"cut"


def test_a_piece_now_and_then_is_no_going_on(port: int) -> None:
    drops = [b"x-%d: 1\r\n" % number for number in range(20)]
    assert answer(port, GET, *drops, pause_s=0.04) == b"cut"
    assert answer(port, *[b"\r\n"] * 20, pause_s=0.04) == b"cut"
    bytes_ = [b"x"] * 20
    assert answer(port, HEAD + b"content-length: 100\r\n\r\n", *bytes_, pause_s=0.04) == b"cut"


@pytest.mark.parametrize(
    "without_end",
    [
        [GET, *[b"x: %s\r\n" % (b"y" * 1_000)] * 400],
        [GET, b"x: ", *[b"y" * 1_000] * 400],
        [b"GET /", *[b"y" * 1_000] * 400],
        [GET + b"x: " + b"y" * 300_000 + b"\r\n\r\n"],
        [HEAD + b"transfer-encoding: chunked\r\n\r\n0\r\n", *[b"x: %s\r\n" % (b"y" * 1_000)] * 400],
        [HEAD + b"transfer-encoding: chunked\r\n\r\n1;", *[b"y" * 1_000] * 400],
    ],
    ids=["fields", "field", "path", "at once", "trailer", "extension"],
)
def test_a_head_without_an_end_is_cut_off(port: int, without_end: list[bytes]) -> None:
    found = answer(port, *without_end, patience_s=1.0)
    assert found == b"cut" or found.startswith(b"HTTP/1.1 400")


def test_an_answer_that_nobody_takes_is_given_up(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as there:
        there.sendall(b"GET /much HTTP/1.1\r\nhost: here\r\n\r\n")
        time.sleep(0.6)
        there.settimeout(1.0)
        size = 0
        with suppress(ConnectionResetError):
            while part := there.recv(1_000_000):
                size += len(part)
        assert size < LARGE


def test_an_answer_that_is_taken_slowly_comes_whole(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as there:
        there.sendall(b"GET /much HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n")
        there.settimeout(1.0)
        size = 0
        while part := there.recv(2_000_000):
            size += len(part)
            time.sleep(0.01)
        assert size > LARGE


INNER = b"GET /inner HTTP/1.1\r\nhost: here\r\n\r\n"


@pytest.mark.parametrize(
    "head",
    [
        HEAD + b"connection: upgrade\r\nupgrade: websocket\r\ncontent-length: %d\r\n\r\n",
        HEAD + b"connection: upgrade\r\nupgrade: h2c\r\ntransfer-encoding: chunked\r\n\r\n",
        b"CONNECT /x HTTP/1.1\r\nhost: here\r\ncontent-length: %d\r\n\r\n",
    ],
    ids=["upgrade", "upgrade in chunks", "connect"],
)
def test_a_body_behind_an_upgrade_is_never_the_next_request(port: int, head: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port)) as there:
        there.settimeout(2.0)
        there.sendall(head % len(INNER) if b"%d" in head else head)
        time.sleep(0.05)
        with suppress(BrokenPipeError, ConnectionResetError):
            there.sendall(INNER)
        said = b""
        with suppress(ConnectionResetError):
            while part := there.recv(65_536):
                said += part
    assert said.startswith(b"HTTP/1.1 400"), said
    assert b"leave out Upgrade" in said
    assert said.count(b"HTTP/1.1 400") + said.count(b"HTTP/1.1 200") == 1


def test_what_follows_a_body_is_no_head(port: int) -> None:
    chunked = b"transfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nx-said: late\r\n\r\n"
    assert answer(port, HEAD.replace(b" / ", b" /said ") + b"x-said: before\r\n" + chunked).endswith(b"before")


class Few(GuardedConnection):
    connections_max = 8


@pytest.mark.parametrize("said", [b"", HEAD, HEAD + b"content-length: 9\r\n\r\na", GET + b"\r\n"])
def test_who_says_nothing_keeps_nobody_out_who_does(said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_S", 30.0)
    monkeypatch.setattr(connections, "BODY_S", 30.0)
    with serving(Few) as port, ExitStack() as stack:
        there = [stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(20)]
        for one in there:
            with suppress(OSError):
                one.sendall(said)
        assert answer(port, GET + b"\r\n").startswith(b"HTTP/1.1 200")
        assert sum(map(_is_open, there)) < Few.connections_max


def _is_open(one: socket.socket) -> bool:
    """Whether the other side has not cut it off; what it said is read first."""
    one.settimeout(0.03)
    try:
        while one.recv(65_536):
            pass
    except TimeoutError:
        return True
    except OSError:
        return False
    return False


def test_where_every_connection_has_a_request_one_more_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "UNREAD_S", 30.0)
    with serving(Few) as port, ExitStack() as stack:
        busy = [stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(Few.connections_max)]
        for one in busy:
            one.sendall(b"GET /much HTTP/1.1\r\nhost: here\r\n\r\n")
            one.recv(1)
        assert answer(port, GET + b"\r\n") == b"cut"
        assert all(one.recv(1) for one in busy)


def test_one_that_is_over_is_gone_without_anybody_looking_for_garbage(port: int) -> None:
    def held() -> int:
        return sum(isinstance(one, GuardedConnection) for one in gc.get_objects())

    gc.collect()
    gc.disable()
    try:
        before = held()
        for _ in range(5):
            assert answer(port, GET + b"\r\n").startswith(b"HTTP/1.1 200")
        end = time.monotonic() + 2
        while held() > before:
            assert time.monotonic() < end, "connections that are over are held"
            time.sleep(0.02)
    finally:
        gc.enable()
