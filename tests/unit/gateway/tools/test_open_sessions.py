"""How many sessions of the tool proxy each client has open."""

import asyncio
from typing import Any

import pytest

from interlock.surfaces.mcp.open_sessions import Send, Sessions, announced_bytes, opens_session

IDLE_S = 100.0


class Manager:
    """What a session manager answers, with a clock."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.sessions = Sessions(2, IDLE_S, lambda: self.now_s)

    def begin(self, caller: str, name: str | None, status: int = 200) -> bool:
        """Whether there was room."""
        headers = [] if name is None else [(b"mcp-session-id", name.encode())]
        if not self.sessions.has_room(caller):
            return False
        asyncio.run(self.sessions.opened(caller, _sent, _answering(status, headers)))
        return True

    def use(self, caller: str, name: str, status: int = 200, *, ends: bool = False) -> None:
        asyncio.run(self.sessions.used(caller, name, _sent, _answering(status, []), ends=ends))


async def _sent(message: Any) -> None:
    """Nobody looks at it."""


def _answering(status: int, headers: list[tuple[bytes, bytes]]) -> Any:
    async def go(send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    return go


def test_one_client_cannot_take_the_room_of_another_one() -> None:
    one = Manager()
    assert [one.begin("a", f"a-{number}") for number in range(3)] == [True, True, False]
    assert one.begin("b", "b-0")


@pytest.mark.parametrize(("status", "ends"), [(200, True), (404, False)])
def test_a_session_that_has_ended_makes_room(status: int, ends: bool) -> None:
    one = Manager()
    for number in range(2):
        one.begin("a", f"a-{number}")
    one.use("a", "a-0")
    assert not one.begin("a", "a-2")
    one.use("b", "a-0", status, ends=ends)  # somebody else's word about it
    assert not one.begin("a", "a-2")
    one.use("a", "a-0", status, ends=ends)
    assert one.begin("a", "a-2")


def test_a_session_ends_where_nothing_is_asked_in_it_for_long_and_not_while_something_is() -> None:
    one = Manager()
    one.begin("a", "a-0")
    one.begin("a", "a-1")

    async def listens(send: Send) -> None:
        one.now_s += IDLE_S + 1
        assert one.sessions.has_room("a")  # the other one ended
        await one.sessions.opened("a", _sent, _answering(200, [(b"mcp-session-id", b"a-2")]))
        assert not one.sessions.has_room("a")

    asyncio.run(one.sessions.used("a", "a-0", _sent, listens, ends=False))
    one.now_s += IDLE_S - 1
    assert not one.begin("a", "a-3")
    one.now_s += 2
    assert one.begin("a", "a-3")


def test_what_begins_none_counts_only_while_it_is_asked() -> None:
    one = Manager()
    assert all(one.begin("a", None, 400) for _ in range(5))

    async def opening(_: Send) -> None:
        assert one.sessions.has_room("a")
        await one.sessions.opened("a", _sent, full)

    async def full(_: Send) -> None:
        assert not one.sessions.has_room("a")

    asyncio.run(one.sessions.opened("a", _sent, opening))
    assert one.begin("a", "a-0")


@pytest.mark.parametrize(
    ("headers", "opens"),
    [
        ([], True),
        ([(b"mcp-protocol-version", b"2025-06-18")], True),
        ([(b"mcp-protocol-version", b"2026-07-28")], False),
        ([(b"mcp-session-id", b"a")], False),
    ],
)
def test_which_request_may_begin_a_session(headers: list[tuple[bytes, bytes]], opens: bool) -> None:
    assert opens_session({"headers": headers}) is opens


@pytest.mark.parametrize(
    ("method", "length", "size"),
    [
        ("POST", b"12", 12),
        ("POST", b"5000", 1_000),
        ("POST", b"9" * 5_000, 1_000),
        ("POST", b"-1", 1_000),
        ("POST", "\u00b2".encode("latin-1"), 1_000),
        ("POST", None, 1_000),
        ("GET", None, 0),
    ],
)
def test_what_says_nothing_of_its_size_may_have_any(method: str, length: bytes | None, size: int) -> None:
    headers = [] if length is None else [(b"content-length", length)]
    assert announced_bytes({"method": method, "headers": headers}, 1_000) == size
