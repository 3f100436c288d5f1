"""Case traces in the form that tracing back ends read."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from interlock.terms.trace import CaseTrace


class SpanLines(Protocol):
    """Turns traces into lines of OTLP/JSON, one case a line, as the OpenTelemetry collector reads them from a file."""

    def __call__(self, traces: Iterable[CaseTrace]) -> Iterator[bytes]:
        """One line for each trace; digests and facts on record, never content that may be erased."""
        ...
