"""The tool proxy over streamable HTTP: `/mcp/SERVER`, as plain ASGI."""

import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

from interlock.engine.gateway.held import HeldBodies
from interlock.engine.gateway.tools.case import caller_of
from interlock.engine.gateway.trace_parent import trace_parent_of
from interlock.surfaces.mcp.open_sessions import SESSION, Pass, Sessions, announced_bytes, given, opens_session
from interlock.surfaces.mcp.proxy import ToolProxy
from interlock.surfaces.mcp.server import Context, mcp_server
from interlock.surfaces.mcp.visit import Visit, Who
from interlock.terms.gateway.client import Client
from interlock.terms.gateway.refusal import Refusal, RefusalKind

PREFIX = "/mcp/"
SERVER = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")  # as in the gateway's definition
PARENT = b"traceparent"
SESSIONS_MAX, CLIENT_SESSIONS_MAX = 1_000, 200
IDLE_S = 1_800.0
BODY_BYTES_MAX, HELD_BYTES_MAX, SMALL_BYTES_MAX = 4_000_000, 64_000_000, 65_536
_VISIT = "interlock.visit"

NO_ROOM = Refusal(
    RefusalKind.BUSY,
    "sessions",
    "this client has as many sessions open as it may: end one (DELETE), or go on in it",
    retry_after_s=60,
)
NO_BODY = Refusal(
    RefusalKind.BUSY,
    "bodies",
    "the requests that are at work leave no room for this one; say how long it is, and try again",
    retry_after_s=1,
)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


def is_tool_traffic(path: str) -> bool:
    """Whether a path is one of the proxy's."""
    return path.startswith(PREFIX)


class McpApp:
    """One process's. Use it inside `running`. A session belongs to the client, and the server, that it began with; at
    most `sessions_max` are open, of one client `client_sessions_max`: none can take all the room. Requests at work have
    `held_bytes_max` together.

    Without `sessions` each request stands for itself, so that it may come to any of several processes.
    """

    def __init__(
        self,
        proxy: ToolProxy,
        who: Who,
        *,
        sessions: bool = True,
        sessions_max: int = SESSIONS_MAX,
        client_sessions_max: int = CLIENT_SESSIONS_MAX,
        held_bytes_max: int = HELD_BYTES_MAX,
    ) -> None:
        self._proxy, self._who, self._sessions = proxy, who, sessions
        self._held = HeldBodies(held_bytes_max, SMALL_BYTES_MAX)
        self._open = Sessions(client_sessions_max, IDLE_S, time.monotonic)
        self._manager = StreamableHTTPSessionManager(
            mcp_server(proxy, _visit_of),
            stateless=not sessions,
            max_sessions=sessions_max,
            session_idle_timeout=IDLE_S,
            max_request_body_size=BODY_BYTES_MAX,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Take requests until the block ends; calls that are at work then come to their end."""
        try:
            async with self._manager.run():
                yield
        finally:
            await self._proxy.close()

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        client = await self._who(scope)
        server = str(scope["path"]).removeprefix(PREFIX).strip("/")
        if isinstance(client, Client) and not SERVER.fullmatch(server):
            client = Refusal(RefusalKind.UNKNOWN_MODEL, "path", f"name the tool server: {PREFIX}SERVER")
        if isinstance(client, Refusal):
            await _refused(client, send)
            return
        session = given(scope, SESSION) if self._sessions else None
        parents = [value.decode("latin-1") for name, value in scope["headers"] if name == PARENT]
        parent = trace_parent_of(parents[0].strip()) if len(parents) == 1 else None
        known = {_VISIT: Visit(client, server, session, parent), "user": _owner(client, server)}
        go = partial(self._manager.handle_request, {**scope, **known}, receive)
        caller, size = caller_of(client), announced_bytes(scope, BODY_BYTES_MAX)
        if not self._held.take(caller, size):
            await _refused(NO_BODY, send)
            return
        try:
            await self._go(scope, caller, session, send, go)
        finally:
            self._held.give_back(caller, size)

    async def _go(
        self, scope: MutableMapping[str, Any], caller: str, session: str | None, send: Send, go: Pass
    ) -> None:
        if session is not None:
            await self._open.used(caller, session, send, go, ends=scope["method"] == "DELETE")
        elif not self._sessions or not opens_session(scope):
            await go(send)
        elif self._open.has_room(caller):
            await self._open.opened(caller, send, go)
        else:
            await _refused(NO_ROOM, send)


async def _visit_of(ctx: Context) -> Visit | Refusal:
    """Who made this very request: whoever was let in when the session began may be no more."""
    found = None if ctx.request is None else ctx.request.scope.get(_VISIT)
    if isinstance(found, Visit):
        return found
    return Refusal(RefusalKind.UNKNOWN_CALLER, "no caller", "nobody knows who asks")


def _owner(client: Client, server: str) -> AuthenticatedUser:
    """Whose session it is: the session manager answers nobody else in it."""
    return AuthenticatedUser(AccessToken(token="", client_id=caller_of(client), scopes=[], subject=server))


async def _refused(refusal: Refusal, send: Send) -> None:
    """As an error of the protocol that is about no request."""
    told = {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": refusal.words}}
    body = json.dumps(told).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    if refusal.retry_after_s is not None:
        headers.append((b"retry-after", b"%d" % refusal.retry_after_s))
    if refusal.kind is RefusalKind.UNKNOWN_CALLER:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
