"""How long does each page take, on a store as large as a company's, and how much of it goes over the wire?

    python benchmarks/web.py                      # 1,000 workflows, a million decisions: ten minutes
    python benchmarks/web.py --store big.db       # made there where it is absent, and used again
    python benchmarks/web.py --only /queue        # routes that begin so
    python benchmarks/web.py --decisions 20000 --open 1000
    python benchmarks/web.py --postgres --decisions 100000 --open 5000  # the same store, on a server of its own

A real server is asked, in a process of its own, for every page that its application has: as somebody who may see
everything, and as somebody of one tenant and of one workflow. The floor is the bare framework, with a page of about
the same size and no data, in the same run. Ends with status 1 where a bar is missed: README.md in this folder.
"""

import argparse
import datetime as dt
import gzip
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from interlock.surfaces.web.frame import assets
from interlock.wiring.upkeep import StoreUpkeep
from pages.asked import Asked, asked
from pages.history import Size, make
from pages.visits import BY, Visits, sign_in, visit
from runtime.bars import Bars
from runtime.governed import opened, utc
from runtime.timing import quantile
from served import served

USUAL = Size()
P95_MS, HTML_BYTES, SCRIPT_BYTES = 150.0, 60 * 1024, 60 * 1024
FLOOR_ROWS = 300  # about as many bytes as the larger pages have
ROUNDS = 30


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workflows", type=int, default=USUAL.workflows)
    parser.add_argument("--decisions", type=int, default=USUAL.decisions)
    parser.add_argument("--open", type=int, default=USUAL.open_reviews, help="reviews that wait")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--shown", type=int, default=12, help="so many of the slowest answers")
    parser.add_argument("--only", default="", help="routes that begin so")
    parser.add_argument("--store", type=Path, help="a store to use again; made where it is absent")
    parser.add_argument("--postgres", action="store_true", help="put it into a PostgreSQL first, and ask there")
    chosen = parser.parse_args()
    bars = Bars()
    with tempfile.TemporaryDirectory(prefix="interlock-web-") as folder:
        path = chosen.store or Path(folder) / "store.db"
        if not path.exists():
            _make(path, Size(chosen.workflows, chosen.decisions, chosen.open))
        with _shared(path, bars) if chosen.postgres else nullcontext(str(path)) as address:
            _measure(address, bars, rounds=chosen.rounds, only=chosen.only, shown=chosen.shown)
    _scripts(bars)
    print(f"\n{bars.held} bars held, {bars.missed} missed")
    return 1 if bars.missed else 0


def _make(path: Path, size: Size) -> None:
    before = time.perf_counter()
    make(path, size, now=dt.datetime.now(dt.UTC), told=lambda words: print(f"    {words}", flush=True))
    print(f"made {size.workflows:,} workflows, {size.decisions:,} decisions, {size.open_reviews:,} open reviews "
          f"in {time.perf_counter() - before:.0f} s; {path.stat().st_size / 1e6:,.0f} MB")  # fmt: skip


@contextmanager
def _shared(path: Path, bars: Bars) -> Iterator[str]:
    """A copy of a store on a PostgreSQL that is there for this run; afterwards nobody may have left anything open."""
    from postgres_server import Server

    with Server(fsync=True) as server, tempfile.TemporaryDirectory(prefix="interlock-web-") as folder:
        address, upkeep, before = server.new_database(), StoreUpkeep(utc), time.perf_counter()
        upkeep.back_up(str(path), Path(folder) / "backup.db")
        upkeep.restore(Path(folder) / "backup.db", address, by=BY, reason="benchmark")
        print(f"copied into PostgreSQL in {time.perf_counter() - before:.0f} s")
        yield address
        with psycopg.connect(address, autocommit=True) as db:
            query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"
            (left,) = db.execute(query).fetchone() or (0,)
        bars.at_most("transactions that nobody ended", left, 0)


def _measure(address: str, bars: Bars, *, rounds: int, only: str, shown: int) -> None:
    cookies = sign_in(address)
    with opened(address) as rt, rt.store.reading() as reading:
        addresses, missing = asked(reading)
    addresses = [one for one in addresses if one.route.startswith(only)]
    bars.at_most("routes for which nobody has said what to ask", len(missing), 0)
    for route in missing:
        print(f"    {route}: name an address in benchmarks/pages/asked.py")
    floor = _floor(rounds)
    print(f"load of this machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    print(f"floor, {floor.size_bytes / 1024:.1f} KB without data: {_times(floor)}")
    for visitor, cookie in cookies.items():
        began = time.perf_counter()
        with served(address) as server:
            print(f"\nas somebody who may see {visitor}; the server was up after {time.perf_counter() - began:.1f} s")
            _judge(
                visit(server.port, server.pid, cookie, addresses, rounds=rounds),
                bars,
                floor,
                whole=visitor == "everything",
                shown=shown,
            )


def _judge(visits: Sequence[Visits], bars: Bars, floor: Visits, *, whole: bool, shown: int) -> None:
    floor_ms = quantile(floor.cpu_ms, 0.5)
    ordered = sorted(visits, key=lambda one: -quantile(one.cpu_ms, 0.5))
    for one in ordered[:shown]:
        what = f"{one.asked.address[:90]} ({one.status}), {one.size_bytes / 1024:.1f} KB"
        print(f"  {what}: {_times(one)}; {quantile(one.cpu_ms, 0.5) / floor_ms:.0f} x the floor's processor time")
    pages = [one for one in ordered if one.asked.is_page]
    print(f"  of {len(pages)} pages and {len(ordered) - len(pages)} files the dearest {min(shown, len(ordered))}")
    failed = [one for one in ordered if one.status >= (400 if whole else 500)]
    bars.at_most(f"answers that failed{_named(failed)}", len(failed), 0)
    slow = [one for one in pages if one.warm(0.95) > P95_MS]
    slowest = max((one.warm(0.95) for one in pages), default=0.0)
    bars.at_most(f"p95 of the slowest page{_named(slow)}", slowest, P95_MS, " ms")
    large = [one for one in pages if one.size_bytes > HTML_BYTES]
    largest = max((one.size_bytes for one in pages), default=0)
    bars.at_most(f"bytes of the largest page{_named(large)}", largest, HTML_BYTES)


def _named(visits: Sequence[Visits]) -> str:
    return f" ({', '.join(dict.fromkeys(one.asked.address for one in visits))})" if visits else ""


def _times(one: Visits) -> str:
    walls = ", ".join(f"p{100 * share:.0f} {one.warm(share):.1f}" for share in (0.5, 0.95, 0.99))
    return f"processor {quantile(one.cpu_ms, 0.5):.1f} ms, wall {walls} ms, cold {one.cold_ms:.0f} ms"


def _floor(rounds: int) -> Visits:
    with _bare() as (port, pid):
        return visit(port, pid, "", [Asked("/", "/")], rounds=3 * rounds)[0]


@contextmanager
def _bare() -> Iterator[tuple[int, int]]:
    command = [sys.executable, str(Path(__file__).parent / "pages" / "bare.py"), str(FLOOR_ROWS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline()), process.pid
        finally:
            process.terminate()


def _scripts(bars: Bars) -> None:
    sizes = {name: len(gzip.compress(data)) for name, data in assets().items() if name.endswith(".js")}
    print(f"\nscripts, gzipped: {', '.join(f'{name} {size:,}' for name, size in sorted(sizes.items()))}")
    bars.at_most("bytes of all scripts together, gzipped", sum(sizes.values()), SCRIPT_BYTES)


if __name__ == "__main__":
    sys.exit(main())
