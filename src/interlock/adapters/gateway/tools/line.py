"""interlock.ports.gateway.tool_servers.ToolLine: a caller's own sessions with one server, one after the other."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import mcp_types as types
from mcp.shared.exceptions import MCPError
from pydantic import TypeAdapter

from interlock.adapters.gateway.tools.connection import Connection
from interlock.ports.gateway.tool_servers import Failure, Heard, ToolServerFailed
from interlock.terms.gateway.definition import ToolServer
from interlock.terms.gateway.tool_call import ListedTool, ToolAnswer

KEY = "interlock/idempotency-key"  # in _meta, for servers that deduplicate
ENDED = (types.CONNECTION_CLOSED, types.INVALID_REQUEST)  # the other side has forgotten the session, or is gone
PAUSE_S, PAUSE_MAX_S, WELL_S = 0.5, 30.0, 60.0
ANSWER: TypeAdapter[types.CallToolResult | types.InputRequiredResult] = TypeAdapter(
    types.CallToolResult | types.InputRequiredResult
)


class McpLine:
    """Opened when it is needed, again after it broke, with a longer pause each time it breaks soon.

    `now_s` is a clock that only goes on.
    """

    def __init__(self, server: ToolServer, environment: Mapping[str, str], now_s: Callable[[], float]) -> None:
        self._server, self._environment, self._now_s = server, environment, now_s
        self._opening = asyncio.Lock()
        self._connection: Connection | None = None
        self._listed: tuple[ListedTool, ...] = ()
        self._listed_s = self._opened_s = self._pause_until_s = float("-inf")
        self._breaks = 0
        self.at_work = 0
        self.used_s = now_s()

    async def tools(self, *, age_max_s: float) -> tuple[ListedTool, ...]:
        try:
            return await self._tools(age_max_s)
        except ToolServerFailed:
            if self._connection is None or not self._connection.ended:
                raise
        # The session had ended before it was noticed. To list twice changes nothing.
        return await self._tools(age_max_s)

    async def _tools(self, age_max_s: float) -> tuple[ListedTool, ...]:
        async with self._in_use() as connection:
            if connection.is_stale or self._now_s() - self._listed_s > age_max_s:
                self._listed = await connection.listed()
                self._listed_s = self._now_s()
            return self._listed

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, key: str, timeout_s: float, bytes_max: int, heard: Heard
    ) -> ToolAnswer:
        request = types.CallToolRequest(
            params=types.CallToolRequestParams.model_validate(
                {"name": tool, "arguments": dict(arguments), "_meta": {KEY: key}}
            )
        )

        async def report(progress: float, total: float | None, message: str | None) -> None:
            told = {"progress": progress, "total": total, "message": message}
            await heard({"method": "notifications/progress", "params": told})

        async with self._in_use() as connection:
            connection.hearers.add(heard)
            try:
                answer = await connection.session.send_request(
                    request, ANSWER, request_read_timeout_seconds=timeout_s, progress_callback=report
                )
            finally:
                connection.hearers.discard(heard)
        return _answer(answer, bytes_max)

    async def close(self) -> None:
        """End its session."""
        if self._connection is not None:
            await self._connection.close()

    @asynccontextmanager
    async def _in_use(self) -> AsyncIterator[Connection]:
        self.at_work += 1
        connection: Connection | None = None
        try:
            connection = await self._open()
            yield connection
        except ToolServerFailed:
            raise
        except MCPError as exc:
            # Other codes may also come from the client itself, where an answer came and could not be read.
            refused = exc.code == types.INVALID_PARAMS
            if exc.code in ENDED and connection is not None:
                connection.give_up()
            failure = Failure.NOT_TAKEN if refused else Failure.LOST
            raise ToolServerFailed(failure, f"the tool server answered with the error {exc.code}") from exc
        except Exception as exc:
            raise ToolServerFailed(Failure.LOST, f"no answer that can be read came ({type(exc).__name__})") from exc
        finally:
            self.at_work -= 1
            self.used_s = self._now_s()

    async def _open(self) -> Connection:
        async with self._opening:
            if self._connection is not None:
                if not self._connection.ended:
                    return self._connection
                await self._connection.close()
                self._connection = None
                self._broke()
            left_s = self._pause_until_s - self._now_s()
            if left_s > 0:
                raise ToolServerFailed(Failure.NOT_SENT, f"the tool server broke; it is tried again in {left_s:.1f} s")
            connection = Connection(self._server, self._environment)
            self._listed_s, self._opened_s = float("-inf"), self._now_s()
            try:
                await connection.open()
            except ToolServerFailed:
                self._broke()
                raise
            self._connection = connection
            return connection

    def _broke(self) -> None:
        """It is tried again at once the first time, then after longer and longer pauses."""
        now_s = self._now_s()
        self._breaks = self._breaks + 1 if now_s - self._opened_s < WELL_S else 1
        pause_s = min(PAUSE_MAX_S, PAUSE_S * 2 ** min(self._breaks - 2, 10)) if self._breaks > 1 else 0.0
        self._pause_until_s = now_s + pause_s


def _answer(answer: types.CallToolResult | types.InputRequiredResult, bytes_max: int) -> ToolAnswer:
    if not isinstance(answer, types.CallToolResult):
        # What it did until it asked for more is not known.
        raise ToolServerFailed(Failure.LOST, "the tool asked for more input, which this gateway does not pass on")
    told = answer.model_dump(by_alias=True, mode="json", exclude_none=True)
    size = len(json.dumps(told))
    if size > bytes_max:
        # It did what it was asked for: only its answer is too much.
        words = f"[left out: an answer of {size:,} bytes, at most {bytes_max:,} are passed on]"
        return ToolAnswer(({"type": "text", "text": words},), is_error=answer.is_error)
    return ToolAnswer(tuple(told["content"]), told.get("structuredContent"), answer.is_error)
