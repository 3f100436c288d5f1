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
PULSE_S = 0.1
GATE = "gate"


class FileDrain:
    """Locks beside the store file; works across threads and processes of one machine.

    Every holder passes a gate. A kill closes it for short pulses, so that newcomers, who hold their locks for a moment
    only once the scope is fenced, cannot keep it waiting for ever; a kill that dies opens it by dying.
    """

    def __init__(self, store_path: Path) -> None:
        self._folder = store_path.with_name(store_path.name + ".drain")

    @contextmanager
    def hold(self, scopes: tuple[str, ...]) -> Iterator[None]:
        """Shared locks on every scope; waits while a kill holds one of them or the gate."""
        with ExitStack() as held:
            with translated(self._folder), self._opened(GATE) as gate:
                fcntl.flock(gate, fcntl.LOCK_SH)
                for scope in sorted(scopes):
                    fcntl.flock(held.enter_context(self._opened(_file_of(scope))), fcntl.LOCK_SH)
            yield

    def emptied(self, scope: str, *, timeout_s: float) -> bool:
        """Whether the exclusive lock could be had within `timeout_s`."""
        give_up = time.monotonic() + timeout_s
        with translated(self._folder), self._opened(_file_of(scope)) as handle, self._opened(GATE) as gate:
            while not _locked_by(handle, time.monotonic()):
                if _locked_by(gate, give_up):
                    emptied = _locked_by(handle, min(time.monotonic() + PULSE_S, give_up))
                    fcntl.flock(gate, fcntl.LOCK_UN)
                    if emptied:
                        return True
                if time.monotonic() >= give_up:
                    return False
                time.sleep(POLL_S)
            return True

    @contextmanager
    def _opened(self, name: str) -> Iterator[int]:
        handle = self._open(name)
        try:
            yield handle
        finally:
            os.close(handle)

    def _open(self, name: str) -> int:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        try:
            return os.open(self._folder / name, flags, 0o600)
        except FileNotFoundError:
            self._folder.mkdir(parents=True, exist_ok=True)
            return os.open(self._folder / name, flags, 0o600)


def _file_of(scope: str) -> str:
    return hashlib.sha256(scope.encode()).hexdigest()[:32]


def _locked_by(handle: int, give_up: float) -> bool:
    """Whether the exclusive lock was had before the monotonic time `give_up`; tried at least once."""
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= give_up:
                return False
            time.sleep(POLL_S)
        else:
            return True
