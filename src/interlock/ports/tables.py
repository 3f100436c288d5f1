"""Reading a file of past cases."""

from pathlib import Path
from typing import Protocol

from interlock.ports.progress import Progress
from interlock.terms.table import RawTable


class TableReader(Protocol):
    """Reads one file of cases in bounded memory."""

    def __call__(self, path: Path, *, rows_max: int, seed: int, skip_broken: bool, progress: Progress) -> RawTable:
        """Read at most `rows_max` rows (a seeded uniform sample of all rows where there are more).

        Progress counts bytes. Raises BadInput, which names the file, the line and the mend, and Unavailable where the
        disk cannot be read.
        """
        ...
