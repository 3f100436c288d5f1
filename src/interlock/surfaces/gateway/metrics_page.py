"""`/metrics` for Prometheus, as plain ASGI: for whoever may see what every tenant does, and nobody else."""

import asyncio
import ipaddress
import re
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any

from interlock.engine.access.permissions import may
from interlock.engine.gateway.exposition import CONTENT_TYPE
from interlock.surfaces.gateway.heads import Head, head_of
from interlock.terms.access import Caller
from interlock.terms.errors import Unavailable

PATH = "/metrics"
PLAIN = "text/plain; charset=utf-8"
_PORT = re.compile(r":[0-9]+$")
ASK_FOR_TOKEN = "this page asks for a token whose role reads the ledger everywhere: auditor, operator"  # noqa: S105
Message = MutableMapping[str, Any]


class MetricsPage:
    """The page, made by `page`. `known` says who presents a token (see flows.access.tokens.Tokens.known).

    While nobody can be known because there is neither a token nor an account, only this machine may read it, by its own
    name (a page of another site can have a browser ask by that site's name), and nothing that a proxy handed on.
    """

    def __init__(self, page: Callable[[], str], known: Callable[[str | None], Caller | None]) -> None:
        self._page, self._known = page, known

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[Message]],  # noqa: ARG002 - ASGI hands it over
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Answer one request."""
        # Both look into files or the store: not in the thread that streams answers.
        status, kind, text = await asyncio.to_thread(self._answer, head_of(scope), scope)
        body = text.encode()
        headers = [(b"content-type", kind.encode()), (b"content-length", b"%d" % len(body))]
        headers.append((b"cache-control", b"no-store"))
        if status is HTTPStatus.UNAUTHORIZED:
            headers.append((b"www-authenticate", b"Bearer"))
        await send({"type": "http.response.start", "status": status.value, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def _answer(self, head: Head, scope: MutableMapping[str, Any]) -> tuple[HTTPStatus, str, str]:
        if scope["method"] not in {"GET", "HEAD"}:
            return HTTPStatus.METHOD_NOT_ALLOWED, PLAIN, f"{PATH} is asked with GET\n"
        try:
            caller = self._known(head.credential)
            if caller is None:
                return HTTPStatus.UNAUTHORIZED, PLAIN, f"{ASK_FOR_TOKEN}\n"
            if not may(caller, "ledger", "read") or (
                caller.name is None and not (_is_here(head) and _asks_here(scope))
            ):
                return HTTPStatus.FORBIDDEN, PLAIN, f"{ASK_FOR_TOKEN}\n"
            return HTTPStatus.OK, CONTENT_TYPE, self._page()
        except Unavailable as exc:
            return HTTPStatus.SERVICE_UNAVAILABLE, PLAIN, f"{exc}\n"


def _is_here(head: Head) -> bool:
    if head.forwarded or head.elements:
        return False
    try:
        return ipaddress.ip_address(head.peer).is_loopback
    except ValueError:
        return False


def _asks_here(scope: MutableMapping[str, Any]) -> bool:
    hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    if not hosts:
        return True  # no browser leaves it out
    name = _PORT.sub("", hosts[0]).lower() if len(hosts) == 1 else ""
    try:
        return name == "localhost" or ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False
