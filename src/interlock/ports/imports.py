"""Reading the reports of other tools as evidence."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

from interlock.terms.imported import Imported


class EvidenceReader(Protocol):
    """Reads one report in bounded memory; the content of the file is not kept."""

    def __call__(
        self, path: Path, *, kind: str | None, attributes: Mapping[str, Sequence[str]] | None = None
    ) -> tuple[Imported, ...]:
        """What the file says, as evidence of `kind`, or of the kind that its content shows.

        `attributes` are names, beside the usual ones, by which traces say each part of where an output comes from.

        Raises BadInput, which names the file, the place and the mend.
        """
        ...

    def digest(self, path: Path) -> tuple[str, int]:
        """SHA-256 of a file as hexadecimal text, and its size in bytes. Raises BadInput where it cannot be read."""
        ...


class UploadReader(Protocol):
    """Reads a report or a document that somebody sent; it is kept no longer than that takes."""

    def __call__(self, name: str, content: BinaryIO, *, kind: str | None) -> tuple[Imported, ...]:
        """As EvidenceReader, under the name that the file has with its sender. Raises BadInput, and Unavailable."""
        ...
