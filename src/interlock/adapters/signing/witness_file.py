"""interlock.ports.witness.WitnessFile on a file that is locked while it is in use."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from interlock.terms.errors import BadInput, Unavailable


class LockedFile:
    """An open file, added to by one write that is on the disk when it returns."""

    def __init__(self, path: Path, handle: int) -> None:
        self._path = path
        self._handle = handle

    def text(self) -> str:
        try:
            raw = b"".join(iter(lambda: os.read(self._handle, 1 << 20), b""))
            return raw.decode()
        except OSError as exc:
            raise Unavailable(f"{self._path} cannot be read: {exc.strerror}") from exc
        except UnicodeDecodeError as exc:
            raise BadInput(f"{self._path} is no witness file: it is no UTF-8 text") from exc

    def append(self, text: str) -> None:
        before = os.fstat(self._handle).st_size
        try:
            content = text.encode()
            written = os.write(self._handle, content)
            if written != len(content):
                raise OSError(0, f"only {written} of {len(content)} bytes could be written")
            os.fsync(self._handle)
            if not before:
                _sync_folder(self._path)  # the file's name may be new, too
        except OSError as exc:
            with suppress(OSError):  # a file to which one may only add stays as it is; the next reader names the line
                os.ftruncate(self._handle, before)
            raise Unavailable(f"{self._path}: the checkpoint was not added: {exc.strerror}") from exc


@contextmanager
def witness_file(path: Path) -> Iterator[LockedFile]:
    """The file, made where it is absent and held until the block ends.

    Raises Unavailable where another process holds it, or it cannot be opened.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as exc:
        raise Unavailable(f"{path} cannot be opened: {exc.strerror}") from exc
    try:
        _lock(path, handle)
        yield LockedFile(path, handle)
    finally:
        os.close(handle)  # which also unlocks it


def _sync_folder(path: Path) -> None:
    handle = os.open(path.absolute().parent, os.O_RDONLY)
    try:
        with suppress(OSError):  # some file systems refuse to sync a folder
            os.fsync(handle)
    finally:
        os.close(handle)


def _lock(path: Path, handle: int) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Unavailable(f"{path} is held by another process that adds a checkpoint; run it again") from None
    except OSError as exc:
        raise Unavailable(f"{path} cannot be locked: {exc.strerror}") from exc
