"""Timing actions one by one until a time is up, and what is told of it."""

import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

PAGE_BYTES = 4096
PAGES = 1024  # an SQLite log is about this long before it is written from its start again


@dataclass(frozen=True, slots=True)
class Floor:
    """What one action costs on a raw engine: its intent made durable, then its completion.

    `cpu_us` is processor time of the calling process or processes for an action; a database server's is not in it.
    """

    engine: str
    callers: int
    actions: int
    wall_p50_us: float
    wall_p99_us: float
    rate_per_s: float
    cpu_us: float


@dataclass(frozen=True, slots=True)
class Fsync:
    """What the disk takes to make one page durable, however fast the engine on it may be."""

    writes: int
    p50_us: float
    p99_us: float


@dataclass(frozen=True, slots=True)
class Timed:
    """The wall times of single actions, from first to last, and the processor time of all."""

    each_us: Sequence[float]
    elapsed_s: float
    cpu_s: float

    def floor(self, engine: str, *, callers: int = 1) -> Floor:
        """In figures for one action; `each_us` may be that of several callers who started together."""
        done = len(self.each_us)
        return Floor(
            engine,
            callers,
            done,
            quantile(self.each_us, 0.5),
            quantile(self.each_us, 0.99),
            done / self.elapsed_s,
            1e6 * self.cpu_s / done,
        )


def timed(act: Callable[[int], object], *, seconds: float, first: int = 0, cpu: Callable[[], float]) -> Timed:
    """Act again and again, at least once, until the time is up; each call is given the next number from `first` on."""
    each_us: list[float] = []
    cpu_start, start = cpu(), time.perf_counter()
    now = start
    while now < start + seconds or not each_us:
        act(first + len(each_us))
        before, now = now, time.perf_counter()
        each_us.append(1e6 * (now - before))
    return Timed(each_us, now - start, cpu() - cpu_start)


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that this share of all does not exceed. Raises ValueError where there are none."""
    if not values:
        raise ValueError("nothing was measured")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def fsync(folder: Path, *, seconds: float) -> Fsync:
    """Time fdatasync after writing one page in a file of this folder that has its full length already, as logs do."""
    path = folder / "fsync.floor"
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.write(file, b"\0" * PAGE_BYTES * PAGES)
        os.fsync(file)

        def write(number: int) -> None:
            os.pwrite(file, number.to_bytes(8, "big") * (PAGE_BYTES // 8), number % PAGES * PAGE_BYTES)
            os.fdatasync(file)

        done = timed(write, seconds=seconds, cpu=time.thread_time)
    finally:
        os.close(file)
        path.unlink()
    return Fsync(len(done.each_us), quantile(done.each_us, 0.5), quantile(done.each_us, 0.99))
