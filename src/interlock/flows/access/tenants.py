"""Which tenant each workflow was given to, and what of a portfolio somebody may see."""

import threading
from collections.abc import Iterable

from interlock.engine.access.permissions import scopes
from interlock.engine.access.reach import TenantOf, within
from interlock.engine.rollout.people import known_as
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.ports.clock import Clock
from interlock.ports.store import Reading, Store
from interlock.terms.access import Caller
from interlock.terms.errors import BadInput
from interlock.terms.ledger import LedgerEntry
from interlock.terms.person import Person
from interlock.terms.portfolio import Portfolio

ASSIGNED = "tenant.assigned"
NAME_MAX = 100


def assign_tenant(store: Store, workflow: str, tenant: str | None, *, by: Person, clock: Clock) -> None:
    """Give a workflow to a tenant; None: to nobody, so that only roles held everywhere or in it reach it.

    A case that names a tenant of its own is that one's, whoever has the workflow. Raises BadInput for an unknown
    workflow, for a name that cannot be one, and where it is that tenant's already.
    """
    with store.transaction() as tx:
        tx.fence()  # entries about tenants are seen in the order in which they hold
        if not known_as(by.name):
            raise BadInput("say who gives it away (--as): it is recorded")
        known = [row.name for row in tx.workflows()]
        if workflow not in known:
            raise BadInput(f"there is no workflow '{workflow}'; there are: {', '.join(known) or 'none'}")
        name, was = None if tenant is None else _checked(tenant), tenant_of(tx, workflow)
        if name == was:
            raise BadInput(f"'{workflow}' is given to {'nobody' if name is None else name} already")
        body = {"workflow": workflow, "tenant": name, "was": was, "by": by.name, "authenticated": by.authenticated}
        record(tx, ASSIGNED, body, at=stamp(clock()))


def tenant_of(reading: Reading, workflow: str) -> str | None:
    """The tenant that a workflow was given to, None for everybody's."""
    entry = reading.newest_of(ASSIGNED, workflow)
    return None if entry is None else entry.body["tenant"]


def tenants(reading: Reading) -> dict[str, str]:
    """The tenant of each workflow that was given to one, by workflow."""
    return _given({}, reading.entries_of(ASSIGNED))


class Tenants:
    """The same as this process last saw it; each look reads only what has been recorded since."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._tenants: dict[str, str] = {}
        self._next = 0

    def of(self, workflow: str) -> str | None:
        """The tenant of a workflow, None for everybody's. Raises Unavailable."""
        return self.all().get(workflow)

    def all(self) -> dict[str, str]:
        """The tenant of each workflow that has one. Raises Unavailable."""
        with self._store.reading() as reading, self._lock:
            found = list(reading.entries_of(ASSIGNED, since=self._next))
            if found:
                self._tenants, self._next = _given(self._tenants, found), found[-1].index + 1
            return self._tenants

    def given(self, tenant: str) -> tuple[str, ...]:
        """The workflows that a tenant has, by name. Raises Unavailable."""
        return tuple(sorted(workflow for workflow, has in self.all().items() if has == tenant))


def visible(portfolio: Portfolio, caller: Caller, tenant_of: TenantOf) -> Portfolio:
    """The part of a portfolio that the caller may read: workflows within reach and what was decided about them.

    What is about the organisation as a whole is there for roles that are held everywhere.
    """
    return within(portfolio, scopes(caller, "workflow", "read"), tenant_of)


def _given(known: dict[str, str], entries: Iterable[LedgerEntry]) -> dict[str, str]:
    told = dict(known)
    for entry in entries:
        workflow, tenant = str(entry.body["workflow"]), entry.body["tenant"]
        told.pop(workflow, None)
        if tenant is not None:
            told[workflow] = tenant
    return told


def _checked(tenant: str) -> str:
    name = tenant.strip()
    if not name or len(name) > NAME_MAX or not name.isprintable() or "/" in name or "@" in name:
        raise BadInput(f"a tenant's name is 1 to {NAME_MAX} printable characters without '/' and '@', not {tenant!r}")
    return name
