"""Files that are either whole or not there."""

import contextlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from interlock.terms.errors import Unavailable


def write_whole(path: Path, content: bytes) -> None:
    """Write through a temporary file in the same folder; raises Unavailable where the disk refuses, and leaves nothing.

    A file that was there before stays as it was until the new one is whole on the disk.
    """
    _write(path, (content,), "report")


def write_lines(path: Path, lines: Iterable[bytes]) -> None:
    """The same for lines that come one after the other: the file may be larger than the memory."""
    _write(path, lines, "file")


def _write(path: Path, parts: Iterable[bytes], what: str) -> None:
    draft = path.with_name(f".{path.name[:80]}.{secrets.token_hex(6)}.tmp")
    try:
        try:
            _write_draft(draft, parts)
            draft.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
    except OSError as exc:
        raise Unavailable(
            f"{path}: the {what} could not be written ({exc.strerror or exc}). {_mend(path, exc)}"
        ) from exc


def _write_draft(draft: Path, parts: Iterable[bytes]) -> None:
    with draft.open("xb") as file:
        file.writelines(parts)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    # Some file systems refuse to sync a folder; the file itself is already whole there.
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _mend(path: Path, exc: OSError) -> str:
    if isinstance(exc, FileNotFoundError):
        return f"Create the folder {path.parent} or choose another one."
    if isinstance(exc, IsADirectoryError | NotADirectoryError):
        return "Name a file, not a folder."
    return f"Make room or allow writing in {path.parent}, or choose another folder, and run it again."
