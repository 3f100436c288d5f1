"""Which ledger entries somebody may see: those of workflows and cases within their reach, and of nobody else's."""

from collections.abc import Callable, Iterator
from functools import cache, partial

from interlock.engine.access.permissions import may, scopes
from interlock.engine.access.reach import TenantOf
from interlock.ports.store import Reading
from interlock.terms.access import EVERYWHERE, Caller
from interlock.terms.ledger import LedgerEntry

Within = Callable[[LedgerEntry], bool]


def case_tenant(reading: Reading, workflow: str, key: str, tenant_of: TenantOf) -> str | None:
    """The tenant of a case: the one that its proposal named, else the one its workflow was given to."""
    row = reading.case(key)
    return tenant_of(workflow) if row is None or row.tenant is None else row.tenant


def sees_all(caller: Caller) -> bool:
    """Whether the caller may read the whole ledger, with the entries that are about no workflow."""
    return scopes(caller, "ledger", "read") == (EVERYWHERE,)


def entries_within(reading: Reading, caller: Caller, tenant_of: TenantOf) -> Within:
    """Whether the caller may see an entry.

    One about no workflow is everybody's: seen by who reads the whole ledger only. One about cases is seen where each
    of them may be.
    """
    if sees_all(caller):
        return lambda entry: True  # noqa: ARG005 - as Within

    given, sees = cache(tenant_of), cache(partial(_may_read, caller))

    def within(entry: LedgerEntry) -> bool:
        workflow = entry.body.get("workflow")
        if not isinstance(workflow, str):
            return False
        keys = tuple(keys_of(entry))
        tenants = {case_tenant(reading, workflow, key, given) for key in keys} if keys else {given(workflow)}
        return all(sees(workflow, tenant) for tenant in tenants)

    return within


def _may_read(caller: Caller, workflow: str, tenant: str | None) -> bool:
    return may(caller, "ledger", "read", workflow=workflow, tenant=tenant)


def keys_of(entry: LedgerEntry) -> Iterator[str]:
    """The cases that an entry is about."""
    cases = entry.body.get("cases")
    named = [case.get("key") for case in cases if isinstance(case, dict)] if isinstance(cases, list) else []
    yield from (key for key in (entry.body.get("key"), entry.body.get("case"), *named) if isinstance(key, str))
