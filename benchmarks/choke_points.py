"""How fast are choke points mined, and in how much memory, beside a bare DuckDB group-by of the same file?

Each runs in a process of its own, in turns. Set INTERLOCK_DATA to the folder of real data.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

LOGS = (("triage_uci_incident_log/incident_event_log.csv.gz", "number", "incident_state"),)
TURNS = 5


def product(path: Path) -> int:
    """Events that were used."""
    from interlock.adapters.event_log.mine import mine_log
    from interlock.engine.selection.medians import median_ranks
    from interlock.terms.event_log import LogAsked

    return mine_log(path, LogAsked("2026-01-01"), ranks=median_ranks).rows


def floor(path: Path, case: str, activity: str) -> int:
    """Rows, counted by case and activity."""
    import duckdb

    asked = f"""SELECT sum(n) FROM (SELECT "{case}", "{activity}", count(*) AS n
        FROM read_csv(?, all_varchar = true, header = true) GROUP BY ALL)"""
    with duckdb.connect(config={"threads": "2", "memory_limit": "512MB"}) as connection:
        (rows,) = connection.execute(asked, [str(path)]).fetchone() or (0,)
    return int(rows)


def measured(which: str, place: int) -> tuple[int, float, float]:
    """(rows, seconds, peak memory in MB) of one run in a fresh process."""
    done = subprocess.run([sys.executable, __file__, which, str(place)], capture_output=True, text=True, check=True)
    rows, seconds, peak_mb = json.loads(done.stdout)
    return rows, seconds, peak_mb


def once(which: str, place: int) -> None:
    """One run in this process; prints what `measured` reads."""
    name, case, activity = LOGS[place]
    path = Path(os.environ["INTERLOCK_DATA"]) / name
    begun = time.perf_counter()
    rows = product(path) if which == "product" else floor(path, case, activity)
    seconds = time.perf_counter() - begun
    print(json.dumps([rows, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))


def main() -> int:
    """Run all; 0 also where there is no data, which is said."""
    folder = os.environ.get("INTERLOCK_DATA")
    for place, (name, _, _) in enumerate(LOGS):
        if not folder or not (Path(folder) / name).exists():
            print(f"not run: {name} is not there; set INTERLOCK_DATA to the folder that holds it")
            continue
        turns = [(measured("product", place), measured("floor", place)) for _ in range(TURNS)]
        print(f"{name}, {turns[0][0][0]:,} rows, {TURNS} turns, medians")
        for label, index in (("choke points", 0), ("bare group-by", 1)):
            rates = statistics.median(turn[index][0] / turn[index][1] for turn in turns)
            print(f"  {label}: {rates:,.0f} rows/s, peak {statistics.median(turn[index][2] for turn in turns):,.0f} MB")
        ratio = statistics.median(ours[1] / bare[1] for ours, bare in turns)
        print(f"  choke points take {ratio:.1f} times the group-by")
    return 0


if __name__ == "__main__":
    if len(sys.argv) == 3:
        once(sys.argv[1], int(sys.argv[2]))
    else:
        sys.exit(main())
