"""Handing traffic on to a tracing back end; a copy, never the record."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from interlock.terms.errors import Unavailable
from interlock.terms.gateway.trace import Accepted, Outcome


class NotTaken(Exception):
    """The back end will never take this, however often it is sent; the message says why, without content or keys."""


class Later(Unavailable):
    """The back end says itself when it may be asked again: in `after_s` seconds."""

    def __init__(self, words: str, after_s: float) -> None:
        super().__init__(words)
        self.after_s = after_s


@dataclass(frozen=True, slots=True)
class HandedOn:
    """How many were taken, and how many the back end said that it threw away."""

    sent: int
    rejected: int = 0


class TrafficExport(Protocol):
    """One back end. Everything raises Unavailable (Later) where it is worth trying again, and NotTaken where not."""

    def spans(self, pairs: Sequence[tuple[Accepted, Outcome]]) -> HandedOn:
        """Hand on a span of each request. Whoever sends them again doubles none: ids are the same."""
        ...

    def figures(self, pairs: Sequence[tuple[Accepted, Outcome]]) -> HandedOn:
        """Hand on histograms of these requests; counted are their points. Whoever sends them again doubles them."""
        ...


class TrafficLines(Protocol):
    """Turns requests into lines of OTLP/JSON, as the OpenTelemetry collector reads them from a file."""

    def __call__(self, pairs: Iterable[tuple[Accepted, Outcome]]) -> Iterator[bytes]:
        """Lines of some requests each; never content."""
        ...
