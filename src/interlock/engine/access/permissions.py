"""What each role may do, and whether a caller may do one thing in one place. What is not listed is denied."""

from collections.abc import Mapping
from functools import lru_cache

from interlock.terms.access import EVERYWHERE, Caller, Permission, Role, RoleAt, Scope
from interlock.terms.errors import BadInput

_SEES = frozenset({"portfolio:read", "workflow:read", "instrument:read", "report:read", "standup:read", "switch:read"})
_ANSWERS = frozenset({"instrument:answer", "standup:act", "incident:open", "kpi:record", "evidence:add"})
_OWNS = (
    _SEES
    | _ANSWERS
    | {"council:read", "council:decide", "stage:move", "waiver:give", "grant:promote", "case:read"}
    | {"switch:kill", "switch:resume", "switch:drill", "incident:close", "ledger:read", "report:schedule", "try:run"}
    | {"settings:read", "case:undo", "gate:judge", "grant:end"}
    | {"key:read", "key:create", "key:revoke", "traffic:read"}
)
MAY: Mapping[Role, frozenset[str]] = {
    Role.RUNTIME: frozenset(
        {"case:propose", "case:read", "workflow:read", "evidence:add", "switch:read", "switch:kill"}
    ),
    Role.REVIEWER: frozenset(
        {"review:read", "review:decide", "case:read", "content:read", "workflow:read", "switch:read", "switch:kill"}
    ),
    Role.OPERATOR: _SEES
    | {"case:read", "content:read", "switch:kill", "switch:resume", "switch:drill", "incident:open", "ledger:read"}
    | {"ledger:verify", "ledger:export", "case:undo", "grant:end"}
    | {"key:read", "key:revoke", "traffic:read"},
    Role.AUDITOR: _SEES
    | {"council:read", "case:read", "content:read", "ledger:read", "ledger:verify", "ledger:export", "review:read"}
    | {"settings:read", "person:read", "account:read", "key:read", "traffic:read"},
    Role.LEADER: _OWNS
    | {"organisation:define", "ledger:verify", "retention:define", "person:read", "content:erase", "account:read"},
    Role.VALUE_OWNER: _OWNS,
    Role.SAFETY_OWNER: _OWNS
    | {"content:read", "review:read", "ledger:verify", "ledger:export", "retention:define", "content:erase"},
    # Whoever hands out roles decides nothing about a workflow, and sees no case. A gateway key lends the authority of a
    # workflow to an application: those who answer for the workflow do that, and who may stop things can take it back.
    Role.ADMINISTRATOR: _SEES
    | {"settings:read", "account:read", "account:manage", "token:manage", "hook:manage", "tenant:assign"}
    | {"organisation:define", "report:schedule", "try:run", "key:read", "key:revoke"},
}
"""`resource:action` by role. Who of those who may asks is in the right list of a definition is a rule of its own."""


def role_at(text: str) -> RoleAt:
    """The role and where it is held, as it is written (terms.access.RoleAt). Raises BadInput for what is neither."""
    role, at, scope = text.partition("@")
    if role not in set(Role):
        raise BadInput(f"there is no role '{role}'; there are: {', '.join(Role)}")
    return RoleAt(Role(role), _scope(scope) if at else EVERYWHERE)


def may(caller: Caller, resource: str, action: str, *, workflow: str | None = None, tenant: str | None = None) -> bool:
    """Whether the caller may do this to what lies in that workflow and belongs to that tenant.

    What is in no workflow and of no tenant (None) is everybody's: only a role that is held everywhere reaches it.
    """
    return any(covers(scope, workflow, tenant) for scope in scopes(caller, resource, action))


def may_somewhere(caller: Caller, resource: str, action: str) -> bool:
    """Whether there is anything at all to which the caller may do this."""
    return bool(scopes(caller, resource, action))


@lru_cache(maxsize=4096)
def scopes(caller: Caller, resource: str, action: str) -> tuple[Scope, ...]:
    """Where the caller may do this: `(EVERYWHERE,)` where one of them is that, () for nowhere."""
    found = {held.scope for held in caller.roles if f"{resource}:{action}" in MAY[held.role]}
    return (EVERYWHERE,) if EVERYWHERE in found else tuple(sorted(found, key=str))


def only_workflows(caller: Caller, resource: str, action: str) -> tuple[str, ...]:
    """The workflows outside of which the caller may do this nowhere; () where a role of theirs is held more widely."""
    found = scopes(caller, resource, action)
    names = tuple(scope.workflow for scope in found if scope.workflow is not None)
    return names if len(names) == len(found) else ()


def permissions(caller: Caller) -> tuple[Permission, ...]:
    """Everything that the caller may do, in order."""
    found = {Permission(held.scope, *name.split(":")) for held in caller.roles for name in MAY[held.role]}
    return tuple(sorted(found, key=str))


def covers(scope: Scope, workflow: str | None, tenant: str | None) -> bool:
    """Whether what is held there reaches a workflow of a tenant; None for each: what belongs to everybody."""
    return scope.workflow in (None, workflow) and scope.tenant in (None, tenant)


def _scope(text: str) -> Scope:
    parts = text.split("/")
    names = dict(zip(parts[::2], parts[1::2], strict=False))
    if text == "*":
        return EVERYWHERE
    if len(parts) % 2 or len(names) * 2 != len(parts) or not names.keys() <= {"tenant", "workflow"} or "" in parts:
        raise BadInput(f"'{text}' is no place to hold a role; say tenant/NAME or workflow/NAME")
    return Scope(tenant=names.get("tenant"), workflow=names.get("workflow"))
