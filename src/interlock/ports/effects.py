"""The system that an applied proposal changes."""

from collections.abc import Awaitable, Mapping
from typing import Any, Protocol, TypeAlias, TypeVar

from interlock.terms.intent import Effect, Receipt

T = TypeVar("T")
Soon: TypeAlias = T | Awaitable[T]  # what an asynchronous caller may answer later


class Target(Protocol):
    """One action on one kind of system."""

    def read(self, effect: Effect) -> Soon[Mapping[str, Any]]:
        """The case's present state there (JSON-able)."""
        ...

    def apply(self, effect: Effect) -> Soon[Receipt]:
        """Do it, within the lease; raise NotApplied where it is certain that nothing was changed."""
        ...

    def undo(self, effect: Effect, before: Mapping[str, Any]) -> Soon[Receipt]:
        """Put the state before the effect back."""
        ...

    def probe(self, effect: Effect) -> Soon[Receipt | None]:
        """The receipt of an effect that has reached the target, None where it has not. Only asked of such targets."""
        ...


class NotApplied(Exception):
    """A target raises this when it is certain that nothing was changed."""
