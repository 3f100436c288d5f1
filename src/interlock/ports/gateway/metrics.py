"""What the gateway tells monitors; a copy for them, never the record."""

from typing import Protocol

from interlock.terms.gateway.metric import Gauge
from interlock.terms.gateway.trace import Accepted, Outcome


class Metrics(Protocol):
    """Called on every request's way, from one thread: a few additions each. Nothing here ever raises.

    Each method may be called by a thread of its own.
    """

    def observe(self, accepted: Accepted, outcome: Outcome) -> None:
        """A request of a known client ended."""
        ...

    def ungoverned(self, rule: str) -> None:
        """A request of a caller that nobody knows was turned away."""
        ...

    def spans(self, result: str, n: int) -> None:
        """What became of spans: sent, rejected (the back end never takes them) or dropped. From any thread."""
        ...

    def figures(self, result: str, n: int) -> None:
        """What became of points of figures: sent or rejected. From one thread only."""
        ...

    def gauge(self, gauge: Gauge, value: float, of: str = "") -> None:
        """How something stands now; `of` names the upstream where it is about one."""
        ...
