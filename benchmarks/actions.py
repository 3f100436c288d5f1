"""What does a journaled action cost beside the raw engines, and what do a decision and a kill?

    python benchmarks/actions.py                     # about five minutes
    python benchmarks/actions.py --quick             # a third of the turns
    python benchmarks/actions.py --only postgresql   # sqlite, group, postgresql, decision or kill

Each figure stands beside its floor of the same run. Floor and product take short turns, so that whatever else the
machine does hits both. Ends with status 1 where a bar is missed: README.md in this folder says how to read it.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from runtime.alone import FSYNC_COSTS_US, alone
from runtime.bars import Bars
from runtime.decided import decided
from runtime.grouped import grouped
from runtime.propagation import propagation
from runtime.shared import shared

SQLITE_S, GROUP_S, POSTGRES_S = 20.0, 36.0, 120.0
QUICK = 1 / 3
IN_MEMORY = Path("/dev/shm")

Part = Callable[[Path, Bars, float], None]


def sqlite(folder: Path, bars: Bars, share: float) -> None:
    """One thread: on the disk, on it made slower where it is quick, and in memory, where only the processor counts."""
    seconds, disk = SQLITE_S * share, f"a folder of {tempfile.gettempdir()}"
    synced_us = alone(folder / "disk", bars, seconds=seconds, where=disk)
    if synced_us < FSYNC_COSTS_US:
        alone(folder / "slower", bars, seconds=seconds, where=disk, added_s=FSYNC_COSTS_US / 1e6)
    if IN_MEMORY.is_dir():
        with tempfile.TemporaryDirectory(prefix="interlock-actions-", dir=IN_MEMORY) as in_memory:
            alone(Path(in_memory), bars, seconds=seconds, where=f"a folder of {IN_MEMORY}")


def group(folder: Path, bars: Bars, share: float) -> None:
    """Many threads of one process."""
    grouped(folder, bars, seconds=GROUP_S * share, where=f"a folder of {tempfile.gettempdir()}")


def postgresql(folder: Path, bars: Bars, share: float) -> None:
    """Processes on one server."""
    shared(folder, bars, seconds=POSTGRES_S * share)


PARTS: dict[str, Part] = {
    "decision": lambda _folder, bars, _share: decided(bars),
    "sqlite": sqlite,
    "group": group,
    "postgresql": postgresql,
    "kill": lambda folder, bars, _share: propagation(folder, bars),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a third of the turns")
    parser.add_argument("--only", choices=PARTS, help="one part")
    chosen = parser.parse_args()
    bars = Bars()
    for name, part in PARTS.items():
        if chosen.only in {None, name}:
            with tempfile.TemporaryDirectory(prefix="interlock-actions-") as folder:
                part(Path(folder), bars, QUICK if chosen.quick else 1.0)
    print(f"\n{bars.held} bars held, {bars.missed} missed")
    return 1 if bars.missed else 0


if __name__ == "__main__":
    sys.exit(main())
