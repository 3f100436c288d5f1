"""interlock.ports.drain.Drain with flock on one file a scope: released by the kernel when a process dies."""

import fcntl
import hashlib
import os
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from interlock.adapters.sqlite.connection import translated

POLL_S = 0.002
PULSE_S = 0.1
GATE = "gate"
SHARED = fcntl.LOCK_SH | fcntl.LOCK_NB


class FileDrain:
    """Locks beside the store file; works across threads and processes of one machine.

    A process holds one lock a scope and counts its holders. Every holder passes a gate. A kill closes it for short
    pulses, so that newcomers, who hold their locks for a moment only once the scope is fenced, cannot keep it waiting
    for ever; a kill that dies opens it by dying.
    """

    def __init__(self, store_path: Path) -> None:
        self._folder = store_path.with_name(store_path.name + ".drain")
        self._lock = threading.Lock()
        self._handles: dict[str, int] = {}
        self._holders: dict[str, int] = {}
        _drains.add(self)

    @contextmanager
    def hold(self, scopes: tuple[str, ...]) -> Iterator[None]:
        """Shared locks on every scope; waits while a kill holds one of them or the gate."""
        self.take(scopes)
        try:
            yield
        finally:
            self.let_go(scopes)

    def take(self, scopes: tuple[str, ...]) -> None:
        """As `hold`, until `let_go` is called with the same scopes. Raises Unavailable where no lock can be had."""
        try:
            while not self._taken(scopes):
                time.sleep(POLL_S)  # never while the lock is held: who lets go needs it too
        except OSError:
            with translated(self._folder):
                raise

    def let_go(self, scopes: tuple[str, ...]) -> None:
        """The end of one holder."""
        with self._lock:
            self._leave(scopes)

    def _taken(self, scopes: tuple[str, ...]) -> bool:
        with self._lock:
            gate, entered = self._handle(GATE), 0
            try:
                fcntl.flock(gate, SHARED)
                try:
                    for scope in scopes:
                        holders = self._holders.get(scope, 0)
                        if not holders:
                            fcntl.flock(self._handle(scope), SHARED)
                        self._holders[scope] = holders + 1
                        entered += 1
                except OSError:
                    self._leave(scopes[:entered])
                    raise
                finally:
                    fcntl.flock(gate, fcntl.LOCK_UN)
            except BlockingIOError:
                return False
            return True

    def _leave(self, scopes: tuple[str, ...]) -> None:
        for scope in scopes:
            holders = self._holders.get(scope, 0)
            if not holders:
                continue  # closed meanwhile
            self._holders[scope] = holders - 1
            if holders == 1:
                fcntl.flock(self._handles[scope], fcntl.LOCK_UN)

    def emptied(self, scope: str, *, timeout_s: float) -> bool:
        """Whether the exclusive lock could be had within `timeout_s`."""
        give_up = time.monotonic() + timeout_s
        with translated(self._folder), self._opened(scope) as handle, self._opened(GATE) as gate:
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

    def close(self) -> None:
        """Close the lock files; whoever still holds a lock loses it."""
        for handle in self._handles.values():
            os.close(handle)
        self._handles.clear()
        self._holders.clear()

    def __del__(self) -> None:
        if hasattr(self, "_handles"):
            self.close()

    def before_fork(self) -> None:
        """No other thread may be between two of our steps."""
        self._lock.acquire()

    def after_fork(self, *, in_child: bool) -> None:
        """A child must not keep its parent's locks alive once the parent is dead."""
        if in_child:
            self.close()
        self._lock.release()

    def _handle(self, scope: str) -> int:
        handle = self._handles.get(scope)
        if handle is None:
            handle = self._handles[scope] = self._open(scope)
        return handle

    @contextmanager
    def _opened(self, scope: str) -> Iterator[int]:
        handle = self._open(scope)
        try:
            yield handle
        finally:
            os.close(handle)

    def _open(self, scope: str) -> int:
        flags, name = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _file_of(scope)
        try:
            return os.open(self._folder / name, flags, 0o600)
        except FileNotFoundError:
            self._folder.mkdir(parents=True, exist_ok=True)
            return os.open(self._folder / name, flags, 0o600)


def _file_of(scope: str) -> str:
    return GATE if scope == GATE else hashlib.sha256(scope.encode()).hexdigest()[:32]


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


_drains: "weakref.WeakSet[FileDrain]" = weakref.WeakSet()
_forking: list[FileDrain] = []


def _before_fork() -> None:
    _forking[:] = list(_drains)
    for drain in _forking:
        drain.before_fork()


def _after_fork(*, in_child: bool) -> None:
    while _forking:
        _forking.pop().after_fork(in_child=in_child)


os.register_at_fork(
    before=_before_fork,
    after_in_parent=lambda: _after_fork(in_child=False),
    after_in_child=lambda: _after_fork(in_child=True),
)
