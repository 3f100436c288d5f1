"""What money says is carried out again and again by whoever serves a store."""

from dataclasses import dataclass

from interlock.engine.timestamp import stamp
from interlock.flows.council.enforce import Enforced, enforce_money
from interlock.ports.clock import Clock
from interlock.ports.store import Store


@dataclass(frozen=True, slots=True)
class Round:
    """One look at all workflows: when, what was done, and in words why it failed ("" where it did not)."""

    at: str
    done: tuple[Enforced, ...] = ()
    failed: str = ""


class MoneyRounds:
    """It takes authority and opens incidents, and never gives any: a round that fails leaves everything as it was.

    Several servers on one store may go at the same time: what one did, the next finds done.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self.last: Round | None = None

    def go(self) -> Round:
        """One round. Raises what stood in its way, which `last` says too."""
        at = stamp(self._clock())
        try:
            self.last = Round(at, enforce_money(self._store, clock=self._clock))
        except Exception as exc:
            self.last = Round(at, failed=str(exc) or type(exc).__name__)
            raise
        return self.last
