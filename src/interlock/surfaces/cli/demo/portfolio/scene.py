"""What the parts of the sample share while it is played."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from interlock.flows.action.runtime import RunTime
from interlock.flows.evidence.people_keys import register_key
from interlock.ports.signing import Signing
from interlock.ports.store import Store
from interlock.surfaces.cli.demo.desk import TicketDesk
from interlock.surfaces.cli.demo.portfolio.stage_time import SameChance, SteppingClock
from interlock.terms.gate import GatePack
from interlock.terms.instrument import Instrument
from interlock.terms.person import Person

LABELS = ("plain", "odd")
SOURCE = "authored sample"


@dataclass(slots=True)
class Scene:
    """The store, its time, the content that gates and instruments are made of, and what was begun so far."""

    run_time: RunTime
    clock: SteppingClock
    chance: SameChance
    signing: Signing
    gates: Sequence[GatePack]
    instruments: Sequence[Instrument]
    version: str
    desk: TicketDesk = field(default_factory=TicketDesk)
    releases: dict[str, str] = field(default_factory=dict)
    live: set[str] = field(default_factory=set)
    incidents: dict[str, int] = field(default_factory=dict)
    n_cases: int = 0
    _keys: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        """The store that is filled."""
        return self.run_time.store

    @property
    def scorecard(self) -> Instrument:
        """The readiness scorecard."""
        return self.instrument("readiness-scorecard")

    def instrument(self, name: str) -> Instrument:
        """The instrument of that id, which the packs hold."""
        return next(one for one in self.instruments if one.id == name)

    def key_of(self, person: Person) -> str:
        """The key with which somebody signs; it is kept nowhere after the sample is made."""
        if person.name not in self._keys:
            kept: list[str] = []
            register_key(
                self.store, person, clock=self.clock, randomness=self.chance, signing=self.signing, keep=kept.append
            )
            self._keys[person.name] = kept[0]
        return self._keys[person.name]
