"""One open session with a tool server, held by a task of its own: its transport is entered and left in one task."""

import asyncio
import re
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress

import httpx2
import mcp_types as types
from mcp.shared.exceptions import MCPError
from pydantic import ValidationError

from interlock.adapters.gateway.tools.session import ClosedSession
from interlock.adapters.gateway.tools.transports import transport_to
from interlock.ports.gateway.tool_servers import Failure, Heard, ToolServerFailed
from interlock.terms.gateway.definition import ToolServer
from interlock.terms.gateway.tool_call import ListedTool

OPEN_S = 10.0
PAGES_MAX, TOOLS_MAX = 100, 2_000
MESSAGE_BYTES_MAX = 16_000_000
NAME = re.compile(r"[A-Za-z0-9._/-]{1,128}")  # as the protocol has names; others could not be recorded or shown


class Connection:
    """`hearers` are told what the server says; `is_stale`: its list of tools has changed since it was read."""

    def __init__(self, server: ToolServer, environment: Mapping[str, str]) -> None:
        self._server, self._environment = server, environment
        self._stop = asyncio.Event()
        self._session: ClosedSession | None = None
        self._task: asyncio.Task[None] | None = None
        self.hearers: set[Heard] = set()
        self.is_stale = False

    @property
    def ended(self) -> bool:
        """Whether it cannot be used any more."""
        return self._stop.is_set() or self._task is None or self._task.done()

    @property
    def session(self) -> ClosedSession:
        """The open session. Raises ToolServerFailed where it has ended: nothing was sent then."""
        if self._session is None or self.ended:
            raise ToolServerFailed(Failure.NOT_SENT, "the session with the tool server has ended")
        return self._session

    async def open(self) -> None:
        """Begin. Raises ToolServerFailed: nothing was sent then."""
        opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._hold(opened))
        try:
            async with asyncio.timeout(OPEN_S):
                await asyncio.shield(opened)
        except TimeoutError:
            opened.cancel()  # nobody waits for it any more
            await self.close()
            raise ToolServerFailed(Failure.NOT_SENT, f"the tool server did not answer within {OPEN_S:g} s") from None

    async def close(self) -> None:
        """End the session, and the process where there is one."""
        self._stop.set()
        if self._task is not None and not self._task.done():
            _, late = await asyncio.wait({self._task}, timeout=OPEN_S)
            for task in late:
                task.cancel()

    def give_up(self) -> None:
        """End it without waiting."""
        self._stop.set()

    async def listed(self) -> tuple[ListedTool, ...]:
        """All pages of its list of tools. Raises as the session."""
        self.is_stale = False
        found: list[ListedTool] = []
        cursor: str | None = None
        for _ in range(PAGES_MAX):
            params = types.PaginatedRequestParams(cursor=cursor)
            page = await self.session.send_request(
                types.ListToolsRequest(params=params), types.ListToolsResult, request_read_timeout_seconds=OPEN_S
            )
            found += [ListedTool(one.name, _schema(one)) for one in page.tools if NAME.fullmatch(one.name)]
            cursor = page.next_cursor
            if cursor is None or len(found) > TOOLS_MAX:
                break
        if cursor is not None:
            raise ToolServerFailed(Failure.NOT_TAKEN, f"the tool server lists more than {TOOLS_MAX:,} tools")
        return tuple({one.name: one for one in reversed(found)}.values())[::-1]

    async def _hold(self, opened: asyncio.Future[None]) -> None:
        try:
            async with AsyncExitStack() as stack:
                transport = transport_to(self._server, self._environment, bytes_max=MESSAGE_BYTES_MAX)
                streams = await stack.enter_async_context(transport)
                session = ClosedSession(
                    *streams, logging_callback=self._logged, message_handler=self._told, read_timeout_seconds=OPEN_S
                )
                self._session = await stack.enter_async_context(session)
                await session.initialize()
                opened.set_result(None)
                await self._stop.wait()
        except Exception as exc:  # noqa: BLE001 - whatever keeps a server from being reached: nothing was sent
            if not opened.done():
                opened.set_exception(_not_reached(exc))
        finally:
            self._stop.set()
            with suppress(asyncio.InvalidStateError):
                opened.set_exception(ToolServerFailed(Failure.NOT_SENT, "the tool server was given up"))
                opened.exception()

    async def _logged(self, params: types.LoggingMessageNotificationParams) -> None:
        told = {"level": params.level, "data": params.data, "logger": params.logger}
        await self._tell({"method": "notifications/message", "params": told})

    async def _told(self, message: object) -> None:
        if isinstance(message, types.ToolListChangedNotification):
            self.is_stale = True

    async def _tell(self, notification: Mapping[str, object]) -> None:
        for heard in tuple(self.hearers):
            await heard(notification)


def _schema(tool: types.Tool) -> Mapping[str, object]:
    return tool.model_dump(by_alias=True, mode="json", exclude_none=True)


def _not_reached(exc: Exception) -> ToolServerFailed:
    """In words of ours: those of others may hold a key or an address with one."""
    while isinstance(exc, ExceptionGroup):
        exc = exc.exceptions[0]
    if isinstance(exc, ToolServerFailed):
        return exc
    known = (MCPError, OSError, httpx2.HTTPError, ValidationError, TimeoutError)
    what = "it did not open a session" if isinstance(exc, known) else "the session broke"
    return ToolServerFailed(Failure.NOT_SENT, f"the tool server cannot be used: {what} ({type(exc).__name__})")
