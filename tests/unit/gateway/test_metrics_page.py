"""Who reads the figures of all tenants, and who does not."""

import asyncio
from typing import Any

import pytest

from interlock.surfaces.gateway.metrics_page import MetricsPage
from interlock.terms.access import ANYBODY, Caller, Role, RoleAt, Scope
from interlock.terms.errors import Unavailable

AUDITOR = Caller("prometheus", frozenset({RoleAt(Role.AUDITOR)}))
APPLICATION = Caller("shop", frozenset({RoleAt(Role.RUNTIME)}))
ONE_TENANTS = Caller("acme's", frozenset({RoleAt(Role.AUDITOR, Scope(tenant="acme"))}))
KNOWN = {"auditor": AUDITOR, "application": APPLICATION, "tenant": ONE_TENANTS}


def asked(
    page: MetricsPage, *headers: tuple[bytes, bytes], peer: str = "127.0.0.1", method: str = "GET"
) -> tuple[int, bytes]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    scope = {"type": "http", "method": method, "path": "/metrics", "headers": list(headers), "client": (peer, 1)}
    asyncio.run(page(scope, receive, send))
    assert dict(sent[0]["headers"])[b"cache-control"] == b"no-store"
    return sent[0]["status"], sent[1]["body"]


def bearer(token: str) -> tuple[bytes, bytes]:
    return b"authorization", f"Bearer {token}".encode()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ((bearer("auditor"),), 200),
        ((bearer("application"),), 403),
        ((bearer("tenant"),), 403),
        ((bearer("none"),), 401),
        ((), 401),
        ((bearer("auditor"), (b"x-api-key", b"application")), 401),
    ],
)
def test_only_who_may_see_every_tenant_reads_it(headers: tuple[tuple[bytes, bytes], ...], status: int) -> None:
    page = MetricsPage(lambda: "figures of acme", lambda token: KNOWN.get(token or ""))
    answer = asked(page, *headers)
    assert answer[0] == status
    assert (b"acme" in answer[1]) is (status == 200)


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        ("127.0.0.1", (), 200),
        ("::1", (), 200),
        ("10.0.0.7", (), 403),
        ("127.0.0.1", ((b"x-forwarded-for", b"127.0.0.1"),), 403),
        ("127.0.0.1", ((b"forwarded", b"for=127.0.0.1"),), 403),
        ("testclient", (), 403),
        *(
            ("127.0.0.1", ((b"host", host),), 200)
            for host in (b"localhost:8000", b"127.0.0.1", b"[::1]:80", b"LOCALHOST")
        ),
        *(
            ("127.0.0.1", ((b"host", host),), 403)
            for host in (b"evil.example", b"localhost.evil.example:80", b"", b"x:1")
        ),
        ("127.0.0.1", ((b"host", b"localhost"), (b"host", b"evil.example")), 403),
    ],
)
def test_while_nobody_can_be_known_only_this_machine_reads_it(
    peer: str, headers: tuple[tuple[bytes, bytes], ...], status: int
) -> None:
    assert asked(MetricsPage(lambda: "figures", lambda _: ANYBODY), *headers, peer=peer)[0] == status


def test_where_nobody_can_be_looked_up_nobody_reads_it() -> None:
    def lost(_: str | None) -> Caller | None:
        raise Unavailable("the store is gone")

    assert asked(MetricsPage(lambda: "figures", lost)) == (503, b"the store is gone\n")


def test_it_is_only_read() -> None:
    page = MetricsPage(lambda: "figures", lambda _: AUDITOR)
    assert asked(page, method="POST")[0] == 405
    assert asked(page, method="HEAD") == (200, b"")
