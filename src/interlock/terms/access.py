"""Who may use the server: callers known by a token, each with the roles that it needs and no others."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a token is for."""

    RUNTIME = "runtime"  # an application: it proposes, applies, undoes and observes
    REVIEWER = "reviewer"  # a person who works on the queue
    OPERATOR = "operator"  # a person who stops and resumes, and looks at cases
    AUDITOR = "auditor"  # reads what is on record, changes nothing


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as it is on record: what it may, and since when; never the token itself. Times are RFC 3339."""

    name: str
    roles: tuple[Role, ...]
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
    """Who asks the server for something. `name` is None where the server runs without tokens: then nobody is known."""

    name: str | None
    roles: frozenset[Role]


ANYBODY = Caller(None, frozenset(Role))
