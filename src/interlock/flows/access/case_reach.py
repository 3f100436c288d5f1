"""Which cases somebody may look at, and from whom the AI's answer is kept while people are to look at it blind."""

from interlock.engine.access.permissions import may
from interlock.engine.access.reach import TenantOf
from interlock.flows.review.show import answer_is_hidden
from interlock.ports.cases import CaseRow
from interlock.ports.store import Reading
from interlock.terms.access import Caller


def case_within(reading: Reading, caller: Caller, key: str, tenant_of: TenantOf) -> CaseRow | None:
    """The decided case of that key; None where there is none, and where the caller may not look at it."""
    row = reading.case(as_text(key))
    return row if row is not None and may_case(caller, row, "case", "read", tenant_of) else None


def may_case(caller: Caller, row: CaseRow, resource: str, action: str, tenant_of: TenantOf) -> bool:
    """Whether the caller may do this to a case: its own tenant counts, else that of its workflow."""
    tenant = tenant_of(row.workflow) if row.tenant is None else row.tenant
    return may(caller, resource, action, workflow=row.workflow, tenant=tenant)


def is_kept_from(reading: Reading, caller: Caller, key: str, tenant_of: TenantOf) -> bool:
    """Whether a case waits for a blind look that may be the caller's: nothing of it is shown to them until then.

    A planted case is answered like any other, though it was never decided: whoever could tell them apart would look
    more closely at these.
    """
    reviews = reading.case_reviews(as_text(key))
    if not answer_is_hidden(reviews, caller.name):
        return False
    workflow, row = reviews[0].workflow, reading.case(as_text(key))
    tenant = tenant_of(workflow) if row is None or row.tenant is None else row.tenant
    return may(caller, "review", "decide", workflow=workflow, tenant=tenant)


def as_text(key: str) -> str:
    """A key as a store can be asked for it: half of a character is in none."""
    return key.encode("utf-8", "replace").decode()
