"""Who may use the server: callers who are known, the roles that each holds and where, and what a role may do there."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an account or a token is for."""

    RUNTIME = "runtime"  # an application: it proposes, applies, undoes and observes
    REVIEWER = "reviewer"  # works on the queue
    OPERATOR = "operator"  # stops and resumes, and looks at cases
    AUDITOR = "auditor"  # reads what is on record, changes nothing
    LEADER = "leader"  # reads the portfolio, sits in the council
    VALUE_OWNER = "value-owner"  # answers for what a workflow is worth
    SAFETY_OWNER = "safety-owner"  # answers for what a workflow may do
    ADMINISTRATOR = "administrator"  # people, roles, tokens, settings; no authority over workflows


@dataclass(frozen=True, slots=True)
class Scope:
    """What a role reaches: one tenant, one workflow, one tenant's part of a workflow, or everything."""

    tenant: str | None = None
    workflow: str | None = None

    def __str__(self) -> str:
        named = (("tenant", self.tenant), ("workflow", self.workflow))
        return "/".join(f"{kind}/{name}" for kind, name in named if name is not None) or "*"


EVERYWHERE = Scope()


@dataclass(frozen=True, slots=True)
class RoleAt:
    """A role, and where it is held. Written `reviewer`, or `reviewer@tenant/acme`, `reviewer@workflow/triage`."""

    role: Role
    scope: Scope = EVERYWHERE

    def __str__(self) -> str:
        return self.role if self.scope == EVERYWHERE else f"{self.role}@{self.scope}"


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing that one may do, written `scope:resource:action`, such as `tenant/acme:review:decide`."""

    scope: Scope
    resource: str
    action: str

    def __str__(self) -> str:
        return f"{self.scope}:{self.resource}:{self.action}"


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as it is on record: what it may, and since when; never the token itself. Times are RFC 3339."""

    name: str
    roles: tuple[RoleAt, ...]
    created_by: str
    created_at: str
    revoked_at: str | None = None


@dataclass(frozen=True, slots=True)
class HookRow:
    """A web hook that may halt one scope, and nothing else."""

    name: str
    scope: str
    created_by: str
    created_at: str
    revoked_at: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks the server for something. `name` is None where nobody can be known: no token and no account exists."""

    name: str | None
    roles: frozenset[RoleAt]

    def holds(self, role: Role) -> bool:
        """Whether the caller holds the role anywhere."""
        return any(held.role is role for held in self.roles)


ANYBODY = Caller(None, frozenset(map(RoleAt, Role)))
