"""Tool servers behind the gateway, as a caller's calls reach them."""

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import Any, Protocol

from interlock.terms.gateway.definition import ToolServer
from interlock.terms.gateway.tool_call import ListedTool, ToolAnswer


class Failure(StrEnum):
    """What is known where no answer came."""

    NOT_SENT = "not sent"  # the server cannot be reached: nothing was asked of it
    NOT_TAKEN = "not taken"  # the server refused the call as none: it did nothing
    LOST = "lost"  # it was sent, and nobody knows what became of it


class ToolServerFailed(Exception):
    """No answer that can be used; the message holds no content and no key."""

    def __init__(self, failure: Failure, words: str) -> None:
        super().__init__(words)
        self.failure = failure


Heard = Callable[[Mapping[str, Any]], Awaitable[None]]  # a notification while a call is at work, as {method, params}


class ToolLine(Protocol):
    """One caller's own way to one server: another caller's calls never share its session or its process."""

    async def tools(self, *, age_max_s: float) -> tuple[ListedTool, ...]:
        """What the server lists now, or listed at most so many seconds ago. Raises ToolServerFailed."""
        ...

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, key: str, timeout_s: float, bytes_max: int, heard: Heard
    ) -> ToolAnswer:
        """Call a tool; `key` is told to the server, which may deduplicate by it. Raises ToolServerFailed."""
        ...


class ToolServers(Protocol):
    """All ways to tool servers of this process."""

    def line(self, server: ToolServer, caller: str) -> ToolLine:
        """The way of a caller (a name of this process's making). Raises Unavailable where there are too many."""
        ...

    async def close(self) -> None:
        """End all sessions and processes."""
        ...
