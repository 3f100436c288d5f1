"""The drain lock: effects hold it shared while they run, a kill waits for it exclusively."""

from contextlib import AbstractContextManager
from typing import Protocol


class Drain(Protocol):
    """Tells whether an effect is still running under a scope, across processes."""

    def hold(self, scopes: tuple[str, ...]) -> AbstractContextManager[None]:
        """Held from before an effect until its receipt is recorded. The journal holds it for what it admits."""
        ...

    def emptied(self, scope: str, *, timeout_s: float) -> bool:
        """Whether every holder under the scope has let go within the time."""
        ...
