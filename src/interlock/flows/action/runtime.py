"""What an action needs from the outside, in one place."""

from dataclasses import dataclass, field

from interlock.flows.action.standing import Standings
from interlock.ports.clock import Clock
from interlock.ports.drain import Drain
from interlock.ports.guardrail import Guardrail
from interlock.ports.journal import Journal
from interlock.ports.randomness import Randomness
from interlock.ports.spool import Spool
from interlock.ports.store import Store


@dataclass(frozen=True, slots=True)
class RunTime:
    """Store, journal, drain lock, policy, time and chance of one process; `owner` names it in leases.

    `spool` keeps suggestions while the store cannot be reached; None where there is no place for them.
    """

    store: Store
    journal: Journal
    drain: Drain
    guardrail: Guardrail
    clock: Clock
    randomness: Randomness
    owner: str
    spool: Spool | None = None
    standings: Standings = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "standings", Standings(self.store))
