"""Who may stop what, and whose work a stop reaches."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from interlock.engine.access.permissions import may
from interlock.engine.access.reach import TenantOf
from interlock.terms.access import EVERYWHERE, Caller, Scope
from interlock.terms.kill import GLOBAL

NAMED_MAX = 5


@dataclass(frozen=True, slots=True)
class Stoppable:
    """What a workflow can be stopped by beside its own name."""

    name: str
    tenant: str | None = None
    action: str | None = None
    segments: tuple[str, ...] = ()


def place_of(scope: str, tenant_of: TenantOf) -> Scope:
    """Where somebody has to be allowed to stop a scope. Action classes and segments go through all tenants."""
    kind, _, name = scope.partition(":")
    if kind == "workflow":
        return Scope(tenant_of(name), name)
    return Scope(tenant=name) if kind == "tenant" else EVERYWHERE


def may_switch(caller: Caller, action: str, scope: str, tenant_of: TenantOf) -> bool:
    """Whether the caller may "kill", "resume" or "drill" this scope; whether it exists is another question."""
    place = place_of(scope, tenant_of)
    return may(caller, "switch", action, workflow=place.workflow, tenant=place.tenant)


def reaches(scope: str, held: Iterable[Scope], workflows: Iterable[Stoppable]) -> bool:
    """Whether stopping `scope` may stop work of somebody whose role is `held` there. What stops all reaches everybody.

    `workflows` are all that there are: a class of actions reaches those whose workflows act so.
    """
    places, kind, name = tuple(held), *_parted(scope)
    if EVERYWHERE in places:
        return True
    if scope == GLOBAL:
        return bool(places)
    if kind == "tenant":
        return any(_is_of_tenant(place, name, workflows) for place in places)
    stopped = [one for one in workflows if name in _named(one, kind)]
    return any(_is_at(place, one) for place in places for one in stopped)


def no_right_words(person: str, lacking: Sequence[str], knows: Callable[[str], bool]) -> str:
    """Why somebody may not resume: the workflows whose definitions do not let them, as far as they may know of them."""
    known = [name for name in lacking if knows(name)][:NAMED_MAX]
    told = [*known, "others"] if len(known) < len(lacking) else known
    return f"by its definition {person} has no right to resume {' and '.join(told)}"


def _parted(scope: str) -> tuple[str, str]:
    kind, _, name = scope.partition(":")
    return kind, name


def _named(one: Stoppable, kind: str) -> tuple[str | None, ...]:
    return {"workflow": (one.name,), "action": (one.action,), "segment": one.segments}.get(kind, ())


def _is_at(place: Scope, one: Stoppable) -> bool:
    """A role in one workflow sees it stop, whoever's part of it the role is for; one in a tenant, what that has."""
    return place.workflow == one.name if place.workflow is not None else place.tenant == one.tenant


def _is_of_tenant(place: Scope, tenant: str, workflows: Iterable[Stoppable]) -> bool:
    if place.tenant is not None:
        return place.tenant == tenant
    return any(one.name == place.workflow and one.tenant == tenant for one in workflows)
