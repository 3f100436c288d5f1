"""A gateway worker: everything that passes model traffic on in one process, over one store."""

import asyncio
import hashlib
import logging
import os
import random
import resource
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from interlock.adapters.gateway.aiohttp_upstream import AiohttpUpstream
from interlock.adapters.gateway.counts_folder import CountsFolder
from interlock.adapters.gateway.segments.folder import SegmentFolder
from interlock.adapters.gateway.segments.log import SegmentTraceLog
from interlock.adapters.gateway.trust import trust_of
from interlock.engine.timestamp import stamp
from interlock.flows.gateway.access.standing import TrafficStandings
from interlock.flows.gateway.forwarding import Forwarding
from interlock.flows.gateway.kept.embedding import Embedding
from interlock.flows.gateway.kept.exact import KeptAnswers
from interlock.flows.gateway.kept.semantic import SemanticAnswers
from interlock.flows.gateway.limits.limiter import Limiter
from interlock.flows.gateway.limits.used import limit_uses
from interlock.flows.gateway.metrics import WorkerMetrics, limit_families
from interlock.flows.gateway.request.admission import Admission
from interlock.flows.gateway.request.attempts import Attempts
from interlock.flows.gateway.request.under_way import Books
from interlock.flows.gateway.shadowing import Shadowing
from interlock.flows.gateway.tools.meter import CallMeter
from interlock.flows.gateway.traffic import Traffic
from interlock.ports.gateway.upstream import Upstream
from interlock.surfaces.gateway.app import STREAMS_MAX, Clocks, GatewayApp
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.metric import Family, Gauge
from interlock.wiring.gateway.access import changes_of, clients_over
from interlock.wiring.gateway.loader import LoaderProcess
from interlock.wiring.gateway.rounds import TraceRounds, hands_on, rest
from interlock.wiring.run_time import POSTGRES, Opened, guardrail, path_of

ROUND_S = 1.0
FILES_BESIDE = 500  # the store, traces, and sockets of requests that have begun or do not stream
TICK_S = 0.001
_logger = logging.getLogger("interlock.gateway")


def traces_of(address: str, environment: Mapping[str, str]) -> Path:
    """The folder of this machine's traces for a store: beside an embedded one, else where the environment says.

    INTERLOCK_TRACES names it; without it, a shared store's are in the user's state folder.
    """
    named = environment.get("INTERLOCK_TRACES")
    if named:
        return Path(named)
    if urlsplit(address).scheme not in POSTGRES:
        path = path_of(address)
        return path.with_name(path.name + ".traces")
    at = urlsplit(address)
    digest = hashlib.sha256(f"{at.hostname}:{at.port}{at.path}".encode()).hexdigest()[:16]
    state = environment.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(state) / "interlock" / "traces" / digest


