"""kill -9 of gateway workers under load: every answer that was complete must have its outcome on record.

Load, upstream and gateway are processes and threads of their own; a worker is killed at a random moment, by itself or
together with all others and their parent, and the gateway goes on, is started again, or is gone for good. So is what
loads traces for a worker. Some clients leave while they wait.
"""

import asyncio
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from gateway_house import AMPLE, place, put_house
from gateway_upstream.behaviour import Behaviour
from gateway_upstream.server import UpstreamServer, upstream
from interlock.adapters.gateway.counts_folder import CountsFolder
from interlock.adapters.gateway.segments.folder import SegmentFolder
from interlock.engine.timestamp import stamp
from interlock.flows.gateway.evidence.load import KIND, TrafficLoading
from interlock.flows.gateway.evidence.verify import verify_traffic
from interlock.flows.gateway.metrics import WorkerMetrics
from interlock.ports.gateway.traffic import TrafficFilter
from interlock.ports.store import Reading
from interlock.terms.gateway.trace import CLIENT_LEFT
from interlock.terms.gateway.traffic import TrafficPlan
from interlock.terms.gateway.traffic_check import TrafficCheck
from interlock.wiring.gateway.loader import MAIN as LOADER_MAIN
from interlock.wiring.run_time import Opened, open_address
from postgres_watch import children
from prometheus_text import fallen

MAIN = "from interlock.wiring.cli import main; main()"
WORKFLOW = "support"
FIRST_MS, GAP_MS = 20.0, 4.0
PATIENCE_S = 90.0
DONE = b"data: [DONE]"
LEAVES_EVERY = 6  # of the connections


@dataclass(slots=True)
class Kills:
    """What a campaign came to. `answered` are requests whose answer was complete; `lost` those of them without an
    outcome on record, `in_doubt` were accepted and have no end, `known_doubts` of these are named by the ledger.
    `gone` are clients that went away while they waited, `left` those of them on record as that."""

    kills: int = 0
    loaders_killed: int = 0
    asked: int = 0
    answered: int = 0
    streamed: int = 0
    broken_off: int = 0
    gone: int = 0
    left: int = 0
    lost: list[str] = field(default_factory=list)
    in_doubt: int = 0
    known_doubts: int = 0
    overcharged: int = 0
    segments: int = 0
    check: TrafficCheck | None = None
    metrics: str = ""  # the page, just before the last kill
    fallen: list[str] = field(default_factory=list)  # counters that are less on the page of whoever comes after it


class GatewayProcess:
    """`interlock gateway serve` on a fixed port, started again after it was killed."""

    def __init__(self, store: str, folder: Path, port: int, workers: int) -> None:
        self._folder = folder
        options = ["--store", store, "--port", str(port), "--workers", str(workers)]
        self._words = [sys.executable, "-c", MAIN, "gateway", "serve", *options]
        self.address = f"http://127.0.0.1:{port}"
        self.process = self._started()

    def kill_all(self) -> None:
        """The parent first: it would start its workers again."""
        workers = children(self.process.pid)
        self.process.kill()
        for pid in workers:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def kill_one(self, draw: random.Random) -> None:
        """One worker; its parent starts another one."""
        workers = [pid for pid in children(self.process.pid) if _is_worker(pid)]
        if workers:
            with suppress(ProcessLookupError):
                os.kill(draw.choice(workers), signal.SIGKILL)

    def kill_loaders(self) -> int:
        """What loads traces for its workers: they begin another one. How many there were."""
        loaders = [pid for worker in (self.process.pid, *children(self.process.pid)) for pid in children(worker)]
        loaders = [pid for pid in loaders if _runs(pid, LOADER_MAIN)]
        for pid in loaders:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return len(loaders)

    def again(self) -> None:
        """Start it again after it was killed."""
        self.process = self._started()

    def _started(self) -> "subprocess.Popen[bytes]":
        with (self._folder / "gateway.log").open("ab") as log:
            environment = {**os.environ, "INTERLOCK_TRACES": str(self._folder / "traces")}
            return subprocess.Popen(self._words, stderr=log, env=environment)


def campaign(
    folder: Path, store: str, *, kills: int, between_s: float, workers: int = 3, connections: int = 24, seed: int = 1
) -> Kills:
    """Kill so often, at random moments around `between_s` apart, and look at what is on record afterwards.

    Each second time all are killed and started again, the last time all and for good.
    """
    draw, found = random.Random(seed), Kills()
    with upstream() as there, opened(store) as adapters:
        there.always = Behaviour(first_ms=FIRST_MS, gap_ms=GAP_MS)
        key = _house(store, there)
        gateway = GatewayProcess(store, folder, free_port(), workers)
        try:
            answered = asyncio.run(_under_load(gateway, key, found, draw, kills, between_s, connections))
        finally:
            gateway.kill_all()
        after = WorkerMetrics(CountsFolder(folder / "traces" / "metrics", "after")).page()
        found.fallen += fallen(found.metrics, after)
        _look(adapters, folder / "traces", answered, found)
    return found


@contextmanager
def opened(store: str) -> Iterator[Opened]:
    adapters = open_address(store)
    try:
        yield adapters
    finally:
        adapters.close()


