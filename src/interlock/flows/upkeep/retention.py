"""Content that is older than people said is erased again and again by whoever serves a store."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from interlock.engine.rollout.definition import definition_of
from interlock.engine.timestamp import stamp
from interlock.flows.erasure.erase import erase_older, ordered
from interlock.flows.erasure.retention import retentions
from interlock.flows.rollout.demote import RUN_TIME
from interlock.ports.clock import Clock
from interlock.ports.store import Store
from interlock.terms.erasure import Erased, Retention
from interlock.terms.person import Person

EVERY_S = 3_600.0


@dataclass(frozen=True, slots=True)
class ErasedRound:
    """One look at all workflows: when, what was erased or kept, by workflow, and in words why it failed.

    `is_purged`: whether the bytes are out of the store's files; where not, the next round tries again.
    """

    at: str
    done: Mapping[str, Erased] = field(default_factory=dict)
    failed: str = ""
    is_purged: bool = True


class RetentionRounds:
    """Only where a person said for how long (flows.erasure.retention), and never what somebody may still need.

    Several servers on one store may go at the same time: what one erased, the next finds gone.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._unpurged = False
        self.last: ErasedRound | None = None

    def go(self) -> ErasedRound:
        """One round. Raises what stood in its way, which `last` says too; what was erased by then stays erased."""
        at, done = stamp(self._clock()), dict[str, Erased]()
        try:
            for said, days in self._due():
                erased = self._erased(said, days)
                self._unpurged |= erased.cases > 0
                if erased.cases or erased.n_kept:
                    done[said.workflow] = erased
            if self._unpurged:  # also what somebody's reading kept in the files the last time
                self._unpurged = not self._store.purge()
            self.last = ErasedRound(at, done, is_purged=not self._unpurged)
        except Exception as exc:
            self.last = ErasedRound(at, done, str(exc) or type(exc).__name__)
            raise
        return self.last

    def _due(self) -> list[tuple[Retention, int]]:
        due = []
        with self._store.reading() as reading:
            for said in retentions(reading).values():
                row = reading.workflow(said.workflow)
                days = None if row is None else said.in_force(definition_of(row.definition).retention_days)
                if days is not None:
                    due.append((said, days))
        return due

    def _erased(self, said: Retention, days: int) -> Erased:
        reason = f"content is kept for {days} days: {said.by} said so in entry {said.entry} ({said.reason})"
        order = ordered(Person(RUN_TIME), reason, self._clock)
        return erase_older(self._store, said.workflow, days, order, purge=False)
