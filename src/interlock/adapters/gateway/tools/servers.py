"""interlock.ports.gateway.tool_servers.ToolServers: every caller has its own way to each server."""

import asyncio
import time
from collections.abc import Callable, Mapping

from interlock.adapters.gateway.tools.line import McpLine
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.definition import ToolServer

LINES_MAX = 200
IDLE_S = 900.0


class McpServers:
    """At most `lines_max` ways at a time; one that nobody used for `idle_s` is closed when another one is asked for."""

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        lines_max: int = LINES_MAX,
        idle_s: float = IDLE_S,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._environment, self._lines_max, self._idle_s, self._now_s = environment, lines_max, idle_s, now_s
        self._lines: dict[tuple[ToolServer, str], McpLine] = {}
        self._closing: set[asyncio.Task[None]] = set()

    def line(self, server: ToolServer, caller: str) -> McpLine:
        known = self._lines.get((server, caller))
        if known is not None:
            return known
        self._close_idle()
        if len(self._lines) >= self._lines_max:
            raise Unavailable(f"{self._lines_max} sessions with tool servers are open, which is the most; try later")
        line = self._lines[server, caller] = McpLine(server, self._environment, self._now_s)
        return line

    async def close(self) -> None:
        lines, self._lines = tuple(self._lines.values()), {}
        await asyncio.gather(*(line.close() for line in lines), *self._closing)

    def _close_idle(self) -> None:
        idle_since_s = self._now_s() - self._idle_s
        for key, line in tuple(self._lines.items()):
            if not line.at_work and line.used_s < idle_since_s:
                del self._lines[key]
                task = asyncio.ensure_future(line.close())
                self._closing.add(task)
                task.add_done_callback(self._closing.discard)
