"""Mining an event log."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from interlock.terms.event_log import EventLog, LogAsked

MedianRanks = Callable[[int], tuple[int, int] | None]


class MineLog(Protocol):
    """Reads one event log in bounded memory and groups its gaps."""

    def __call__(self, path: Path, asked: LogAsked, *, ranks: MedianRanks) -> EventLog:
        """`ranks` says for n values which two of them, in order, hold the median between them.

        Raises BadInput, which says what to name or to mend, and Unavailable where the disk or DuckDB is missing.
        """
        ...
