"""Handing traffic on to a tracing back end; a copy, never the record."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from interlock.terms.gateway.trace import Accepted, Outcome


class NotTaken(Exception):
    """The back end will never take this, however often it is sent; the message says why, without content or keys."""


@dataclass(frozen=True, slots=True)
class HandedOn:
    """How many spans were taken, and how many the back end said that it threw away."""

    sent: int
    rejected: int = 0


class TrafficExport(Protocol):
    """One back end."""

    def send(self, pairs: Sequence[tuple[Accepted, Outcome]]) -> HandedOn:
        """Hand on spans and figures of these requests. Whoever sends them again doubles no span: ids are the same.

        Raises Unavailable where it is worth trying again later, and NotTaken where it is not.
        """
        ...


class TrafficLines(Protocol):
    """Turns requests into lines of OTLP/JSON, as the OpenTelemetry collector reads them from a file."""

    def __call__(self, pairs: Iterable[tuple[Accepted, Outcome]]) -> Iterator[bytes]:
        """Lines of some requests each; never content."""
        ...
