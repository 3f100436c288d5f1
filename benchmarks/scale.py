"""Does an action cost the same in a full store, and does memory stay flat?

    python benchmarks/scale.py [--rows 10000 100000 1000000 10000000] [--actions 1000000] [--folder PATH]

Rows are written straight into the tables of an embedded store (ledger and decisions, about 700 bytes an entry), and the
tree is grown over them; then the product acts on top. 10 million rows take about 6 GB. Ends with 1 if a bar is missed.
"""

import argparse
import sqlite3
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from interlock.flows.action.act import act
from interlock.terms.workflow import Durability
from runtime.governed import DEFINITION, NAME, Instant, opened, promoted, proposal

SAMPLE = 2_000
CHUNK = 100_000
TIME_MAX = 1.5  # the largest store's action over the smallest's
GROWTH_MAX_MIB = 32.0
QUICK = replace(DEFINITION, durability=Durability.PROCESS_CRASH)  # the disk's speed is not the question here
FILL_LEDGER = """
WITH RECURSIVE number(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM number WHERE i + 1 < :after)
INSERT INTO ledger (entry, at, kind, workflow, record, leaf, payload)
SELECT i, '2026-01-01T00:00:00.000000Z', CASE WHEN i % 2 THEN 'intent.completed' ELSE 'decision.made' END, :workflow,
  CAST(:record AS BLOB), randomblob(32), NULL FROM number
"""
FILL_DECISION = """
WITH RECURSIVE number(i) AS (SELECT :first UNION ALL SELECT i + 2 FROM number WHERE i + 2 < :after)
INSERT INTO decision (key, workflow, release, verb, audited, at, entry, state, epoch, owner, lease_until, intent_entry,
  settled_entry)
SELECT 'filled-' || substr('000000000' || ((i * 7919) % 100000000), -9) || '-' || i, :workflow, :release, 'apply', 0,
  '2026-01-01T00:00:00.000000Z', i, 'done', 0, 'filler', '2026-01-01T00:00:30.000000Z', i, i + 1 FROM number
"""
RECORD = '{"at":"2026-01-01T00:00:00.000000Z","body":{"filled":"' + "x" * 600 + '"},"kind":"decision.made"}'


def main() -> int:
    """Fill, act, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--actions", type=int, default=200_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as place:
        missed = time_by_rows(Path(place) / "rows.db", sorted(asked.rows))
    with tempfile.TemporaryDirectory(dir=asked.folder) as place:
        missed += memory(Path(place) / "memory.db", asked.actions)
    print(f"{missed} bars missed")
    return 1 if missed else 0


def time_by_rows(path: Path, sizes: list[int]) -> int:
    """The median time of an action on top of so many rows."""
    with opened(str(path)) as rt:
        release = promoted(rt, QUICK)
    medians: list[float] = []
    print("rows in the store    action p50 us    file MiB")
    for size in sizes:
        _fill(path, release, size)
        with opened(str(path)) as rt:
            rt.store.seal()
            each = []
            for number in range(SAMPLE):
                start = time.perf_counter()
                act(rt, Instant(), NAME, proposal(release, f"on-{size}-{number}"))
                each.append(1e6 * (time.perf_counter() - start))
        medians.append(statistics.median(each))
        print(f"{size:17,}    {medians[-1]:13.0f}    {path.stat().st_size / 2**20:8,.0f}", flush=True)
    ratio = medians[-1] / medians[0]
    held = ratio <= TIME_MAX
    words = f"action at {sizes[-1]:,} rows / at {sizes[0]:,} <= {TIME_MAX}"
    print(f"  {'held  ' if held else 'MISSED'}  {words}: {ratio:.2f}")
    return int(not held)


def _fill(path: Path, release: str, size: int) -> None:
    database = sqlite3.connect(path, isolation_level=None)
    try:
        database.execute("PRAGMA synchronous = OFF")
        (first,) = database.execute("SELECT max(entry) + 1 FROM ledger").fetchone()
        (decisions,) = database.execute("SELECT count(*) FROM decision").fetchone()
        wanted = size - first - decisions
        last = first + max(0, wanted) * 2 // 3
        while first < last:
            after = min(first + CHUNK, last)
            values = {"first": first, "after": after, "workflow": NAME, "release": release, "record": RECORD}
            database.execute("BEGIN")
            database.execute(FILL_LEDGER, values)
            database.execute(FILL_DECISION, values)
            database.execute("COMMIT")
            first = after
    finally:
        database.close()


def memory(path: Path, actions: int) -> int:
    """Resident memory while one process acts again and again."""
    with opened(str(path)) as rt:
        release, target = promoted(rt, QUICK), Instant()
        steps = max(2, min(10, actions // 10_000))
        seen = []
        print(f"\nactions so far    resident MiB    ({actions:,} in all)")
        for step in range(steps):
            for number in range(actions // steps):
                act(rt, target, NAME, proposal(release, f"m-{step}-{number}"))
            seen.append(_resident_mib())
            print(f"{(step + 1) * (actions // steps):14,}    {seen[-1]:12.1f}", flush=True)
    grown = seen[-1] - seen[0]
    held = grown <= GROWTH_MAX_MIB
    print(f"  {'held  ' if held else 'MISSED'}  growth after the first step <= {GROWTH_MAX_MIB:.0f} MiB: {grown:.1f}")
    return int(not held)


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 2**20


if __name__ == "__main__":
    sys.exit(main())
