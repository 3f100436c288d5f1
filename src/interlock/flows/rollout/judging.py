"""What the gates of one process are judged with: packs, how signatures are checked, and the readiness scorecard."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from interlock.engine.rollout.gate_facts import GateFacts
from interlock.flows.rollout.facts import facts_of
from interlock.ports.signing import Signing
from interlock.ports.store import Reading
from interlock.terms.gate import GatePack
from interlock.terms.instrument import Instrument

SCORECARD = "readiness-scorecard"  # the instrument that has a say in scaling


@dataclass(frozen=True, slots=True)
class Judging:
    """The same for every command, page and request, so that none of them judges by less than another.

    Without a `scorecard` what it says of scaling is not known.
    """

    packs: Sequence[GatePack]
    signing: Signing
    scorecard: Instrument | None

    def facts(self, reading: Reading, workflow: str, now: dt.datetime) -> GateFacts:
        """Everything that the gates of a workflow read. Raises BadInput for an unknown workflow."""
        return facts_of(reading, workflow, self.packs, now=now, signing=self.signing, scorecard=self.scorecard)


def judging(packs: Sequence[GatePack], instruments: Iterable[Instrument], signing: Signing) -> Judging:
    """With the scorecard that is among the instruments."""
    return Judging(packs, signing, next((one for one in instruments if one.id == SCORECARD), None))
