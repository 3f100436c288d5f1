"""One open segment: a file that only grows, locked for as long as its writer lives."""

import contextlib
import fcntl
import os
from pathlib import Path

from interlock.adapters.gateway.segments import lines
from interlock.adapters.gateway.segments.lines import Begun, Sealed, digest, encoded, written
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.segment import Ended

MAKING, OPEN, DONE = ".making", ".open", ".jsonl"
FILE_MODE, FOLDER_MODE = 0o600, 0o700


class SegmentFile:
    """A segment that is being written. Its lock goes with the process: whoever gets it knows that the writer is dead.

    Not safe for threads: its caller holds a lock.
    """

    def __init__(self, path: Path, handle: int, last: bytes, size: int, lines: int) -> None:
        self.path, self.handle = path, handle
        self.last, self.size, self.lines = last, size, lines
        self._is_torn = self._is_sealed = False

    @classmethod
    def begun(cls, folder: Path, worker: str, number: int, previous: bytes, at: str, *, on_disk: bool) -> "SegmentFile":
        """A new segment with its first line, `on_disk` only once that is there. Raises OSError.

        It gets its name when it is locked: under that name nobody finds it without its lock.
        """
        name = f"{worker}.{number:08d}"
        making = folder / f"{name}{MAKING}"
        handle = os.open(making, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC, FILE_MODE)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            line = written(previous, lines.BEGUN, encoded(Begun(lines.FORMAT, worker, number, at))) + b"\n"
            if os.write(handle, line) != len(line):
                raise OSError(None, "no space is left there")
            if on_disk:
                os.fdatasync(handle)
            path = folder / f"{name}{OPEN}"
            making.rename(path)
        except BaseException:
            os.close(handle)
            with contextlib.suppress(OSError):
                making.unlink()
            raise
        return cls(path, handle, digest(line[:-1]), len(line), 1)

    def append(self, kind: bytes, record: bytes) -> None:
        """Write one record, or nothing of it. Raises Unavailable."""
        if self._is_torn:
            self._repair()
        line = written(self.last, kind, record)
        try:
            n = os.write(self.handle, line + b"\n")
        except OSError as exc:
            self._repair()
            raise unavailable(self.path.parent, exc) from exc
        if n != len(line) + 1:
            self._repair()
            raise unavailable(self.path.parent, OSError(None, "no space is left there"))
        self.last, self.size, self.lines = digest(line), self.size + n, self.lines + 1

    def seal(self, at: str, ended: Ended, torn_bytes: int = 0) -> None:
        """The last line, once. Raises Unavailable."""
        if not self._is_sealed:
            self.append(lines.SEALED, encoded(Sealed(at, self.lines, ended, torn_bytes)))
            self._is_sealed = True

    def sealed_away(self) -> None:
        """Everything through to the disk, and its name says that it is sealed. Raises OSError."""
        os.fdatasync(self.handle)
        self.path.rename(self.path.with_suffix(DONE))
        sync_folder(self.path.parent)

    def let_go(self) -> None:
        """Close the file, and with it the lock."""
        os.close(self.handle)

    def _repair(self) -> None:
        """Take back what was written of a line. Raises Unavailable where that fails: no other line may follow it."""
        self._is_torn = True
        try:
            os.ftruncate(self.handle, self.size)
        except OSError as exc:
            raise unavailable(self.path.parent, exc) from exc
        self._is_torn = False


def unavailable(folder: Path, exc: OSError) -> Unavailable:
    """What is raised where a trace cannot be written."""
    return Unavailable(
        f"the trace in {folder} cannot be written ({exc.strerror or exc}): no request is let through until it can be; "
        "make room there, or look after that disk"
    )


def sync_folder(path: Path) -> None:
    """Names through to the disk. Raises OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
