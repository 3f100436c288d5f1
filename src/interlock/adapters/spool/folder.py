"""interlock.ports.spool.Spool in a folder of append-only files, or in another one where that cannot be written."""

import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from interlock.terms.errors import Unavailable

BYTES_MAX = 64 * 1024 * 1024
SEGMENT_BYTES = 64 * 1024
KEYS_MAX = 100_000
LOCK_WAIT_S = 2.0
LOCK_POLL_S = 0.002
OPEN, ASIDE, APPENDING, EMPTYING = "open.jsonl", "set-aside.txt", "append.lock", "empty.lock"


class FolderSpool:
    """Lines go to the first of the folders that takes them, and are taken from all of them.

    Newcomers append to one file. Whoever empties the spool closes that file to newcomers by renaming it, works through
    it and removes it: a process that dies in between leaves it as it was. No file is held open between two calls, so
    that a forked child has nothing of its parent's.
    """

    def __init__(self, folders: Sequence[Path], *, bytes_max: int = BYTES_MAX) -> None:
        self._folders = tuple(_Folder(folder, bytes_max) for folder in folders)
        self._pending = any(folder.holds_lines() for folder in self._folders)
        self._kept: set[str] = set()

    @property
    def pending(self) -> bool:
        return self._pending

    def keep(self, key: str, line: str) -> None:
        if key in self._kept:
            return
        self._into_one_of_them(OPEN, line)
        if len(self._kept) >= KEYS_MAX:
            self._kept.clear()
        self._kept.add(key)
        self._pending = True

    @contextmanager
    def taken(self) -> Iterator[tuple[str, ...]]:
        self._pending = False  # before looking: what is kept meanwhile must not be forgotten
        with ExitStack() as stack:
            lines: tuple[str, ...] = ()
            for folder in self._folders:
                lines = stack.enter_context(folder.taken())
                if lines:
                    self._pending = True
                    break
            yield lines

    def set_aside(self, line: str, reason: str) -> None:
        self._into_one_of_them(ASIDE, f"{' '.join(reason.split())}\t{line}")

    def waiting(self) -> int:
        return sum(len(folder.lines(name)) for folder in self._folders for name in folder.segments())

    def aside(self) -> tuple[str, ...]:
        return tuple(line for folder in self._folders for line in folder.lines(ASIDE))

    def _into_one_of_them(self, name: str, line: str) -> None:
        if "\n" in line:
            raise ValueError("a line of the spool holds no line break")
        refusals = []
        for folder in self._folders:
            try:
                folder.append(name, line)
            except OSError as exc:
                refusals.append(f"{folder.path}: {exc.strerror or exc}")
            else:
                return
        raise Unavailable(f"it cannot be kept on this host either ({'; '.join(refusals)})")


class _Folder:
    """One folder of a spool. Raises OSError where it cannot be used, except where it says otherwise."""

    def __init__(self, path: Path, bytes_max: int) -> None:
        self.path = path
        self._bytes_max = bytes_max

    def holds_lines(self) -> bool:
        """Whether there is a file with lines; False where that cannot be seen."""
        with suppress(OSError):
            return bool(self.segments())
        return False

    def segments(self) -> list[str]:
        """The files that hold lines, oldest first."""
        if not self.path.is_dir():
            return []
        closed = sorted(file.name for file in self.path.iterdir() if file.suffix == ".jsonl" and file.stem.isdigit())
        return [*closed, *([OPEN] if self._size(OPEN) else [])]

    def lines(self, name: str) -> tuple[str, ...]:
        """The whole lines of a file; what was cut off in the middle of writing was never promised to anybody."""
        try:
            text = (self.path / name).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ()
        whole, _, _ = text.rpartition("\n")
        return tuple(line for line in whole.split("\n") if line)

    def append(self, name: str, line: str) -> None:
        """Write a line through to the disk, or nothing of it."""
        self._make()
        with self._locked(APPENDING, wait_s=LOCK_WAIT_S):
            if self._used() + len(line) > self._bytes_max:
                raise OSError(f"{self._bytes_max:,} bytes wait there already")
            is_new = not (self.path / name).exists()
            handle = os.open(self.path / name, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            try:
                _write_whole(handle, line.encode("utf-8", "backslashreplace"))
            finally:
                os.close(handle)
            if is_new:
                _sync_folder(self.path)
            if name == OPEN and self._size(OPEN) > SEGMENT_BYTES:
                with suppress(OSError):  # the line is kept, and the next one tries again
                    self._close_open()

    @contextmanager
    def taken(self) -> Iterator[tuple[str, ...]]:
        """The lines of the oldest file, which goes when the block ends. Raises Unavailable."""
        with ExitStack() as stack:
            try:
                name = self._in_hand(stack)
                lines = self.lines(name) if name else ()
            except OSError as exc:
                raise Unavailable(f"the spool {self.path} cannot be read: {exc.strerror or exc}") from exc
            yield lines
            if name:
                with suppress(OSError):  # read again by the next one, who finds that all of it is recorded
                    (self.path / name).unlink()

    def _in_hand(self, stack: ExitStack) -> str:
        """The oldest file, closed to newcomers and held; "" where there is none or another process is at it."""
        if not self.segments():
            return ""
        try:
            stack.enter_context(self._locked(EMPTYING, wait_s=0.0))
        except BlockingIOError:
            return ""
        names = self.segments()
        if names == [OPEN]:
            with self._locked(APPENDING, wait_s=LOCK_WAIT_S):
                self._close_open()
            names = self.segments()
        return next((name for name in names if name != OPEN), "")

    def _close_open(self) -> None:
        numbers = [int(name.removesuffix(".jsonl")) for name in self.segments() if name != OPEN]
        with suppress(FileNotFoundError):
            (self.path / OPEN).rename(self.path / f"{max(numbers, default=0) + 1:012d}.jsonl")
        _sync_folder(self.path)

    def _make(self) -> None:
        if not self.path.is_dir():
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            _sync_folder(self.path.parent)

    def _used(self) -> int:
        return sum(self._size(name) for name in [*self.segments(), ASIDE])

    def _size(self, name: str) -> int:
        try:
            return (self.path / name).stat().st_size
        except FileNotFoundError:
            return 0

    @contextmanager
    def _locked(self, name: str, *, wait_s: float) -> Iterator[None]:
        """Held by this caller alone, across threads and processes; BlockingIOError where it is not to be had."""
        handle = os.open(self.path / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _lock(handle, wait_s)
            try:
                yield
            finally:
                fcntl.flock(handle, fcntl.LOCK_UN)  # a child forked meanwhile holds the same file open
        finally:
            os.close(handle)


def _lock(handle: int, wait_s: float) -> None:
    give_up = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= give_up:
                raise
            time.sleep(LOCK_POLL_S)
        else:
            return


def _write_whole(handle: int, line: bytes) -> None:
    """The line on a line of its own, through to the disk. Where that fails the file is as it was."""
    size = os.fstat(handle).st_size
    torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
    content = (b"\n" if torn else b"") + line + b"\n"
    try:
        if os.write(handle, content) != len(content):
            raise OSError("no space is left there")
        os.fsync(handle)
    except OSError:
        with suppress(OSError):
            os.ftruncate(handle, size)
        raise


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
