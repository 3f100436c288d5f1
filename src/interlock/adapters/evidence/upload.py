"""interlock.ports.imports.UploadReader: what was sent lies on the disk while it is read, and nowhere afterwards."""

import re
import tempfile
from pathlib import Path
from typing import BinaryIO

from interlock.adapters.evidence.reading import Reports
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.imported import Imported

PIECE_BYTES = 1024 * 1024
NAME_MAX = 80


def read_upload(name: str, content: BinaryIO, *, kind: str | None) -> tuple[Imported, ...]:
    """As Reports of a file. Raises BadInput, and Unavailable where it cannot be kept so long."""
    with tempfile.TemporaryDirectory(prefix="interlock-evidence-") as folder:
        path = Path(folder) / _plain(name)
        try:
            with path.open("wb") as file:
                while piece := content.read(PIECE_BYTES):
                    file.write(piece)
        except OSError as exc:
            raise Unavailable(
                f"the file could not be kept while it is read ({exc.strerror or exc}); try again"
            ) from exc
        if not path.stat().st_size:
            raise BadInput("the file is empty: choose the one that you mean")
        return Reports()(path, kind=kind)


def _plain(name: str) -> str:
    """The last part of a name, in letters that every system takes."""
    last = re.split(r"[\\/]", name)[-1]
    kept = "".join(char if char.isalnum() or char in "-_. " else "_" for char in last).strip(". ")
    return kept[-NAME_MAX:] or "file"
