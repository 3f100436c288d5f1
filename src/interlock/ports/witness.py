"""The file of checkpoints that is kept where the audited party cannot change it."""

from typing import Protocol


class WitnessFile(Protocol):
    """A file that is only added to, held by one writer at a time."""

    def text(self) -> str:
        """All of it; empty where there is none yet. Raises BadInput where it is no text."""
        ...

    def append(self, text: str) -> None:
        """Add a text: whole and on the disk, or not at all. Raises Unavailable where the disk refuses."""
        ...
