"""Processes forked from a warm parent that has no store open, cheap enough for a thousand of them.

child = Child(lambda: work())
child.result()          # what it returned; raises where it did not
child.exit_code()       # how it ended: -9 where it killed itself
"""

import os
import pickle
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")
PATIENCE_S = 120.0
POLL_S = 0.002


class ChildFailed(Exception):
    """A child raised; the words are its traceback."""


class Child(Generic[T]):
    """A forked process that runs `work`, sends what it returns through a pipe, and does nothing else."""

    def __init__(self, work: Callable[[], T]) -> None:
        self.reads, writes = os.pipe()
        self.pid = os.fork()
        self._status: int | None = None
        if self.pid == 0:
            os.close(self.reads)
            _run(work, writes)
        os.close(writes)

    def exit_code(self) -> int:
        """Wait for its end: 0, or minus the signal that ended it."""
        give_up = time.monotonic() + PATIENCE_S
        while self._status is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                self._status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > give_up:
                self.kill()
                raise ChildFailed(f"process {self.pid} did not end within {PATIENCE_S:g} s")
            else:
                time.sleep(POLL_S)
        return self._status

    def result(self) -> T:
        """Wait for what it returned. Raises ChildFailed where it raised or was killed."""
        with os.fdopen(self.reads, "rb") as stream:
            sent = stream.read() if select.select([stream], [], [], PATIENCE_S)[0] else b""
        code = self.exit_code()
        if not sent:
            raise ChildFailed(f"process {self.pid} ended with {code} and said nothing")
        returned, value = pickle.loads(sent)
        if not returned:
            raise ChildFailed(value)
        answer: T = value
        return answer

    def kill(self, with_: signal.Signals = signal.SIGKILL) -> None:
        """Send it a signal; nothing where it has ended."""
        if self._status is None:
            os.kill(self.pid, with_)


def in_child(work: Callable[[], T]) -> T:
    """What `work` returns in a process of its own."""
    return Child(work).result()


def dies(work: Callable[[], object]) -> None:
    """Run `work` in a process that must be killed on the way. Raises ChildFailed where it was not."""
    child = Child(work)
    if child.exit_code() != -signal.SIGKILL:
        child.result()
        raise ChildFailed("it was to die, and lived")
    os.close(child.reads)


def die() -> None:
    """End this process as kill -9 does."""
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(PATIENCE_S)  # a signal may need a moment


def wait_for(files: Sequence[Path]) -> None:
    """Wait until all of these are there: how processes tell each other that they are ready."""
    give_up = time.monotonic() + PATIENCE_S
    while not all(file.exists() for file in files):
        assert time.monotonic() < give_up, f"not all of these came to be within {PATIENCE_S:g} s: {files}"
        time.sleep(POLL_S)


def _run(work: Callable[[], object], writes: int) -> None:
    try:
        sent = pickle.dumps((True, work()))
    except BaseException:  # noqa: BLE001 - the parent is told, whatever it was
        sent = pickle.dumps((False, traceback.format_exc()))
    try:
        with os.fdopen(writes, "wb") as stream:
            stream.write(sent)
        sys.stdout.flush()
    finally:
        os._exit(0)