async def _under_load(
    gateway: GatewayProcess,
    key: str,
    found: Kills,
    draw: random.Random,
    kills: int,
    between_s: float,
    connections: int,
) -> set[str]:
    answered: set[str] = set()
    stop = asyncio.Event()
    headers = {"authorization": f"Bearer {key}"}
    timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
    async with aiohttp.ClientSession(gateway.address, headers=headers, timeout=timeout) as session:
        await _until_up(session, answered, found)
        asking = [asyncio.create_task(_ask(session, n, answered, found, stop)) for n in range(connections)]
        for number in range(kills):
            await asyncio.sleep(between_s * draw.uniform(0.5, 1.5))
            found.kills += 1
            found.loaders_killed += gateway.kill_loaders()
            found.metrics = await _metrics(session)
            if number == kills - 1:
                gateway.kill_all()  # and what it left is found by whoever looks next
            elif number % 2:
                gateway.kill_all()
                gateway.again()
                await _until_up(session, answered, found)
            else:
                gateway.kill_one(draw)
            if number != kills - 1:
                found.fallen += fallen(found.metrics, await _metrics(session))
        stop.set()
        await asyncio.gather(*asking)
    return answered


async def _ask(
    session: aiohttp.ClientSession, number: int, answered: set[str], found: Kills, stop: asyncio.Event
) -> None:
    draw = random.Random(number)
    while not stop.is_set():
        if number % LEAVES_EVERY == 0:
            try:
                await asyncio.wait_for(
                    _one(session, answered, found, streams=draw.random() < 0.5), draw.uniform(0, 0.05)
                )
            except TimeoutError:
                found.gone += 1
        elif not await _one(session, answered, found, streams=number % 2 == 0):
            await asyncio.sleep(0.02)


async def _one(session: aiohttp.ClientSession, answered: set[str], found: Kills, *, streams: bool) -> bool:
    """Ask once; whether an answer was complete. Its id counts then, and only then."""
    found.asked += 1
    messages = [{"role": "user", "content": "Write to ana.ruiz@example.com"}]
    body = {"model": "small", "messages": messages, "max_tokens": 50, "stream": streams}
    try:
        async with session.post("/v1/chat/completions", json=body) as response:
            raw = await response.read()
    except (aiohttp.ClientError, TimeoutError, ConnectionError):
        found.broken_off += 1
        return False
    if response.status != 200 or (streams and DONE not in raw):
        found.broken_off += 1
        return False
    answered.add(response.headers["interlock-request"])
    found.answered += 1
    found.streamed += streams
    return True


async def _until_up(session: aiohttp.ClientSession, answered: set[str], found: Kills) -> None:
    end = time.monotonic() + PATIENCE_S
    while not await _one(session, answered, found, streams=False):
        assert time.monotonic() < end, "the gateway does not answer"
        await asyncio.sleep(0.05)


async def _metrics(session: aiohttp.ClientSession) -> str:
    """The page, once it has the counts of an answer: those of other workers come about a second later."""
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            async with session.get("/metrics") as response:
                page = await response.text()
        except (aiohttp.ClientError, ConnectionError):  # of a worker that was killed
            page = ""
        if 'outcome="answered"' in page or time.monotonic() > end:
            return page
        await asyncio.sleep(0.1)


def _house(store: str, there: UpstreamServer) -> str:
    plan = TrafficPlan(models=("small",), redact=("email",), limits=AMPLE)
    return put_house(store, [place("small", there.base_url, connections_max=500)], {WORKFLOW: plan})[WORKFLOW]


def _look(adapters: Opened, traces: Path, answered: set[str], found: Kills) -> None:
    segments = SegmentFolder(traces, lambda: stamp(adapters.clock()))
    TrafficLoading(adapters.store, segments, adapters.clock).go()
    with adapters.store.reading() as reading:
        for id_ in sorted(answered):
            row = reading.traffic_of(id_)
            if row is None or row.outcome is None or row.status != 200:
                found.lost.append(id_)
        (sums,) = reading.traffic_sums([])
        found.in_doubt = sums.in_doubt
        entries = list(reading.entries_of(KIND))
        found.segments = len(entries)
        found.known_doubts = sum(entry.body["n_in_doubt"] for entry in entries)
        found.overcharged = _charged(reading) - sums.cost_micro_usd
        rows = reading.traffic(TrafficFilter(), limit=found.asked)
        found.left = sum((row.outcome or {}).get("broken") == CLIENT_LEFT for row in rows)
        found.check = verify_traffic(reading, segments)


def _charged(reading: Reading) -> int:
    """What the ledger says that everything cost, reservations of what is in doubt included."""
    entries = reading.entries_of(KIND)
    return sum(int(one["cost_micro_usd"]) for entry in entries for one in entry.body["totals"])


def _is_worker(pid: int) -> bool:
    """Not the process that Python keeps to clean up after its children."""
    return _runs(pid, "") and not _runs(pid, "resource_tracker")


def _runs(pid: int, words: str) -> bool:
    with suppress(OSError):
        return words.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def told(found: Kills) -> str:
    """The campaign in a sentence."""
    check = found.check
    faults = "not checked" if check is None else f"{len(check.faults)} faults"
    return re.sub(
        r"\s+",
        " ",
        f"""{found.kills} kills: of {found.answered:,} answered requests ({found.streamed:,} streamed)
        {len(found.lost)} lost their record; {found.broken_off:,} of {found.asked:,} were broken off or refused,
        {found.gone:,} clients went away, {found.left:,} of them on record as that;
        {found.loaders_killed} loaders were killed;
        {found.in_doubt} are in doubt, {found.known_doubts} of them named by the ledger; {found.segments} segments,
        {len(found.fallen)} counters fell; {faults};
        the ledger's sums differ from the store's by {found.overcharged} micro-dollars""",
    )
