"""What each client has open, and what it announces: none can take all the room."""

from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS

SESSION, VERSION, LENGTH = b"mcp-session-id", b"mcp-protocol-version", b"content-length"
DIGITS_MAX = 19
GONE = 404

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Pass = Callable[[Send], Awaitable[None]]


def given(scope: Scope, name: bytes) -> str | None:
    """The first value of a header."""
    return next((value.decode("latin-1") for header, value in scope["headers"] if header == name), None)


def announced_bytes(scope: Scope, most: int) -> int:
    """How large the body of a request may be: as it says, `most` where it does not say it or says more."""
    if scope["method"] != "POST":
        return 0
    length = given(scope, LENGTH) or ""
    return min(most, int(length)) if length.isascii() and length.isdigit() and len(length) < DIGITS_MAX else most


def opens_session(scope: Scope) -> bool:
    """Whether a request may begin a session: it names none, and is of a version of the protocol that has them."""
    version = given(scope, VERSION)
    return given(scope, SESSION) is None and (version is None or version in HANDSHAKE_PROTOCOL_VERSIONS)


class _Session:
    __slots__ = ("at_work", "since_s")

    def __init__(self) -> None:
        self.at_work, self.since_s = 0, 0.0


class Sessions:
    """At most `most` of each client. One without a request for `idle_s` has ended, as for the session manager; times by
    a clock that never goes back.
    """

    def __init__(self, most: int, idle_s: float, monotonic: Callable[[], float]) -> None:
        self._most, self._idle_s, self._monotonic = most, idle_s, monotonic
        self._of: dict[str, dict[str, _Session]] = {}
        self._opening: Counter[str] = Counter()

    def has_room(self, caller: str) -> bool:
        """Whether this client may begin one more."""
        known, now_s = self._of.get(caller, {}), self._monotonic()
        for name in [name for name, one in known.items() if not one.at_work and now_s - one.since_s > self._idle_s]:
            self._drop(caller, name)
        return len(known) + self._opening[caller] < self._most

    async def opened(self, caller: str, send: Send, go: Pass) -> None:
        """Do what may begin a session: it is counted once the answer names it."""
        self._opening[caller] += 1

        async def told(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start" and message["status"] < 400:
                begun = given(message, SESSION)
                if begun is not None:
                    self._of.setdefault(caller, {}).setdefault(begun, _Session()).since_s = self._monotonic()
            await send(message)

        try:
            await go(told)
        finally:
            self._opening[caller] -= 1
            self._opening += Counter()  # forget who opens none

    async def used(self, caller: str, name: str, send: Send, go: Pass, *, ends: bool) -> None:
        """Do what is asked in a session. `ends`: it asks for the end of it."""
        session = self._of.get(caller, {}).get(name)
        if session is None:
            await go(send)
            return
        session.at_work += 1
        status = 0

        async def told(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await go(told)
        finally:
            session.at_work -= 1
            session.since_s = self._monotonic()
            if status == GONE or (ends and 0 < status < 400):
                self._drop(caller, name)

    def _drop(self, caller: str, name: str) -> None:
        known = self._of.get(caller, {})
        known.pop(name, None)
        if not known:
            self._of.pop(caller, None)
