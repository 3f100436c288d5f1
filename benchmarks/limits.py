"""What do limits and budgets cost a request, and are they kept where replicas are killed?

    python benchmarks/limits.py          # about two minutes; --quick takes a tenth of the rounds

A check is three limits reserved and settled from leased blocks; its floor is an awaited function that compares and
adds in a dictionary three times, and takes it back. A lease is one transaction on the store; its floor is one UPDATE,
committed as durably, over the same driver. Then replicas are killed (-9) round by round while they spend one budget.
Ends with status 1 where a check costs more than 10 times its floor or 20 microseconds, a lease more than 3 times its
own, where more was used than the store counted or a budget was exceeded, or where the replicas that were killed left
more than half of what was counted unused: each had used its blocks for a tenth of a second, and a block may be as large
as all before it together.
"""

import asyncio
import itertools
import os
import signal
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import psycopg

from contract import test_limits_on_every_store as suite
from interlock.flows.gateway.limits.limiter import Limiter, Reservation
from interlock.ports.gateway.allowances import Allowance
from interlock.terms.gateway.authority import TrafficAuthority
from interlock.terms.gateway.limits import Need
from interlock.terms.gateway.traffic import Of, Per, TrafficLimit, TrafficPlan, Unit
from interlock.wiring.run_time import open_address
from postgres_server import PostgresMissing, Server

QUICK = "--quick" in sys.argv
TURNS, CHECKS, LEASES, ROUNDS = (3, 20_000, 60, 3) if QUICK else (11, 100_000, 400, 30)
CHECK_RATIO_MAX, CHECK_US_MAX, LEASE_RATIO_MAX, STRANDED_MAX = 10.0, 20.0, 3.0, 0.5
PLENTY = 10**15
ENDS = "2100-01-01T00:00:00.000000Z"


@dataclass(frozen=True, slots=True)
class Compared:
    """Medians over turns, and of the ratios turn by turn."""

    floor_us: float
    ours_us: float
    ratio: float


def compared(turns: list[tuple[float, float]]) -> Compared:
    """Turns of (floor, ours) in microseconds."""
    floor, ours = (statistics.median(column) for column in zip(*turns, strict=True))
    return Compared(floor, ours, statistics.median(one / other for other, one in turns))


def per_call_us(work: Callable[[], None], calls: int, clock: Callable[[], float]) -> float:
    """What one of `calls` took."""
    before_s = clock()
    work()
    return (clock() - before_s) / calls * 1e6


async def checks(address: str) -> Compared:
    """The hot path, in processor time."""
    opened = open_address(address)
    limiter = Limiter(opened.allowances, opened.clock, time.monotonic)
    limits = tuple(TrafficLimit(Of.CLIENT, unit, Per.MONTH, PLENTY) for unit in Unit)
    by, need = TrafficAuthority("triage", "r", TrafficPlan(), None, gateway_limits=limits), Need(100, 1_000)
    rooms = dict.fromkeys(("requests", "tokens", "micro_usd"), PLENTY)

    async def floor() -> None:
        for unit, amount in (("requests", 1), ("tokens", 100), ("micro_usd", 1_000)):
            if rooms[unit] >= amount:
                rooms[unit] -= amount
        for unit, amount in (("tokens", 50), ("micro_usd", 500)):
            rooms[unit] += amount

    turns = []
    for _ in range(TURNS + 1):
        before_s = time.process_time()
        for _ in range(CHECKS):
            await floor()
        between_s = time.process_time()
        for _ in range(CHECKS):
            held = await limiter.reserve(by, suite.DESK, "small", need)
            if isinstance(held, Reservation):
                limiter.settle(held, tokens=50, micro_usd=500)
        turns.append(((between_s - before_s) / CHECKS * 1e6, (time.process_time() - between_s) / CHECKS * 1e6))
    await limiter.close()
    opened.close()
    return compared(turns[1:])


