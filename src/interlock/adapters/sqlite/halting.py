"""Holding writers back while a kill takes its place: a file that a kill keeps locked while it is at it."""

import fcntl
import os
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PAUSE_S = 0.002
PAUSE_MAX_S = 5.0
FLOCK = "hhqqi"  # struct flock: type, whence, start, length, process
RAISING = struct.pack(FLOCK, fcntl.F_RDLCK, os.SEEK_SET, 0, 0, 0)
ASKING = struct.pack(FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
NOBODY = struct.pack("h", fcntl.F_UNLCK)
OFD = hasattr(fcntl, "F_OFD_GETLK")  # locks of an open file, in Linux; elsewhere a kill takes its chance among writers


class HaltingFlag:
    """Only fairness rests on it, so nothing here may stop a kill: the fence is the transaction itself."""

    def __init__(self, store_path: Path) -> None:
        self._path = store_path.with_name(store_path.name + ".halting")
        self._raised_by: set[int] = set()
        self._handle: int | None = None
        self._pid = 0

    @contextmanager
    def raised(self) -> Iterator[None]:
        """Writers of every process and of other threads pause meanwhile; a kill that dies lets them go by dying."""
        handle = self._open()
        thread = threading.get_ident()
        self._raised_by.add(thread)
        try:
            if handle is not None:
                _raise_on(handle)
            yield
        finally:
            self._raised_by.discard(thread)
            if handle is not None:
                os.close(handle)

    def stand_aside(self) -> None:
        """Wait while somebody else's flag is up, for a time that is bounded."""
        if self._raised_by and threading.get_ident() in self._raised_by:
            return
        if self._handle is None or self._pid != os.getpid():
            self._handle, self._pid = self._open(), os.getpid()
        handle = self._handle  # another thread may close the store meanwhile; a closed file holds nobody back
        if handle is None or _is_free(handle):
            return
        give_up = time.monotonic() + PAUSE_MAX_S
        while time.monotonic() < give_up and not _is_free(handle):
            time.sleep(PAUSE_S)

    def close(self) -> None:
        """Close the file."""
        handle, self._handle = self._handle, None
        if handle is not None and self._pid == os.getpid():
            with suppress(OSError):
                os.close(handle)

    def _open(self) -> int | None:
        with suppress(OSError):  # a full disk or a folder that cannot be written must not stop a kill
            return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return None


def _raise_on(handle: int) -> None:
    if OFD:
        with suppress(OSError):
            fcntl.fcntl(handle, fcntl.F_OFD_SETLK, RAISING)


def _is_free(handle: int) -> bool:
    """Whether nobody's flag is up. Only asks: a lock that is taken in order to ask would look like a flag to others."""
    if not OFD:
        return True
    try:
        return fcntl.fcntl(handle, fcntl.F_OFD_GETLK, ASKING).startswith(NOBODY)
    except OSError:
        return True
