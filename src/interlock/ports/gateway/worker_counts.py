"""Where workers leave what they counted, so that one of them can answer for all."""

from collections.abc import Callable, Sequence
from typing import Protocol


class WorkerCounts(Protocol):
    """One place of a machine. Everything raises Unavailable where it cannot be reached."""

    def leave(self, counts: bytes) -> None:
        """Put this worker's counts in the place of those that it left before."""
        ...

    def others(self) -> Sequence[tuple[bytes, bool]]:
        """What every other worker left, and whether it lives."""
        ...

    def fold(self, add: Callable[[Sequence[bytes]], bytes]) -> None:
        """Put what dead workers left into one, by `add`: each counts once whoever dies in between."""
        ...

    def close(self) -> None:
        """This worker leaves no more: what it left stays."""
        ...
