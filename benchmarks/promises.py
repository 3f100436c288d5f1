"""Does the run time keep its promises when processes die, are killed, and compete? On both engines, many times over.

    python benchmarks/promises.py                  # 40 deaths a cell, 200 kills, limits of 1,000: some minutes
    python benchmarks/promises.py --quick          # a tenth of it
    python benchmarks/promises.py --only kills     # crash, kills or overspend

Ends with status 1 where a promise was broken once. The trials are those of tests/trials, which run a few of each.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from interlock.terms.workflow import TargetKind
from postgres_server import PostgresMissing, Server
from trials.crash import TABLE, Point, crash_place, crash_trials
from trials.crash_elsewhere import commit_trials, killed_from_outside, recovery_trials, undo_trials
from trials.kills import kill_place, kill_trials, stopped_holder
from trials.overspend import Limit, spend, spend_place
from trials.places import Made

TRIALS, KILLS, LIMIT = 40, 200, 1_000
KILLERS, SPENDERS = 8, 16
USABLE = 0.95
OUTSIDE_S = 0.06

Engines = dict[str, Made | None]
Suite = Callable[[Path, Engines, float], Iterator[bool]]


def crash(folder: Path, engines: Engines, size: float) -> Iterator[bool]:
    """Deaths at every point of an action, then elsewhere."""
    trials, some = max(1, round(TRIALS * size)), max(1, round(TRIALS * size / 4))
    for engine, database in engines.items():
        print(f"\n{engine}: {trials} deaths a cell, then recovery, then the same case again")
        print(f"  {'':12}" + "".join(f"{point:>24}" for point in Point))
        for kind in TargetKind:
            found = crash_trials(crash_place(folder / f"{engine}-{kind}", kind, database=database), kind, trials=trials)
            cells = [f"{_cell(kind, point)} {found[f'{point}: as expected']}/{trials}" for point in Point]
            print(f"  {kind:12}" + "".join(f"{cell:>24}" for cell in cells), flush=True)
            yield _all_expected(found, trials * len(Point))
        for kind in TargetKind:
            at = crash_place(folder / f"{engine}-{kind}-elsewhere", kind, database=database)
            chance = random.Random(1)
            delays_s = [chance.uniform(0.0, OUTSIDE_S) for _ in range(trials)]
            yield from _told(f"{kind}: in a recovery", recovery_trials(at, kind, trials=some))
            undone = undo_trials(at, kind, trials=some)
            yield from _told(f"{kind}: in an undo", Counter({_undone(name): n for name, n in undone.items()}))
            yield from _told(f"{kind}: in a commit", commit_trials(at, kind, trials=some))
            outside = crash_place(folder / f"{engine}-{kind}-outside", kind, database=database)
            found = killed_from_outside(outside, kind, delays_s=delays_s, threads=4)
            yield from _told(f"{kind}: {trials} processes of 4 threads killed at any time", found)


def _cell(kind: TargetKind, point: Point) -> str:
    left = TABLE[kind][point]
    return f"{left.effects}{', in doubt' if left.in_doubt else ''}"


def _undone(name: str) -> str:
    return name.replace("undone (1, 'undone')", "as expected")


def _all_expected(found: Counter[str], total: int) -> bool:
    odd = {name: number for name, number in found.items() if not name.endswith(("as expected", "as allowed"))}
    for name, number in odd.items():
        print(f"    BROKEN, {number} times: {name}")
    return not odd and found.total() == total


def _told(what: str, found: Counter[str]) -> Iterator[bool]:
    print(f"  {what}: {found.total()} cases", flush=True)
    yield _all_expected(found, found.total())


def kills(folder: Path, engines: Engines, size: float) -> Iterator[bool]:
    """Kills of processes at work, and one holder that stands still."""
    number = max(5, round(KILLS * size))
    for engine, database in engines.items():
        watched = kill_trials(kill_place(folder / engine, database=database), kills=number, processes=KILLERS)
        waits = sorted(watched.waits_ms)
        print(
            f"\n{engine}: {watched.kills} kills of {KILLERS} processes with effects of 5-20 ms, {watched.effects:,} of "
            f"them landed\n  admitted after the fence {len(watched.admitted_after_fence)}, begun once quiet "
            f"{len(watched.begun_after_quiet)}, landed once quiet {len(watched.landed_after_quiet)}, not quiet within "
            f"10 s {len(watched.not_quiet)}"
        )
        if waits:
            print(f"  from fence to quiet: median {statistics.median(waits):.0f} ms, longest {waits[-1]:.0f} ms")
        yield watched.holds
        stopped = stopped_holder(kill_place(folder / f"{engine}-stopped", database=database))
        held = all(not quiet and in_flight == (stopped.holder,) for quiet, in_flight, _ in stopped.while_stopped)
        print(
            f"  a holder under SIGSTOP: {'never quiet, and named' if held else 'BROKEN'}; afterwards quiet", flush=True
        )
        yield held and stopped.afterwards[0]


def overspend(folder: Path, engines: Engines, size: float) -> Iterator[bool]:
    """Processes against one limit of a day."""
    for engine, database in engines.items():
        for limit in Limit:
            most = max(40, round(LIMIT * size)) * (100 if limit is Limit.AMOUNT else 1)
            spent = spend(
                spend_place(folder / f"{engine}-{limit}", limit, most, database=database),
                limit,
                most,
                processes=SPENDERS,
            )
            print(
                f"{engine}, {limit} {most:,}: {SPENDERS} processes used {spent.used:,} ({spent.usable:.1%}), "
                f"{spent.happened:,} happened, {spent.given_back:,} cases given back, {spent.refused:,} to people",
                flush=True,
            )
            yield spent.holds and spent.usable >= USABLE


SUITES: dict[str, Suite] = {"crash": crash, "kills": kills, "overspend": overspend}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the trials")
    parser.add_argument("--only", choices=SUITES, help="one suite")
    chosen = parser.parse_args()
    kept = True
    try:
        server = Server()
    except PostgresMissing as exc:
        print(f"PostgreSQL: {exc}", file=sys.stderr)
        return 1
    with server, tempfile.TemporaryDirectory(prefix="interlock-trials-") as folder:
        engines: Engines = {"sqlite": None, "postgresql": server.new_database}
        for name, suite in SUITES.items():
            if chosen.only in (None, name):
                start = time.monotonic()
                (Path(folder) / name).mkdir()
                results = list(suite(Path(folder) / name, engines, 0.1 if chosen.quick else 1.0))
                kept = kept and all(results)
                words = "kept" if all(results) else "BROKEN"
                print(f"== {name}: {words}, {sum(results)} of {len(results)}, after {time.monotonic() - start:.0f} s")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
