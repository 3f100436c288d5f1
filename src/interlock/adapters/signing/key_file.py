"""Files that hold a private key: for their owner only."""

import os
import stat
from pathlib import Path

from interlock.terms.errors import BadInput, Unavailable

OWNER_ONLY = 0o600
OTHERS = 0o077
BYTES_MAX = 10_000


def write_private(path: Path, text: str) -> None:
    """Write a new file that only its owner may read. Raises BadInput where there is one, Unavailable where it fails."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except FileExistsError:
        raise BadInput(f"{path} is there already and may be a key that is in use; name another file") from None
    except OSError as exc:
        raise Unavailable(f"{path} cannot be written: {exc.strerror}") from exc
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            os.fchmod(handle, OWNER_ONLY)
            file.write(text)
            file.flush()
            os.fsync(handle)
    except OSError as exc:
        path.unlink(missing_ok=True)
        raise Unavailable(f"{path} cannot be written: {exc.strerror}") from exc


def read_private(path: Path) -> str:
    """What the file holds. Raises BadInput where there is none, or where others may read it too."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(BYTES_MAX)
    except OSError as exc:
        raise BadInput(f"{path} cannot be read as a private key: {exc.strerror}") from exc
    if stat.S_ISREG(mode) and mode & OTHERS:
        raise BadInput(f"{path}: others can read this private key; make a new one, or: chmod 600 {path}")
    return content.decode(errors="replace")
