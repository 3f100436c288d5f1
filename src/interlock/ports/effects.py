"""The system that an applied proposal changes."""

from collections.abc import Mapping
from typing import Any, Protocol

from interlock.terms.intent import Receipt


class Target(Protocol):
    """One action on one kind of system."""

    def read(self, case_key: str) -> Mapping[str, Any]:
        """The case's present state there (JSON-able)."""
        ...

    def apply(self, case_key: str, label: str, *, idempotency_key: str, epoch: int) -> Receipt:
        """Do it. The same idempotency key must not do it twice; `epoch` is the fencing token."""
        ...

    def undo(self, case_key: str, before: Mapping[str, Any], *, idempotency_key: str) -> Receipt:
        """Put the state before the effect back."""
        ...


class NotApplied(Exception):
    """A target raises this when it is certain that nothing was changed."""