def leases(address: str, floor: Callable[[], None]) -> Compared:
    """A lease beside an UPDATE that is committed, in wall time."""
    opened = open_address(address)
    counter = Allowance("bench", PLENTY, ENDS)

    def ours() -> None:
        opened.allowances.lease(counter, 1, 1)

    def many(work: Callable[[], None]) -> Callable[[], None]:
        def repeated() -> None:
            for _ in range(LEASES // TURNS + 1):
                work()

        return repeated

    calls = LEASES // TURNS + 1
    ours()
    floor()
    pairs = [
        (per_call_us(many(floor), calls, time.perf_counter), per_call_us(many(ours), calls, time.perf_counter))
        for _ in range(TURNS)
    ]
    opened.close()
    return compared(pairs)


def raw_sqlite(folder: Path) -> Callable[[], None]:
    """One UPDATE of one row in a file of its own."""
    db = sqlite3.connect(folder / "raw.db", isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE counter (key TEXT PRIMARY KEY, taken INTEGER NOT NULL) STRICT, WITHOUT ROWID")
    db.execute("INSERT INTO counter VALUES ('bench', 0)")

    def work() -> None:
        db.execute("BEGIN IMMEDIATE")
        db.execute("UPDATE counter SET taken = taken + 1 WHERE key = 'bench'")
        db.execute("COMMIT")

    return work


def raw_postgres(address: str) -> Callable[[], None]:
    """One UPDATE of one row in a database of its own."""
    db = psycopg.connect(address, autocommit=True)
    db.execute("CREATE TABLE counter (key TEXT PRIMARY KEY, taken BIGINT NOT NULL)")
    db.execute("INSERT INTO counter VALUES ('bench', 0)")

    def work() -> None:
        db.execute("UPDATE counter SET taken = taken + 1 WHERE key = 'bench'")

    return work


@dataclass(frozen=True, slots=True)
class Kept:
    """What replicas let through that were killed: what they said, what the store counted, of how much."""

    used: int
    taken: int
    most: int
    unsaid: int

    @property
    def holds(self) -> bool:
        """Nothing is used that was not counted, nothing counted beyond the budget."""
        return 0 < self.used <= self.taken + self.unsaid and self.taken <= self.most

    @property
    def stranded(self) -> float:
        """The share of what was counted that nobody used."""
        return 1 - self.used / self.taken


def killed(address: str) -> Kept:
    """Two replicas at a time, killed after a tenth of a second."""
    most, used = 10**9, 0
    for _ in range(ROUNDS):
        pair = [suite.started(address, most) for _ in range(2)]
        for one in pair:
            used += int(one.stdout.readline()) if one.stdout else 0
        time.sleep(0.1)
        for one in pair:
            os.kill(one.pid, signal.SIGKILL)
        used += sum(map(suite.let_through, pair))
    opened = open_address(address)
    taken = suite.taken(opened)
    opened.close()
    return Kept(used, taken, most, 2 * ROUNDS * (suite.COST - suite.USED))


def engines() -> Iterator[tuple[str, Callable[[], str], Callable[[], None]]]:
    """(name, what makes the address of a new store, floor of a lease) of each that can be had here."""
    with tempfile.TemporaryDirectory(prefix="interlock-limits-") as folder:
        numbers = itertools.count()
        yield "sqlite", lambda: str(Path(folder) / f"store-{next(numbers)}.db"), raw_sqlite(Path(folder))
    try:
        server = Server(fsync=True)
    except PostgresMissing as exc:
        print(f"postgresql: not measured, {exc}")
        return
    with server:
        yield "postgresql", server.new_database, raw_postgres(server.new_database())


def main() -> int:
    """Print what was measured; the exit status."""
    missed = []
    for name, new_store, floor in engines():
        check, lease, kept = asyncio.run(checks(new_store())), leases(new_store(), floor), killed(new_store())
        print(
            f"{name}: a check {check.ours_us:.2f} us, floor {check.floor_us:.2f}, {check.ratio:.1f} x; a lease "
            f"{lease.ours_us:,.0f} us, floor {lease.floor_us:,.0f}, {lease.ratio:.2f} x; {2 * ROUNDS} replicas killed: "
            f"{kept.used:,} used of {kept.taken:,} counted, {kept.stranded:.2%} stranded"
        )
        if check.ratio > CHECK_RATIO_MAX or check.ours_us > CHECK_US_MAX:
            missed.append(f"{name}: a check is too dear")
        if lease.ratio > LEASE_RATIO_MAX:
            missed.append(f"{name}: a lease is too dear")
        if not kept.holds or kept.stranded > STRANDED_MAX:
            missed.append(f"{name}: the budget was not kept, or too little of it could be used")
    print("\n".join(missed) or "all bars held")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
