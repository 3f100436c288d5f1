"""Does the oversight core keep its promises on real confidences, and what does that cost in automation and time?

    INTERLOCK_DATA=<folder> python benchmarks/oversight.py [--quick] [--only PREFIX] [--json] [--jobs N]

Prints every figure beside its bar, in one run, and ends with status 1 where one is missed: README.md in this folder.
"""

import argparse
import os
import sys
import time
from pathlib import Path

os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")  # before numpy: one thread for each process

from rows import accuracy, adversarial, conditions, judges, labels, monitors, peeking, promotion, speed, thresholds
from rows.bench import FULL_DRAWS, QUICK_DRAWS, Bench

SECTIONS = (labels, thresholds, adversarial, conditions, promotion, monitors, judges, peeking, accuracy, speed)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="200 draws a row; bars widened by 3 standard errors")
    parser.add_argument(
        "--only", default="", metavar="PREFIX", help="rows whose name begins so: T-power, M, A-clinc ..."
    )
    parser.add_argument(
        "--json", action="store_true", help="rows as JSON on the standard output, the text on the other"
    )
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="processes (2)")
    given = parser.parse_args()
    data = Path(os.environ.get("INTERLOCK_DATA", ""))
    if not (data / "oversight_pools").is_dir():
        print("INTERLOCK_DATA must name a folder that holds oversight_pools/*.npz", file=sys.stderr)
        return 2
    draws = QUICK_DRAWS if given.quick else FULL_DRAWS
    bench = Bench(data, draws=draws, only=given.only, jobs=given.jobs, as_json=given.json)
    start = time.perf_counter()
    for section in SECTIONS:
        section.run(bench)
    bench.say(f"\n{time.perf_counter() - start:.0f} s")
    return bench.close()


if __name__ == "__main__":
    sys.exit(main())
