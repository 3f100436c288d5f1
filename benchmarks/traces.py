"""What do the durable trace, its loading and the metrics cost a request?

    python benchmarks/traces.py          # about half a minute

Processor time a request, best of five rounds. The floor of a record is one os.write of as many bytes to the same
disk; that of loading is to digest each line, compress the segment and put the texts into a table with a key. Ends with
status 1 where both records of a request cost more than 30 microseconds or 12 times their floor, where counting it for
the metrics costs more than 5 microseconds, or where loading it into SQLite (chain checked, rows, sums, ledger entry,
compressed copy) costs more than 60 or 3 times its floor. Shown beside that: how long the slowest of a thousand records
takes.
"""

import datetime as dt
import gzip
import hashlib
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from interlock.adapters.gateway.segments.folder import SegmentFolder
from interlock.adapters.gateway.segments.kept import LEVEL
from interlock.adapters.gateway.segments.log import SegmentTraceLog
from interlock.adapters.sqlite.store import SqliteStore
from interlock.engine.gateway.counts import TrafficCounts
from interlock.engine.ledger import merkle
from interlock.flows.gateway.evidence.load import TrafficLoading
from runtime.bars import Bars
from traced import accepted, now, outcome

ROUNDS, REQUESTS = 5, 5_000
PAUSE_EACH, PAUSE_S = 100, 0.002  # a gateway does something else in between; the thread for the disk gets its turn


def main() -> int:
    bars = Bars()
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        folder = Path(name)
        written, slowest = _written(folder / "traces")
        floor = _floor(folder / "floor")
        bars.at_most("both records, processor time", written, 30, " us")
        bars.at_most("... over as many bytes written bare", written / floor, 12)
        bars.without(f"the slowest of a thousand pairs of records takes {slowest:,.0f} us")
        bars.at_most("counting a request for the metrics", _counted(), 5, " us")
        bare = _loaded_bare(folder)
        loaded, requests, kept = _loaded(folder)
        bars.at_most("loading a request, chain checked and kept compressed", loaded, 60, " us")
        bars.at_most("... over digests, compression and a bare table", loaded / bare, 3)
        bars.without(f"{requests:,} requests were loaded; {kept:.0f} bytes of each are kept")
    return 1 if bars.missed else 0


def _written(folder: Path) -> tuple[float, float]:
    log = SegmentTraceLog(folder, "w-1", now)
    took: list[float] = []

    def both(number: int) -> None:
        begun = time.perf_counter()
        log.accept(ACCEPTED[number])
        log.outcome(OUTCOMES[number])
        took.append((time.perf_counter() - begun) * 1e6)

    cpu = _best(both)
    log.close()
    return cpu, statistics.quantiles(took, n=1_000)[-1]


def _floor(path: Path) -> float:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    record = b"x" * 560

    def both(_: int) -> None:
        os.write(handle, record)
        os.write(handle, record)

    cpu = _best(both)
    os.close(handle)
    return cpu


def _counted() -> float:
    counts = TrafficCounts()
    return _best(lambda number: counts.observe(ACCEPTED[number], OUTCOMES[number]))


def _best(work: Callable[[int], None]) -> float:
    """Microseconds of processor time of a call."""
    rounds = []
    for turn in range(ROUNDS):
        spent = 0.0
        for start in range(turn * REQUESTS, (turn + 1) * REQUESTS, PAUSE_EACH):
            begun = time.thread_time()
            for number in range(start, start + PAUSE_EACH):
                work(number)
            spent += time.thread_time() - begun
            time.sleep(PAUSE_S)
        rounds.append(spent / REQUESTS * 1e6)
    return min(rounds)


def _loaded_bare(folder: Path) -> float:
    """Microseconds of processor time a request, segment by segment."""
    store = sqlite3.connect(folder / "bare.db", isolation_level=None)
    store.execute("PRAGMA journal_mode = WAL")
    store.execute("PRAGMA synchronous = FULL")
    store.execute("CREATE TABLE bare (id TEXT PRIMARY KEY, accepted TEXT NOT NULL, outcome TEXT NOT NULL)")
    begun = time.process_time()
    for path in sorted((folder / "traces").glob("*.jsonl")):
        raw = path.read_bytes()
        lines = raw.split(b"\n")
        for line in lines:
            hashlib.sha256(line)
        texts = [line.decode() for line in lines]
        (folder / f"{path.stem}.gz").write_bytes(gzip.compress(raw, LEVEL))
        store.execute("BEGIN IMMEDIATE")
        rows = [(f"{path.stem}-{number}", *texts[number : number + 2]) for number in range(1, len(texts) - 2, 2)]
        store.executemany("INSERT INTO bare VALUES (?, ?, ?)", rows)
        store.execute("COMMIT")
    spent = time.process_time() - begun
    store.close()
    return spent / len(ACCEPTED) * 1e6


def _loaded(folder: Path) -> tuple[float, int, float]:
    store, segments = SqliteStore(folder / "store.db", merkle), SegmentFolder(folder / "traces", now)
    loading = TrafficLoading(store, segments, lambda: dt.datetime.now(dt.UTC))
    begun = time.process_time()
    done = loading.go()
    spent = time.process_time() - begun
    store.close()
    requests = sum(len(segments.read(name).accepted) for name in done.loaded)
    kept = sum(path.stat().st_size for path in (folder / "traces" / "kept").rglob("*.gz"))
    return spent / requests * 1e6, requests, kept / requests


ACCEPTED = [accepted(number) for number in range(ROUNDS * REQUESTS)]
OUTCOMES = [outcome(number, first_chunk_ms=float(number % 400)) for number in range(ROUNDS * REQUESTS)]

if __name__ == "__main__":
    sys.exit(main())
