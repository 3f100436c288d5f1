"""The gateway's own application in this process, with the upstream of tests in the place of the network."""

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gateway_gate import NOBODY, PERSONAL
from gateway_house import AMPLE, RULE, Place, place, put_house
from gateway_requests import Said, said
from gateway_upstream.played import PlayedUpstream
from interlock.terms.gateway.definition import WireFormat
from interlock.terms.gateway.traffic import CacheMode, TrafficPlan
from interlock.wiring.gateway.worker import GatewayWorker
from interlock.wiring.run_time import open_address

MODELS = ("small", "claude", "embed")
TENANTS = ("north", "south")
PLANS = {
    "all of it": TrafficPlan(models=MODELS, redact=PERSONAL, limits=AMPLE, policy=(RULE,)),
    "clean": TrafficPlan(models=MODELS, redact=PERSONAL, redact_output=PERSONAL, restore=False),
    "kept": TrafficPlan(models=MODELS, cache=CacheMode.EXACT, redact=PERSONAL),
}


class Inside:
    """Asked on one event loop, as a worker is. `keys` are those of PLANS, of no tenant and of TENANTS."""

    def __init__(self, worker: GatewayWorker, upstream: PlayedUpstream, keys: Mapping[str, str]) -> None:
        self.upstream, self.keys = upstream, keys
        self.records: list[Any] = []  # what was written to the trace, in order
        for name in ("accept", "outcome"):
            setattr(worker.trace, name, self._also_here(getattr(worker.trace, name)))
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

    def _also_here(self, write: Callable[[Any], None]) -> Callable[[Any], None]:
        def written(record: Any) -> None:
            write(record)
            self.records.append(record)

        return written

    def stop(self) -> None:
        self._loop.run_until_complete(self._worker.stop())
        self._loop.close()


PLACES = (
    place("small", NOBODY),
    place("embed", NOBODY, model={"embeds": True}),
    place("claude", NOBODY, WireFormat.ANTHROPIC),
)


@contextmanager
def inside(
    folder: Path,
    *,
    plans: Mapping[str, TrafficPlan] = PLANS,
    places: Sequence[Place] = PLACES,
    upstream: PlayedUpstream | None = None,
) -> Iterator[Inside]:
    """A gateway over `folder`/store.db."""
    store = folder / "store.db"
    keys = put_house(store, places, plans, tenants=TENANTS)
    opened, upstream = open_address(str(store)), upstream or PlayedUpstream()
    try:
        asked = Inside(GatewayWorker(opened, folder / "traces", os.environ, upstream=upstream), upstream, keys)
        try:
            yield asked
        finally:
            asked.stop()
    finally:
        opened.close()
