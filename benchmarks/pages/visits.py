"""Somebody signs in to a real server, in a process of its own, and asks for pages one after the other."""

import http.client
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from interlock.engine.access.permissions import role_at
from interlock.engine.timestamp import stamp
from interlock.flows.access.people import make_account
from interlock.flows.access.sessions import begin_session
from interlock.flows.access.tenants import assign_tenant
from interlock.surfaces.web.visitor import COOKIE
from interlock.terms.person import Person
from pages.asked import QUIET, Asked
from runtime.governed import opened
from runtime.timing import quantile

TENANT, EACH = "acme", 40  # every so manieth workflow is that tenant's
ROLES = ("leader", "value-owner", "safety-owner", "reviewer", "auditor", "operator", "administrator")
VISITORS = {
    "everything": ROLES,
    "one tenant": tuple(f"{role}@tenant/{TENANT}" for role in ROLES),
    "one workflow": tuple(f"{role}@workflow/{QUIET}" for role in ROLES),
}
BY = Person("Jon Reyes")


@dataclass(slots=True)
class Visits:
    """What one address took: its first answer after the server's start, and those after, with their processor time."""

    asked: Asked
    status: int = 0
    size_bytes: int = 0
    cold_ms: float = 0.0
    warm_ms: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)

    def warm(self, share: float) -> float:
        """The time that this share of the answers did not exceed."""
        return quantile(self.warm_ms, share)


def sign_in(address: str) -> dict[str, str]:
    """The cookie of each visitor; accounts are made where there are none yet."""
    with opened(address) as rt, rt.store.reading() as reading:
        is_new = next(iter(reading.entries_of("account.created")), None) is None
        names = [row.name for row in reading.workflows()]
    with opened(address) as rt:
        if is_new:
            for name in names[::EACH]:
                assign_tenant(rt.store, name, TENANT, by=BY, clock=rt.clock)
        cookies = {}
        with rt.store.transaction() as tx:
            tx.fence()
            for name, roles in VISITORS.items():
                if is_new:
                    make_account(tx, name, map(role_at, roles), by=BY, at=stamp(rt.clock()))
                cookies[name] = begin_session(tx, name, how="benchmark", now=rt.clock(), randomness=rt.randomness)
    return cookies


def visit(port: int, pid: int, cookie: str, addresses: Sequence[Asked], *, rounds: int) -> list[Visits]:
    """Each once, then all again and again: no page is asked for twice in a row."""
    made = [Visits(one) for one in addresses]
    with _connection(port) as connection:
        for number in range(rounds + 1):
            for one in made:
                before_ms = _cpu_ms(pid)
                took_ms, status, size = _get(connection, one.asked.address, cookie)
                if number == 0:
                    one.cold_ms, one.status, one.size_bytes = took_ms, status, size
                else:
                    one.warm_ms.append(took_ms)
                    one.cpu_ms.append(_cpu_ms(pid) - before_ms)
    return made


def _cpu_ms(pid: int) -> float:
    """Processor time of all threads of a process so far. What it does beside answering is in it."""
    return sum(int(path.read_text().split()[0]) for path in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e6


@contextmanager
def _connection(port: int) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    try:
        yield connection
    finally:
        connection.close()


def _get(connection: http.client.HTTPConnection, address: str, cookie: str) -> tuple[float, int, int]:
    before = time.perf_counter()
    connection.request("GET", address, headers={"cookie": f"{COOKIE}={cookie}"})
    answer = connection.getresponse()
    content = answer.read()
    return 1e3 * (time.perf_counter() - before), answer.status, len(content)
