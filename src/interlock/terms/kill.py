"""What stops work at once, and how a stop went."""

from dataclasses import dataclass

from interlock.terms.intent import KillReport

GLOBAL = "global"
DRILL = "drill"  # the reason of a kill that is held to see that it works


@dataclass(frozen=True, slots=True)
class Fenced:
    """A scope as it was halted: from `at` on nothing with an older epoch can commit."""

    scope: str
    epoch: int
    at: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """Who let a halted scope work again, when and why. `entry` is where it is on record."""

    entry: int
    at: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill as it is on record. `report` is the newest on what was in flight, None until there is one.

    `resumed` is None while the scope is halted. A scope that is killed again meanwhile has several, and one end.
    """

    scope: str
    epoch: int
    entry: int
    at: str
    by: str
    reason: str
    report: KillReport | None = None
    report_entry: int | None = None
    resumed: Resumed | None = None

    @property
    def is_drill(self) -> bool:
        """Whether it was held to see that the switch works."""
        return self.reason == DRILL

    @property
    def fenced(self) -> Fenced:
        """The scope as it was halted."""
        return Fenced(self.scope, self.epoch, self.at)


def parted(scope: str) -> tuple[str, str]:
    """A scope in words: ("the workflow", "triage"), and ("everything", "") for all there is."""
    kind, _, name = scope.partition(":")
    return ("everything", "") if scope == GLOBAL else (_KINDS.get(kind, kind), name)


_KINDS = {
    "workflow": "the workflow",
    "tenant": "the tenant",
    "action": "the class of actions",
    "segment": "the segment",
}
