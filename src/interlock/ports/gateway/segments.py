"""The sealed segments of this machine's gateway workers, on their way into the store."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from interlock.terms.gateway.segment import Segment, SegmentTexts


class Segments(Protocol):
    """Segments are sealed by their worker, or here where that died; loaded into the store; then kept, compressed.

    Everything raises Unavailable where the folder cannot be read or written.
    """

    def alone(self, work: str) -> AbstractContextManager[bool]:
        """Whether this caller is the only one on the machine that does this work, until the block ends."""
        ...

    def seal_abandoned(self) -> tuple[str, ...]:
        """Seal what dead workers left open; the names of these segments."""
        ...

    def sealed(self) -> Sequence[str]:
        """The names of what is sealed and not kept yet, each worker's in order."""
        ...

    def waiting(self) -> Sequence[str]:
        """The names of what is not kept yet: sealed, being written, or left open by a dead worker."""
        ...

    def kept(self) -> Sequence[str]:
        """The names of what is kept, each worker's in order."""
        ...

    def read(self, name: str) -> Segment:
        """A sealed or kept segment with all that is wrong with it. Raises Unavailable also where there is none."""
        ...

    def texts(self, name: str) -> SegmentTexts:
        """As `read`, each record with its text: half of the work, where no more than that is needed of it."""
        ...

    def keep(self, name: str) -> None:
        """Compress a loaded segment and put it away; one that is kept already stays as it is."""
        ...

    def days(self) -> Sequence[str]:
        """The days (UTC) on which something was kept that is there still, in order."""
        ...

    def kept_on(self, day: str) -> Sequence[str]:
        """The names of what was kept on a day."""
        ...

    def pack(self, day: str) -> None:
        """Put what was kept on a day into one file; nothing more of that day comes."""
        ...

    def drop(self, day: str) -> None:
        """Remove what was kept on a day."""
        ...

    def lag_s(self) -> float:
        """Seconds since the oldest segment that waits to be loaded was sealed; 0 where none waits."""
        ...
