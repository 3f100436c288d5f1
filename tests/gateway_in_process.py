"""The gateway's own application in this process, with the upstream of tests in the place of the network."""

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gateway_gate import NOBODY, PERSONAL
from gateway_house import AMPLE, RULE, place, put_house
from gateway_requests import Said, said
from gateway_upstream.played import PlayedUpstream
from interlock.adapters.gateway.segments.reading import Walk
from interlock.terms.gateway.definition import WireFormat
from interlock.terms.gateway.traffic import CacheMode, TrafficPlan
from interlock.wiring.gateway import GatewayWorker
from interlock.wiring.run_time import open_address

MODELS = ("small", "claude", "embed")
SEGMENTS = (".open", ".jsonl")
TENANTS = ("north", "south")
PLANS = {
    "all of it": TrafficPlan(models=MODELS, redact=PERSONAL, limits=AMPLE, policy=(RULE,)),
    "clean": TrafficPlan(models=MODELS, redact=PERSONAL, redact_output=PERSONAL, restore=False),
    "kept": TrafficPlan(models=MODELS, cache=CacheMode.EXACT, redact=PERSONAL),
}


class Inside:
    """Asked on one event loop, as a worker is. `keys` are those of PLANS, of no tenant and of TENANTS."""

    def __init__(self, worker: GatewayWorker, upstream: PlayedUpstream, keys: Mapping[str, str], traces: Path) -> None:
        self.upstream, self.keys, self._traces = upstream, keys, traces
        self._worker, self._loop = worker, asyncio.new_event_loop()
        self._loop.run_until_complete(worker.start())

    def ask(
        self,
        path: str,
        content: Sequence[bytes],
        *,
        client: str = "all of it",
        more: Sequence[tuple[bytes, bytes]] = (),
        leaves_after: int | None = None,
    ) -> Said:
        """What is answered to a client of a workflow. `more` comes before its key."""
        headers = [*more, (b"authorization", f"Bearer {self.keys[client]}".encode())]
        return self.bare(path, content, headers, leaves_after=leaves_after)

    def bare(
        self,
        path: str,
        content: Sequence[bytes],
        headers: Sequence[tuple[bytes, bytes]],
        method: str = "POST",
        leaves_after: int | None = None,
    ) -> Said:
        """What is answered to exactly these headers."""
        application: Any = self._worker.app
        asked = said(application, path, content, headers, method, leaves_after=leaves_after)
        return self._loop.run_until_complete(asked)

    def records(self) -> list[Any]:
        """All that is on record by now, in order."""
        segments = sorted(one for one in self._traces.rglob("*") if one.suffix in SEGMENTS)
        return [record for one in segments for record in Walk().over(one.read_bytes()).records]

    def stop(self) -> None:
        self._loop.run_until_complete(self._worker.stop())
        self._loop.close()


@contextmanager
def inside(folder: Path) -> Iterator[Inside]:
    store = folder / "store.db"
    places = [place("small", NOBODY), place("embed", NOBODY, model={"embeds": True})]
    places.append(place("claude", NOBODY, WireFormat.ANTHROPIC))
    keys = put_house(store, places, PLANS, tenants=TENANTS)
    opened, upstream = open_address(str(store)), PlayedUpstream()
    try:
        traces = folder / "traces"
        asked = Inside(GatewayWorker(opened, traces, os.environ, upstream=upstream), upstream, keys, traces)
        try:
            yield asked
        finally:
            asked.stop()
    finally:
        opened.close()
