"""Roles and where they are held, in words for people."""

from collections.abc import Iterable

from interlock.terms.access import EVERYWHERE, RoleAt, Scope


def role_words(held: RoleAt) -> str:
    """A role with where it is held, for people."""
    name = str(held.role).replace("-", " ")
    return name if held.scope == EVERYWHERE else f"{name} in {place_words(held.scope)}"


def place_words(scope: Scope) -> str:
    """A scope for people."""
    named = (("tenant", scope.tenant), ("workflow", scope.workflow))
    return " and ".join(f"{kind} {name}" for kind, name in named if name is not None) or "everywhere"


def in_order(roles: Iterable[RoleAt]) -> list[RoleAt]:
    """Roles that are held everywhere first."""
    return sorted(roles, key=lambda held: (held.scope != EVERYWHERE, str(held)))
