"""A gateway on this machine with a stand-in for a model behind it: to see it work without a vendor's key."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from interlock.ports.gateway.allowances import Allowances
from interlock.ports.gateway.segments import Segments
from interlock.ports.gateway.trace_log import TraceLog

Heard = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Answered:
    """What a request got back: its status, its body as text, and in how many pieces that came."""

    status: int
    body: str
    pieces: int


@dataclass(frozen=True, slots=True)
class Backstage:
    """What a gateway writes: its trace, the folder that the trace is loaded from, the counters of limits."""

    trace: TraceLog
    segments: Segments
    allowances: Allowances


class Rehearsal(Protocol):
    """Everything listens on this machine only. Each context ends what it began."""

    def stand_in(self, heard: Heard, *, port: int = 0) -> AbstractContextManager[str]:
        """A server that speaks both vendors' formats and answers by rule; its base address, up to /v1.

        `heard` is called with each body that reached it, from another thread. Port 0 takes a free one. Raises
        Unavailable where the port cannot be had.
        """
        ...

    def gateway(self, address: str, traces: Path) -> AbstractContextManager[str]:
        """The gateway over a store, in this process; its address. What it traced is in the store when it has ended.

        `traces` is the folder of its trace. Raises Unavailable where traces cannot be written.
        """
        ...

    def backstage(self, address: str, now: Callable[[], str]) -> AbstractContextManager[Backstage]:
        """What the gateway on a store would write, for traffic that never was: a sample of it.

        `now` is the time that the trace is written at, RFC 3339. Raises Unavailable where it cannot be written.
        """
        ...

    def ask(self, url: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Answered:
        """Send one request as JSON. Raises Unavailable where nothing answers."""
        ...
