"""interlock.ports.drain.Drain with flock on one file a scope: released by the kernel when a process dies."""

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from interlock.adapters.sqlite.connection import translated

POLL_S = 0.002


class FileDrain:
    """Locks beside the store file; works across threads and processes of one machine."""

    def __init__(self, store_path: Path) -> None:
        self._folder = store_path.with_name(store_path.name + ".drain")

    @contextmanager
    def hold(self, scopes: tuple[str, ...]) -> Iterator[None]:
        """Shared locks on every scope; waits while a kill holds one of them."""
        with ExitStack() as stack:
            for scope in sorted(scopes):
                stack.enter_context(self._locked(scope, fcntl.LOCK_SH))
            yield

    def emptied(self, scope: str, *, timeout_s: float) -> bool:
        """Whether the exclusive lock could be had within `timeout_s`."""
        with translated(self._folder):
            handle = self._open(scope)
            try:
                give_up = time.monotonic() + timeout_s
                while True:
                    try:
                        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    except BlockingIOError:
                        if time.monotonic() >= give_up:
                            return False
                        time.sleep(POLL_S)
                    else:
                        return True
            finally:
                os.close(handle)

    @contextmanager
    def _locked(self, scope: str, mode: int) -> Iterator[None]:
        with translated(self._folder):
            handle = self._open(scope)
            fcntl.flock(handle, mode)
        try:
            yield
        finally:
            os.close(handle)

    def _open(self, scope: str) -> int:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(scope.encode()).hexdigest()[:32]
        return os.open(self._folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
