"""A disk that is full when a test wants it to be: a small filesystem in memory, or a limit on how far files may grow.

with full_disk(size_kib=2048) as disk:
    make_a_store(disk.path / "store.db")
    disk.fill()
    disk.run(command)  # finds no room there
    disk.free()
"""

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

FILLER = ".filler"
FILLER_BYTES = 65_536
LIMITED = """
import os, resource, sys
length = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (length, length))
os.execvp(sys.argv[2], sys.argv[2:])
"""


class Means(StrEnum):
    """How the disk is made full."""

    TMPFS = "a small tmpfs: every process finds it full"
    FILE_LIMIT = "a limit on the length of files: only a process started by run() finds it, as 'file too large'"


class FullDisk:
    """A folder in which no room is left when a test says so: for `command` and `run`, and with TMPFS for everybody."""

    def __init__(self, path: Path, means: Means) -> None:
        self.path = path
        self.means = means
        self._limit_bytes: int | None = None

    def fill(self, *, leave_bytes: int = 0) -> None:
        """Take all the room but this much; with a file limit, let no file grow by more than this much."""
        self.free()
        if self.means is Means.FILE_LIMIT:
            longest = max((each.stat().st_size for each in self.path.rglob("*") if each.is_file()), default=0)
            self._limit_bytes = longest + leave_bytes
            return
        filler = os.open(self.path / FILLER, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            _write_until_full(filler)
            os.truncate(filler, max(0, os.fstat(filler).st_size - leave_bytes))
        finally:
            os.close(filler)

    def free(self) -> None:
        """Give the room back."""
        self._limit_bytes = None
        (self.path / FILLER).unlink(missing_ok=True)

    def command(self, words: Sequence[str | Path]) -> list[str]:
        """The command by which a program is started for which this disk is as full as it is now."""
        program = [str(word) for word in words]
        if self._limit_bytes is None:
            return program
        # The wrapping interpreter ignores the signal that would kill a program at the limit, and this is inherited.
        return [sys.executable, "-I", "-S", "-c", LIMITED, str(self._limit_bytes), *program]

    def run(self, words: Sequence[str | Path], *, check: bool = False) -> subprocess.CompletedProcess[str]:
        """Run a program so, wait for its end, and keep what it printed."""
        return subprocess.run(self.command(words), check=check, capture_output=True, text=True)


@contextmanager
def full_disk(*, size_kib: int, means: Means | None = None) -> Iterator[FullDisk]:
    """A folder on a disk of this size, by the best means there are here: only root can mount a filesystem, and not
    everywhere. Where `means` are asked for, raises PermissionError if they cannot be had.
    """
    # Not in a folder of pytest's: those may be entered by their owner only, and a database server is another user.
    path = Path(tempfile.mkdtemp(prefix="interlock-disk-", dir="/tmp"))
    path.chmod(0o755)
    refused = "not asked for" if means is Means.FILE_LIMIT else _mount(path, size_kib)
    try:
        if refused and means is Means.TMPFS:
            raise PermissionError(errno.EPERM, f"no tmpfs can be mounted here: {refused}")
        yield FullDisk(path, Means.FILE_LIMIT if refused else Means.TMPFS)
    finally:
        if not refused:
            # Lazily: a process that a test left behind must not keep the filesystem visible.
            subprocess.run(["umount", "--lazy", path], check=True)
        shutil.rmtree(path)


def _mount(path: Path, size_kib: int) -> str:
    """Mount, and return why that was refused; nothing where it was not."""
    if os.geteuid() != 0:
        return "only root may"
    words = ["mount", "-t", "tmpfs", "-o", f"size={size_kib}k,mode=755", "interlock-disk", str(path)]
    try:
        ended = subprocess.run(words, check=False, capture_output=True, text=True)
    except FileNotFoundError:
        return "there is no mount command"
    return ended.stderr.strip() if ended.returncode else ""


def _write_until_full(file: int) -> None:
    for block in (FILLER_BYTES, 1):
        try:
            while True:
                os.write(file, b"\0" * block)
        except OSError as exc:
            if exc.errno != errno.ENOSPC:
                raise
