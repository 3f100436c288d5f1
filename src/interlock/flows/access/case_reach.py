"""Which cases somebody may look at, and from whom the AI's answer is kept while people are to look at it blind."""

from interlock.engine.access.permissions import may
from interlock.flows.access.tenants import TenantOf
from interlock.flows.review.show import answer_is_hidden
from interlock.ports.cases import CaseRow
from interlock.ports.store import Reading
from interlock.terms.access import Caller


def case_within(reading: Reading, caller: Caller, key: str, tenant_of: TenantOf) -> CaseRow | None:
    """The decided case of that key; None where there is none, and where the caller may not look at it."""
    row = reading.case(key.encode("utf-8", "replace").decode())
    return row if row is not None and may_case(caller, row, "case", "read", tenant_of) else None


def may_case(caller: Caller, row: CaseRow, resource: str, action: str, tenant_of: TenantOf) -> bool:
    """Whether the caller may do this to a case: its own tenant counts, else that of its workflow."""
    tenant = tenant_of(row.workflow) if row.tenant is None else row.tenant
    return may(caller, resource, action, workflow=row.workflow, tenant=tenant)


def is_kept_from(reading: Reading, caller: Caller, row: CaseRow, tenant_of: TenantOf) -> bool:
    """Whether what the AI answered is to be kept from the caller: they may still be the one who answers blind."""
    decides = may_case(caller, row, "review", "decide", tenant_of)
    return decides and answer_is_hidden(reading.case_reviews(row.key), caller.name)
