"""What is on record of one subject by one instrument: its score now, and after each sheet that was answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from interlock.engine.instruments.scoring import Given, Scored, score
from interlock.terms.evidence import Evidence
from interlock.terms.instrument import Instrument, Sheet


@dataclass(frozen=True, slots=True)
class Evaluated:
    """`history` has the score after each sheet, the newest last; `sheets` who answered each, and at which entry."""

    instrument: Instrument
    history: tuple[Scored, ...]
    sheets: tuple[Sheet, ...]

    @property
    def now(self) -> Scored:
        """The newest."""
        return self.history[-1]


def evaluated(instrument: Instrument, sheets: Sequence[Sheet], evidence: Mapping[str, Evidence]) -> Evaluated:
    """The scores of one subject. `sheets` are its own, oldest first, one at least; what one leaves open keeps the
    answer before it.
    """
    given: dict[str, Given] = {}
    history = []
    for sheet in sheets:
        given |= {one.item: Given(one, sheet.by, sheet.at, sheet.entry) for one in sheet.answers}
        found = score(instrument, sheet.subject, dict(given), at=sheet.at, probed={}, evidence=evidence)
        history.append(found)
    return Evaluated(instrument, tuple(history), tuple(sheets))
