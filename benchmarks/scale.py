"""Does the memory of a process stay flat, and an action's time, when there are millions in the store?

    python benchmarks/scale.py           # a million actions, up to ten million entries on both engines: about an hour
    python benchmarks/scale.py --quick   # a tenth of the actions, a hundredth of the entries: two minutes
    python benchmarks/scale.py --only grown --entries 10000 1000000 --engine postgresql

Needs about 1.4 kB of disk an entry in --folder (where the system keeps what is temporary), on PostgreSQL twice that;
all of it is deleted. Ends with status 1 where a bar is missed: README.md in this folder.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from postgres_server import PostgresMissing, Server
from runtime.bars import Bars
from runtime.grown import grown
from runtime.memory import memory
from runtime.shared import AS_IT_COMES

ENTRIES = [10_000, 100_000, 1_000_000, 10_000_000]
ACTIONS = 1_000_000
QUICK_ACTIONS, QUICK_ENTRIES = 10, 100  # divisors
BYTES_EACH = {"sqlite": 1_400, "postgresql": 2_800}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--actions", type=int, default=ACTIONS, help="for the memory (1,000,000)")
    parser.add_argument("--entries", type=int, nargs="+", default=ENTRIES, help="sizes of the ledger, rising")
    parser.add_argument("--engine", choices=BYTES_EACH, help="one engine for the sizes")
    parser.add_argument("--only", choices=("memory", "grown"), help="one part")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()), help="where there is room")
    parser.add_argument("--quick", action="store_true", help="a tenth of the actions, a hundredth of the entries")
    chosen = parser.parse_args()
    actions = chosen.actions // QUICK_ACTIONS if chosen.quick else chosen.actions
    sizes = sorted(size for size in chosen.entries if not chosen.quick or size <= max(chosen.entries) // QUICK_ENTRIES)
    bars = Bars()
    with tempfile.TemporaryDirectory(prefix="interlock-scale-", dir=chosen.folder) as folder:
        if chosen.only != "grown":
            memory(Path(folder), bars, actions=actions)
        for engine in BYTES_EACH:
            if (
                chosen.only != "memory"
                and chosen.engine in {None, engine}
                and _has_room(chosen.folder, engine, sizes, bars)
            ):
                _grown(engine, Path(folder), bars, sizes)
    print(f"\n{bars.held} bars held, {bars.missed} missed")
    return 1 if bars.missed else 0


def _has_room(folder: Path, engine: str, sizes: list[int], bars: Bars) -> bool:
    needed, free = BYTES_EACH[engine] * sizes[-1], shutil.disk_usage(folder).free
    if needed > free:
        bars.without(f"{engine}: {needed / 1e9:.0f} GB are needed in {folder}, {free / 1e9:.0f} GB are free")
    return needed <= free


def _grown(engine: str, folder: Path, bars: Bars, sizes: list[int]) -> None:
    if engine == "sqlite":
        grown("SQLite", (str(folder / "small.db"), str(folder / "large.db")), bars, sizes=sizes)
        return
    try:
        server = Server(fsync=True, settings=AS_IT_COMES)
    except PostgresMissing as exc:
        bars.without(f"PostgreSQL: {exc}")
        return
    with server:
        grown("PostgreSQL", (server.new_database(), server.new_database()), bars, sizes=sizes)


if __name__ == "__main__":
    sys.exit(main())
