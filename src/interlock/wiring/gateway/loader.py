"""Traces go into the store by a process of their own: in one with the requests, both would wait for one interpreter."""

import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from interlock.adapters.gateway.counts_folder import CountsFolder
from interlock.adapters.gateway.segments.folder import SegmentFolder
from interlock.engine.timestamp import stamp
from interlock.flows.gateway.metrics import WorkerMetrics
from interlock.ports.gateway.segments import Segments
from interlock.wiring.gateway.rounds import TraceRounds
from interlock.wiring.run_time import open_address

STORE, TRACES, PARENT = "INTERLOCK_LOADER_STORE", "INTERLOCK_LOADER_TRACES", "INTERLOCK_LOADER_PARENT"
MAIN = "from interlock.wiring.gateway.loader import main; main()"
ROUND_S = 1.0
IDLE_S = 60.0  # then it ends, and a gateway at rest is one process
ANYWAY_S = 6 * 3_600.0  # what is kept for so many days goes, also where nothing comes any more
ENDS_S = 30.0
NICER = 19  # requests come first: traces wait on the disk, and lose nothing


class LoaderProcess:
    """Begun when there is something to load; it ends by itself when there was nothing for a while.

    Of several workers each may begin one: the first at work leads, the others find nothing to do and end. `child` is
    the last one that was begun here.
    """

    def __init__(self, address: str, traces: Path, segments: Segments, *, at_once: bool = False) -> None:
        """`at_once`: the first one is begun also where nothing is to be loaded, for what waits to be handed on."""
        self._address, self._traces, self._segments = address, traces, segments
        self.child: subprocess.Popen[bytes] | None = None
        self._begun_s = -math.inf if at_once else time.monotonic()

    def look(self) -> None:
        """Begin one where that is due. Raises Unavailable where nobody can see whether it is."""
        if self.child is not None and self.child.poll() is None:
            return
        self._segments.seal_abandoned()
        now_s = time.monotonic()
        if not self._segments.sealed() and now_s - self._begun_s < ANYWAY_S:
            return
        said = {STORE: self._address, TRACES: str(self._traces), PARENT: str(os.getpid())}
        self.child = subprocess.Popen([sys.executable, "-c", MAIN], env={**os.environ, **said})  # noqa: S603 - ours
        self._begun_s = now_s

    def close(self) -> None:
        """Let it come to the end of what it is at."""
        if self.child is not None and self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(ENDS_S)
            except subprocess.TimeoutExpired:
                self.child.kill()  # what it had not finished is loaded by whoever is next
                self.child.wait()


def main() -> None:
    """Load what is sealed until there is nothing for a while, or nobody to load it for."""
    ended = False

    def end(*_: object) -> None:
        nonlocal ended
        ended = True

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever began this ends it
    os.nice(NICER)
    opened = open_address(os.environ[STORE])
    folder, name = Path(os.environ[TRACES]), f"loader-{os.getpid()}-{os.urandom(4).hex()}"
    metrics = WorkerMetrics(CountsFolder(folder / "metrics", name))
    segments = SegmentFolder(folder, lambda: stamp(opened.clock()))
    rounds = TraceRounds(opened.store, segments, opened.clock, os.environ, metrics)
    busy_s = time.monotonic()
    try:
        while not ended and os.getppid() == int(os.environ[PARENT]):
            if segments.sealed() or rounds.waiting:
                busy_s = time.monotonic()
            rounds.go()
            metrics.go()
            if time.monotonic() - busy_s >= IDLE_S:
                break
            time.sleep(ROUND_S)
    finally:
        rounds.close()
        metrics.close()
        opened.close()
