"""Holding writers back while a kill takes its place: a flag file that its maker keeps locked while it lives."""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PAUSE_S = 0.002
PAUSE_MAX_S = 5.0


class HaltingFlag:
    """Only fairness rests on it, so nothing here may stop a kill: the fence is the transaction itself."""

    def __init__(self, store_path: Path) -> None:
        self._path = store_path.with_name(store_path.name + ".halting")
        self._raised_by: set[int] = set()

    @contextmanager
    def raised(self) -> Iterator[None]:
        """Writers of every process and of other threads pause meanwhile."""
        handle = self._raise()
        thread = threading.get_ident()
        self._raised_by.add(thread)
        try:
            yield
        finally:
            self._raised_by.discard(thread)
            if handle is not None:
                self._lower(handle)

    def stand_aside(self) -> None:
        """Wait while somebody else's flag is up; a flag whose maker died is taken away."""
        if not self._path.exists() or threading.get_ident() in self._raised_by:
            return
        give_up = time.monotonic() + PAUSE_MAX_S
        while time.monotonic() < give_up and self._is_held():
            time.sleep(PAUSE_S)

    def _raise(self) -> int | None:
        with suppress(OSError):  # a full disk or a folder that cannot be written must not stop a kill
            while True:
                handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                fcntl.flock(handle, fcntl.LOCK_SH)
                if os.fstat(handle).st_nlink:
                    return handle
                os.close(handle)  # somebody took the file away as a dead one's between our two steps
        return None

    def _lower(self, handle: int) -> None:
        with suppress(OSError):  # another kill still holds it
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._path.unlink(missing_ok=True)
        os.close(handle)

    def _is_held(self) -> bool:
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._path.unlink(missing_ok=True)
        except BlockingIOError:
            return True
        except OSError:
            return False
        finally:
            os.close(handle)
        return False
