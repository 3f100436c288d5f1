"""Do pages of traffic stay quick with a million requests in the store?

    python benchmarks/traffic_rows.py          # some minutes on both engines; --quick loads a twentieth

Requests of 90 days, 40 workflows, 20 tenants and 200 clients are loaded in blocks of 5,000, as segments are. Then it is
asked for what pages ask: the newest fifty of all, of some workflows, of a tenant, a client, those amiss, a page far
back; and sums over all days by day, workflow, client and model. Ends with status 1 where the median of ten of a
question took more than 50 ms (sums: 500 ms), or where loading took more than 200 microseconds of the processor a row
(on PostgreSQL: of this process, beside the server).
"""

import datetime as dt
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from interlock.engine.timestamp import stamp
from interlock.flows.gateway.evidence.rows import kept_row
from interlock.ports.gateway.traffic import SumBy, TrafficFilter, TrafficRow
from interlock.ports.store import Reading, Store
from interlock.wiring.run_time import open_address
from postgres_server import PostgresMissing, Server

ROWS = 50_000 if "--quick" in sys.argv else 1_000_000
BLOCK, DAYS, TURNS = 5_000, 90, 10
LOAD_US_MAX, PAGE_MS_MAX, SUMS_MS_MAX = 200.0, 50.0, 500.0
START = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
ACCEPTED = {"release": "r" * 64, "body_digest": "d" * 64, "parameters": {"temperature": 0.2}, "input_bytes": 812}
OUTCOME = {"attempts": [{"upstream": "north", "model": "small", "latency_ms": 51.0, "status": 200}], "finish": "stop"}


def rows(draw: random.Random) -> Iterator[TrafficRow]:
    """As they would come: by time, of four workers, one in fifty refused and one in two hundred without an end."""
    step = dt.timedelta(days=DAYS) / ROWS
    for number in range(ROWS):
        kind, client = draw.random(), draw.randrange(200)
        status = None if kind < 0.005 else 429 if kind < 0.025 else 200
        workflow = client % 40  # whose authority it uses
        yield TrafficRow(
            f"host-{draw.randrange(4)}-{number:010d}", stamp(START + number * step), f"workflow-{workflow}",
            f"client-{client}", "chat", "small", ACCEPTED, f"w.{number // BLOCK:08d}",
            tenant=f"tenant-{workflow % 20}", model_used=draw.choice(["small", "large", "tiny"]), upstream="north",
            region="eu", status=status, refused="limit" if status == 429 else None, input_tokens=400, output_tokens=120,
            cost_micro_usd=310, latency_ms=51.0, outcome=None if status is None else OUTCOME,
        )  # fmt: skip


def loaded(store: Store) -> float:
    """Load them all; microseconds of the processor a row."""
    made, spent_s = rows(random.Random(1)), 0.0
    for _ in range(ROWS // BLOCK):
        block = [kept_row(next(made)) for _ in range(BLOCK)]
        before_s = time.process_time()
        with store.transaction(durable=False) as tx:
            tx.load_traffic(block)
        spent_s += time.process_time() - before_s
    return spent_s / ROWS * 1e6


def questions() -> dict[str, Callable[[Reading], object]]:
    """What pages ask."""
    far = (stamp(START + dt.timedelta(days=3)), "")
    some = tuple(f"workflow-{number}" for number in range(12))

    def page(wanted: TrafficFilter, after: tuple[str, str] | None = None) -> Callable[[Reading], object]:
        return lambda reading: reading.traffic(wanted, limit=50, after=after)

    return {
        "page of all": page(TrafficFilter()),
        "page far back": page(TrafficFilter(), far),
        "page of 12 workflows": page(TrafficFilter(workflows=some)),
        "page of a tenant": page(TrafficFilter(tenant="tenant-7")),
        "page of a client": page(TrafficFilter(client="client-77")),
        "page of what is amiss": page(TrafficFilter(amiss=True)),
        "sums by day": lambda reading: reading.traffic_sums([SumBy.DAY]),
        "sums by day, 12 workflows": lambda reading: reading.traffic_sums([SumBy.DAY], workflows=some),
        "sums by workflow, client, model": lambda reading: reading.traffic_sums(
            [SumBy.WORKFLOW, SumBy.CLIENT, SumBy.MODEL]
        ),
    }


def median_ms(store: Store, question: Callable[[Reading], object]) -> float:
    """Of some turns, the first left out."""
    taken = []
    for _ in range(TURNS + 1):
        before_s = time.perf_counter()
        with store.reading() as reading:
            question(reading)
        taken.append((time.perf_counter() - before_s) * 1e3)
    return statistics.median(taken[1:])


def measured(name: str, address: str) -> list[str]:
    """Print what was measured; what missed its bar."""
    opened, missed = open_address(address), []
    load_us = loaded(opened.store)
    print(f"{name}: {ROWS:,} rows loaded, {load_us:.0f} us a row")
    if load_us > LOAD_US_MAX:
        missed.append(f"{name}: loading")
    for words, question in questions().items():
        took_ms = median_ms(opened.store, question)
        print(f"  {words}: {took_ms:.1f} ms")
        if took_ms > (SUMS_MS_MAX if words.startswith("sums") else PAGE_MS_MAX):
            missed.append(f"{name}: {words}")
    opened.close()
    return missed


def main() -> int:
    """The exit status."""
    with tempfile.TemporaryDirectory(prefix="interlock-traffic-") as folder:
        missed = measured("sqlite", str(Path(folder) / "store.db"))
    try:
        server = Server(fsync=True, settings={"shared_buffers": "128MB"})
    except PostgresMissing as exc:
        print(f"postgresql: not measured, {exc}")
    else:
        with server:
            missed += measured("postgresql", server.new_database())
    print("missed: " + "; ".join(missed) if missed else "all bars held")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
