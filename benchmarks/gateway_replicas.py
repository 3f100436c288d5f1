"""Do two gateways on one PostgreSQL spend more than one budget, and how soon do both obey a revocation and a kill?

    python benchmarks/gateway_replicas.py             # about a minute: five rounds, in each one gateway is killed
    python benchmarks/gateway_replicas.py --rounds 20 --budget 200000

Both are asked at once until both say that nothing is left; in between one of them is ended with SIGKILL, at another
share of the budget in each round, and started again. Ends with status 1 where what left costs more than the budget,
where one of them lets a request through afterwards, or where a word is obeyed later than it may be (20 ms and one look
on PostgreSQL; `--bound-ms` is for the machine).
"""

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from postgres_server import PostgresMissing, Server
from two_replicas import Replicas, told, two

REFUSED = 429


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--budget", type=int, default=60_000, help="micro-dollars; a request costs about a hundred")
    parser.add_argument("--connections", type=int, default=8, help="of each gateway")
    parser.add_argument("--bound-ms", type=float, default=250.0)
    asked = parser.parse_args()
    try:
        return 0 if all(_holds(one, asked.bound_ms) for one in _rounds(asked)) else 1
    except PostgresMissing as exc:
        print(f"not tried: {exc}")
        return 0


def _rounds(asked: argparse.Namespace) -> list[Replicas]:
    rounds = []
    with Server() as server:
        for number in range(asked.rounds):
            dies_after = (number + 1) / (asked.rounds + 1)
            with tempfile.TemporaryDirectory() as name:
                store = server.new_database()
                found = two(
                    Path(name), store, budget=asked.budget, connections=asked.connections, dies_after=dies_after
                )
            print(f"killed at {dies_after:.0%}: {told(found)}", flush=True)
            rounds.append(found)
    return rounds


def _holds(found: Replicas, bound_ms: float) -> bool:
    spent = 0 < found.answered <= found.sent <= found.budget and found.died == 1
    refused = all(status == REFUSED for status, _ in found.after)
    return spent and refused and all(ms <= bound_ms for ms in (*found.revoked_ms, *found.killed_ms))


if __name__ == "__main__":
    sys.exit(main())
