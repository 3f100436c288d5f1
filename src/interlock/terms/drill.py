"""Drills of the kill switch, and when they are due."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Drill:
    """A real kill of a scope, held to see that it works, and resumed.

    `fence_ms` until nothing older could be admitted, `quiesce_ms` until no effect was in flight (None: not within the
    time given). `refused` is whether a wish that was made before the kill was refused after it. `in_flight` and
    `in_doubt` are intent keys. `resumed` is False where the scope had to stay halted.
    """

    scope: str
    at: str
    by: str
    fence_ms: float
    quiesce_ms: float | None
    refused: bool
    in_flight: tuple[str, ...]
    in_doubt: tuple[str, ...]
    resumed: bool

    @property
    def passed(self) -> bool:
        """Whether the switch did what it promises, within the time given."""
        return self.refused and self.quiesce_ms is not None


@dataclass(frozen=True, slots=True)
class HeldDrill:
    """A drill as it is on record: when, and at which entry."""

    drill: Drill
    recorded_at: str
    entry: int


@dataclass(frozen=True, slots=True)
class DrillStanding:
    """When a workflow's switch was last drilled, how that ended, and when it is due (None: no schedule)."""

    workflow: str
    last_at: str | None
    passed: bool | None
    due_at: str | None
    overdue: bool
