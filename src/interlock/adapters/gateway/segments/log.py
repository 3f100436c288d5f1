"""interlock.ports.gateway.trace_log.TraceLog in segment files: a plain write in the caller, a thread for the disk."""

import logging
import os
import re
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from interlock.adapters.gateway.segments.file import FOLDER_MODE, SegmentFile, unavailable
from interlock.adapters.gateway.segments.lines import ACCEPTED, NOTHING_BEFORE, OUTCOME, UNGOVERNED, encoded
from interlock.adapters.gateway.segments.strays import Strays
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.segment import Ended
from interlock.terms.gateway.trace import Accepted, Outcome

log = logging.getLogger("interlock.gateway.trace")

SYNC_S = 0.05
AGE_S = 2.0
BYTES_MAX = 2 * 1024 * 1024
WORKER = re.compile(r"[A-Za-z0-9_-]{1,120}")


def check_folder(folder: Path) -> None:
    """Make the folder of traces where it is not there. Raises Unavailable where nothing can be written into it."""
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as exc:
        raise unavailable(folder, exc) from exc


class SegmentTraceLog:
    """The segments of one worker, one after the other. Safe for threads; not to be carried into a forked child.

    `worker` is a name that no other process ever had or will have; `now` the time as it is recorded. A record survives
    kill -9 when the call returns (the kernel has it) and a loss of power about `sync_s` later. Where the disk reports
    that it lost what was written, nothing is taken until a new segment is safely on it.
    """

    def __init__(
        self,
        folder: Path,
        worker: str,
        now: Callable[[], str],
        *,
        sync_s: float = SYNC_S,
        age_s: float = AGE_S,
        bytes_max: int = BYTES_MAX,
    ) -> None:
        """Raises Unavailable where no segment can be begun."""
        if not WORKER.fullmatch(worker):
            raise ValueError(f"'{worker}' cannot be part of a file's name")
        self._folder, self._worker, self._now = folder, worker, now
        self._sync_s, self._age_s, self._bytes_max = sync_s, age_s, bytes_max
        self._lock = threading.Lock()
        self._strays = Strays(now)
        self._broken: OSError | None = None
        self._synced_bytes = 0
        self._number = 0
        try:
            folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            self._file = self._next(NOTHING_BEFORE, on_disk=False)
            self._number = 1
        except OSError as exc:
            raise unavailable(folder, exc) from exc
        self._begun_s = self._since_s = time.monotonic()
        self._stop, self._wake = threading.Event(), threading.Event()
        self._wake.set()  # the first line is not on the disk yet
        self._thread = threading.Thread(target=self._keep_up, name="gateway-trace", daemon=True)
        self._thread.start()

    def accept(self, record: Accepted) -> None:
        self._append(ACCEPTED, encoded(record))

    def outcome(self, record: Outcome) -> None:
        self._append(OUTCOME, encoded(record))

    def ungoverned(self, *, network: str, wire: str, model: str, rule: str) -> None:
        self._strays.count(network, wire, model, rule)
        self._wake.set()

    @property
    def lag_s(self) -> float:
        """How long the oldest of what is written may have been waiting to be on the disk; 0 where nothing waits."""
        return 0.0 if self._file.size == self._synced_bytes else time.monotonic() - self._since_s

    def close(self) -> None:
        if self._stop.is_set():
            return
        self._stop.set()
        self._wake.set()
        self._thread.join()
        with self._lock:
            try:
                self._write_strays(self._file)
                self._file.seal(self._now(), Ended.CLOSED)
                self._file.sealed_away()
            except OSError as exc:
                raise unavailable(self._folder, exc) from exc
            finally:
                self._broken = OSError(None, "it is closed")
                self._file.let_go()  # whatever is not sealed is found by whoever looks for it next

    def _append(self, kind: bytes, record: bytes) -> None:
        with self._lock:
            if self._broken is not None:
                raise unavailable(self._folder, self._broken)
            if self._file.size == self._synced_bytes:
                self._since_s = time.monotonic()
            self._file.append(kind, record)
        if not self._wake.is_set():
            self._wake.set()

    def _keep_up(self) -> None:
        """Until the log is closed: through to the disk what was written, and on to the next segment in time.

        It sleeps where nothing was written. What comes while it waits to sync goes to the disk with the first.
        """
        failing = False
        while not self._stop.is_set():
            if not failing:
                self._wake.wait(self._rest_s())
            self._wake.clear()
            if self._stop.wait(self._sync_s):
                return
            try:
                self._sync()
                if self._is_due():
                    self._rotate()
            except (OSError, Unavailable) as exc:
                # Nothing is lost here that was not refused to a caller; it is tried again at once, and said once.
                if not failing:
                    log.error("%s", unavailable(self._folder, exc) if isinstance(exc, OSError) else exc)
                failing = True
            else:
                if failing:
                    log.warning("the trace in %s can be written again", self._folder)
                failing = False

    def _rest_s(self) -> float | None:
        """How long there is nothing to do unless something is written; None: for ever."""
        return max(0.0, self._begun_s + self._age_s - time.monotonic()) if self._holds else None

    def _sync(self) -> None:
        size, now_s = self._file.size, time.monotonic()
        if size == self._synced_bytes:
            return
        try:
            os.fdatasync(self._file.handle)
        except OSError as exc:
            # What the kernel could not write it forgets, and says so once: this file is not to be trusted any further.
            with self._lock:
                self._broken = exc
            raise
        self._synced_bytes, self._since_s = size, now_s  # what was written meanwhile is younger

    @property
    def _holds(self) -> bool:
        """Whether the segment is worth sealing."""
        return self._file.lines > 1 or self._strays.any

    def _is_due(self) -> bool:
        if self._broken is not None:
            return True
        aged = time.monotonic() - self._begun_s >= self._age_s
        return self._file.size >= self._bytes_max or (self._holds and aged)

    def _rotate(self) -> None:
        """On to a new segment, without a moment in which there is none. Raises OSError and Unavailable."""
        with self._lock:
            old = self._file
            self._write_strays(old)
            old.seal(self._now(), Ended.ROTATED)
            try:
                new = self._next(old.last, on_disk=self._broken is not None)
            except OSError as exc:
                self._broken = exc  # the old one is sealed: nothing may follow in it
                raise
            self._file, self._broken, self._synced_bytes = new, None, 0
            self._number += 1
            self._begun_s = self._since_s = time.monotonic()
        self._wake.set()  # its first line is to be on the disk too
        try:
            old.sealed_away()
        finally:
            old.let_go()

    def _next(self, previous: bytes, *, on_disk: bool) -> SegmentFile:
        number = self._number + 1
        return SegmentFile.begun(self._folder, self._worker, number, previous, self._now(), on_disk=on_disk)

    def _write_strays(self, file: SegmentFile) -> None:
        for stray in self._strays.taken():
            file.append(UNGOVERNED, encoded(stray))
