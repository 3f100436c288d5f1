"""How far may the times in a ledger be out of order, and how well do hosts agree about them?

    python benchmarks/clocks.py

Eight processes act at once, on both engines. Their own clocks are up to an hour wrong; on PostgreSQL they tell the
server's time. Ends with status 1 where an entry is dated further behind an earlier one than what a person is told of,
or where telling the time costs more than 5 microseconds.
"""

import datetime as dt
import multiprocessing
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from interlock.adapters.clocks.steady import SteadyClock, machine_time
from interlock.adapters.postgres.clock import ServerClock
from interlock.adapters.postgres.connection import Lanes
from interlock.engine.timestamp import moment
from interlock.flows.action.act import act
from interlock.flows.ledger.order import BACK_MAX_S
from interlock.wiring.run_time import open_address, open_run_time
from postgres_server import PostgresMissing, Server
from runtime.governed import NAME, Instant, opened, promoted, proposal

PROCESSES, ACTIONS, TOLD = 8, 150, 200_000
WRONG = dt.timedelta(hours=1)
COST_MAX_US = 5.0


@dataclass(frozen=True, slots=True)
class Order:
    """The entries of a ledger: how many are dated before an earlier one, and by how much at most."""

    entries: int
    behind: int
    worst_s: float


def work(address: str, release: str, number: int) -> None:
    """One process with its share of the actions."""
    adapters = open_address(address)
    rt = open_run_time(adapters, owner=f"process {number}")
    for each in range(ACTIONS):
        act(rt, Instant(), NAME, proposal(release, f"{number}-{each}"))
    adapters.close()


def order(address: str) -> Order:
    """Act with all processes at once, then read what they wrote."""
    with opened(address) as rt:
        release = promoted(rt)
        with rt.store.reading() as reading:
            first = reading.last_entry() + 1
    fork = multiprocessing.get_context("spawn")
    processes = [fork.Process(target=work, args=(address, release, number)) for number in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    with opened(address) as rt, rt.store.reading() as reading:
        times = [moment(entry.at) for entry in reading.entries(first)]
    back = [(one - other).total_seconds() for one, other in pairwise(times) if other < one]
    return Order(len(times), len(back), max(back, default=0.0))


def agreement(address: str) -> tuple[float, float]:
    """How far clocks of hosts that are hours apart differ when they tell the server's time, and half a round trip."""
    clocks = []
    for host in range(PROCESSES):
        ahead_s = WRONG.total_seconds() * host / PROCESSES
        clock = ServerClock(lambda ahead_s=ahead_s: time.monotonic() + ahead_s)  # type: ignore[misc]
        lanes = Lanes(address, lanes_max=1)
        with lanes.taken() as lane:
            clock.ask(lane.connection)
        lanes.close()
        clocks.append(clock)
    told = [clock() - machine_time() for clock in clocks]
    return (max(told) - min(told)).total_seconds(), max(clock.error_s for clock in clocks)


def cost_us() -> float:
    """What it costs to be told the time."""
    clock = SteadyClock()
    began_s = time.perf_counter()
    for _ in range(TOLD):
        clock()
    return 1e6 * (time.perf_counter() - began_s) / TOLD


def main() -> int:
    """Measure, tell, and say whether the bars were held."""
    held = True
    with tempfile.TemporaryDirectory() as folder:
        addresses = {"sqlite": str(Path(folder) / "store.db")}
        try:
            server = Server()
        except PostgresMissing as exc:
            print(f"PostgreSQL is left out: {exc}")
        else:
            addresses["postgresql"] = server.new_database()
        for engine, address in addresses.items():
            found = order(address)
            held &= found.worst_s <= BACK_MAX_S
            print(
                f"{engine}: {found.behind:,} of {found.entries:,} entries are dated before the one ahead of them, by "
                f"{1e3 * found.worst_s:.1f} ms at most (told of from {BACK_MAX_S:g} s on)"
            )
        if "postgresql" in addresses:
            apart_s, error_s = agreement(addresses["postgresql"])
            print(
                f"postgresql: {PROCESSES} clocks that are up to {WRONG} wrong differ by {1e3 * apart_s:.2f} ms "
                f"(half a round trip: {1e3 * error_s:.2f} ms)"
            )
            server.close()
    cost = cost_us()
    held &= cost <= COST_MAX_US
    print(f"telling the time: {cost:.2f} microseconds (at most {COST_MAX_US:g})")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
