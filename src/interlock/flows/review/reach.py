"""Which part of the queue somebody may work on, as the store asks for it."""

from collections.abc import Callable, Sequence

from interlock.ports.queue import Reach
from interlock.terms.access import Scope


def reach_of(scopes: Sequence[Scope], given: Callable[[str], tuple[str, ...]]) -> tuple[Reach, ...]:
    """The reach of these scopes. `given` says which workflows a tenant has: cases of theirs that name none are its."""
    return tuple(
        Reach(scope.workflow, scope.tenant, () if scope.tenant is None else given(scope.tenant)) for scope in scopes
    )
