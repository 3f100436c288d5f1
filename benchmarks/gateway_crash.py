"""Does an answered request lose its record when gateway workers are killed? And what is known of those that were not?

    python benchmarks/gateway_crash.py             # about three minutes: twelve kills on each engine
    python benchmarks/gateway_crash.py --kills 6 --seed 7

Workers of `interlock gateway` with everything on are killed with SIGKILL at random moments under load, one at a time
and all at once in turn. Ends with status 1 where one answered request of any engine has no outcome on record, where a
request in doubt is not named by the ledger, where a check of traces, rows and sums finds a fault, or where a counter on
/metrics is less after a kill than on a page before. A loss of power is not tried: records of the last 50 ms may be lost
then.
"""

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from gateway_kills import Kills, campaign, told
from postgres_server import PostgresMissing, Server


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--between-s", type=float, default=4.0)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    runs = {"sqlite": _sqlite(asked)}
    try:
        runs["postgresql"] = _postgres(asked)
    except PostgresMissing as exc:
        print(f"postgresql: not tried, {exc}")
    return 0 if all(map(_holds, runs.values())) else 1


def _sqlite(asked: argparse.Namespace) -> Kills:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return _run("sqlite", folder, str(folder / "store.db"), asked)


def _postgres(asked: argparse.Namespace) -> Kills:
    with Server() as server, tempfile.TemporaryDirectory() as name:
        return _run("postgresql", Path(name), server.new_database(), asked)


def _run(engine: str, folder: Path, store: str, asked: argparse.Namespace) -> Kills:
    found = campaign(
        folder, store, kills=asked.kills, between_s=asked.between_s, workers=asked.workers, seed=asked.seed
    )
    print(f"{engine}: {told(found)}", flush=True)
    return found


def _holds(found: Kills) -> bool:
    ok = not found.lost and found.answered > 0 and found.in_doubt == found.known_doubts and found.overcharged == 0
    return ok and found.check is not None and not found.check.faults and not found.fallen


if __name__ == "__main__":
    sys.exit(main())