def streams_max(files: int) -> int:
    """How many answers may stream at once where a process may have so many files open: each holds two sockets.

    One more would be accepted by nobody and wait for ever; refused, it is told.
    """
    return STREAMS_MAX if files == resource.RLIM_INFINITY else max(1, min(STREAMS_MAX, (files - FILES_BESIDE) // 2))


class GatewayWorker:
    """Made before its event loop runs, then `start`ed and `stop`ped on it."""

    def __init__(
        self,
        opened: Opened,
        traces: Path,
        environment: Mapping[str, str],
        *,
        upstream: Upstream | None = None,
        loaded_apart: str | None = None,
    ) -> None:
        """`upstream` is another way out than the network. `loaded_apart` is the address of the store, where traces are
        loaded by a process of their own; here, without it.

        Raises Unavailable where its traces cannot be written, BadInput for what the environment says of certificates.
        """
        self._opened = opened
        name = f"{socket.gethostname()}-{os.getpid()}-{os.urandom(4).hex()}"
        name = "".join(char if char.isalnum() or char in "-_" else "-" for char in name)[-100:]
        now = _recorded(opened)
        self.trace = SegmentTraceLog(traces, name, now)
        self.metrics = WorkerMetrics(CountsFolder(traces / "metrics", name))
        self._segments = SegmentFolder(traces, now, rest)
        self._traces = TraceRounds(opened.store, self._segments, opened.clock, environment, self.metrics)
        self._loader = None if loaded_apart is None else _loader(loaded_apart, traces, self._segments, environment)
        self._changes = changes_of(opened.store)
        self._limiter = Limiter(opened.allowances, opened.clock, time.monotonic)
        self._upstream = upstream or AiohttpUpstream(environment, tls=trust_of(environment))
        self.clients, self._tokens = clients_over(opened.store, self._changes, opened.clock)
        standings = TrafficStandings(opened.store, version=self._changes.version, monotonic=time.monotonic)
        admission = Admission(self.clients, standings, guardrail())
        self.meter = CallMeter(self._limiter, standings)
        books = Books(self.trace, self._limiter, self.metrics, time.monotonic, now, admission.still)
        self._attempts = Attempts(self._upstream, monotonic=time.monotonic, draw=random.random)
        kept = KeptAnswers(time.monotonic)
        semantic = SemanticAnswers(Embedding(admission, self._attempts, books), kept)
        forwarding = Forwarding(self._attempts, kept, semantic)
        self._shadowing = Shadowing(admission, forwarding, books)
        self.traffic = Traffic(admission, forwarding, self._shadowing, books)
        clocks = Clocks(new_id, now, time.monotonic)
        self.app = GatewayApp(
            self.traffic, clocks, streams_max=streams_max(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
        )
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False

    async def start(self) -> None:
        """Begin what goes on beside requests."""
        self._tasks = [asyncio.create_task(self._limiter.run()), asyncio.create_task(self._rounds())]

    async def stop(self) -> None:
        """End it in good order: what is leased goes back, what is on record is sealed and loaded."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._shadowing.close()
        await self._limiter.close()
        await self._upstream.close()
        await self._tokens.close()
        self.trace.close()
        self._stopping = True
        if self._loader is not None:
            await asyncio.to_thread(self._loader.close)
        await asyncio.to_thread(self._round)
        self._traces.close()
        self.metrics.close()
        self._changes.close()

    async def _rounds(self) -> None:
        while True:
            await asyncio.sleep(ROUND_S)
            await asyncio.to_thread(self._round)

    def _round(self) -> None:
        self.metrics.gauge(Gauge.OPEN_STREAMS, self.app.open_streams)
        self.metrics.gauge(Gauge.TRACE_LAG_S, self.trace.lag_s)
        self.metrics.breakers(self._attempts.open_breakers())
        try:
            if self._loader is None or self._stopping:
                self._traces.go(all_of_it=self._stopping)
            else:
                self._loader.look()
            self.metrics.go()
        except (Unavailable, OSError) as exc:
            _logger.warning("a round beside the traffic could not be made, the next one goes on: %s", exc)

    def metrics_page(self) -> str:
        """The figures of all workers of this machine, and what is left of limits. Raises Unavailable."""
        return self.metrics.page(self._more_figures)

    def _more_figures(self) -> Iterator[Family]:
        yield from self._traces.families()
        with self._opened.store.reading() as reading:
            yield from limit_families(limit_uses(reading, self._opened.clock()))


def _loader(address: str, traces: Path, segments: SegmentFolder, environment: Mapping[str, str]) -> LoaderProcess:
    return LoaderProcess(address, traces, segments, at_once=hands_on(environment))


def _recorded(opened: Opened) -> Callable[[], str]:
    """The time as it is recorded, told anew each millisecond: writing it down costs as much as reading a request."""
    text, until_s = "", 0.0

    def now() -> str:
        nonlocal text, until_s
        at_s = time.monotonic()
        if at_s >= until_s:
            text, until_s = stamp(opened.clock()), at_s + TICK_S
        return text

    return now


def new_id() -> str:
    """The name of a request: about the time, so that those of one time stand together, and 72 random bits.

    A number would tell each client how many requests all others make, and a worker's name where it runs.
    """
    return f"gw-{time.time_ns() // 1_000_000:011x}-{os.urandom(9).hex()}"
