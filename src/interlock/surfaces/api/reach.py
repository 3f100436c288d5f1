"""What a caller reaches, by workflow, tenant and case. What lies outside is answered as if it did not exist."""

from collections.abc import Iterable

from interlock.engine.access.permissions import may, scopes
from interlock.flows.review.reach import reach_of
from interlock.ports.cases import CaseRow
from interlock.ports.queue import Reach
from interlock.surfaces.api.problems import Problem, forbidden, not_there
from interlock.surfaces.api.served import Served
from interlock.terms.access import EVERYWHERE, Caller


def check_workflow(
    here: Served, who: Caller, resource: str, action: str, workflow: str, *, tenants: Iterable[str | None] = (None,)
) -> None:
    """Raises Problem where the caller may not do this in a workflow, or to what of it is `tenants`' (None: its own)."""
    if reaches_all(who, resource, action):
        return
    own = here.tenants.of(workflow)
    for tenant in {own if one is None else one for one in tenants}:
        if may(who, resource, action, workflow=workflow, tenant=tenant):
            continue
        if may(who, "workflow", "read", workflow=workflow, tenant=tenant):
            raise not_permitted(f"{resource}:{action}")
        raise not_there(f"there is no workflow '{workflow}' that you may see")


def check_cases(here: Served, who: Caller, resource: str, action: str, workflow: str, keys: Iterable[str]) -> None:
    """Raises Problem where the caller may not do this to each of these cases of a workflow, or where one is none.

    Who may do it everywhere is told by the flow itself what there is not.
    """
    if reaches_all(who, resource, action):
        return
    for key, row in _cases(here, keys):
        if row is None or row.workflow != workflow:
            raise _no_case(key)
        _check_case(here, who, resource, action, row)


def check_known_cases(here: Served, who: Caller, resource: str, action: str, keys: Iterable[str]) -> None:
    """The same for cases that need not have been decided yet, wherever they lie."""
    if not reaches_all(who, resource, action):
        for _, row in _cases(here, keys):
            if row is not None:
                _check_case(here, who, resource, action, row)


def cases_within(here: Served, who: Caller, resource: str, action: str, keys: Iterable[str]) -> tuple[str, ...]:
    """Those of the cases to which the caller may do this, in their order."""
    if reaches_all(who, resource, action):
        return tuple(keys)
    found = [(key, row) for key, row in _cases(here, keys) if row is not None]
    return tuple(
        key for key, row in found if may(who, resource, action, workflow=row.workflow, tenant=_tenant(here, row))
    )


def check_review(here: Served, who: Caller, action: str, key: str, kind: str) -> None:
    """Raises Problem where the caller may not do this to a review, or may see none of that kind of the case."""
    if reaches_all(who, "review", action):
        return
    with here.rt.store.reading() as reading:
        if reading.in_reach(key, kind, queue_reach(here, who, action)):
            return
        seen = reading.in_reach(key, kind, queue_reach(here, who, "read"))
    if seen:
        raise not_permitted(f"review:{action}")
    raise not_there(f"there is no {kind} review of case '{key}' that you may see")


def check_everywhere(who: Caller, resource: str, action: str) -> None:
    """Raises Problem for a caller who may do this in some places only."""
    if not reaches_all(who, resource, action):
        raise not_permitted(f"{resource}:{action} everywhere")


def queue_reach(here: Served, who: Caller, action: str) -> tuple[Reach, ...]:
    """The part of the queue in which the caller may do this."""
    return reach_of(scopes(who, "review", action), here.tenants.given)


def reaches_all(who: Caller, resource: str, action: str) -> bool:
    """Whether the caller may do this everywhere."""
    return scopes(who, resource, action) == (EVERYWHERE,)


def not_permitted(permission: str) -> Problem:
    """Whoever asks is known, and none of their roles may do this there."""
    return forbidden(f"this takes the permission {permission}, which no role of yours has here")


def _cases(here: Served, keys: Iterable[str]) -> list[tuple[str, CaseRow | None]]:
    with here.rt.store.reading() as reading:
        return [(key, reading.case(key)) for key in keys]


def _check_case(here: Served, who: Caller, resource: str, action: str, row: CaseRow) -> None:
    tenant = _tenant(here, row)
    if may(who, resource, action, workflow=row.workflow, tenant=tenant):
        return
    if may(who, "case", "read", workflow=row.workflow, tenant=tenant):
        raise not_permitted(f"{resource}:{action}")
    raise _no_case(row.key)


def _tenant(here: Served, row: CaseRow) -> str | None:
    return here.tenants.of(row.workflow) if row.tenant is None else row.tenant


def _no_case(key: str) -> Problem:
    return not_there(f"there is no case '{key}' that you may see")
