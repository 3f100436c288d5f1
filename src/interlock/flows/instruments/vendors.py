"""Read what people answered about vendors: each subject by each instrument, with its history."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from interlock.engine.instruments.evaluated import Evaluated, evaluated
from interlock.flows.instruments.scored import cited_evidence
from interlock.flows.portfolio import recorded
from interlock.ports.store import Reading
from interlock.terms.instrument import Instrument, Sheet

VENDOR = "vendor"


def evaluated_vendors(reading: Reading, instruments: Sequence[Instrument]) -> Mapping[str, tuple[Evaluated, ...]]:
    """By the name that the sheets say, in the order of the instruments; those that are about vendors."""
    about = [one for one in instruments if one.about == VENDOR]
    known = {one.id for one in about}
    answered: dict[str, dict[str, list[Sheet]]] = defaultdict(lambda: defaultdict(list))
    for entry in reading.entries_of("instrument.answered"):
        if entry.body["instrument"] in known:
            sheet = recorded.sheet(entry)
            answered[sheet.subject][sheet.instrument].append(sheet)
    return {
        name: tuple(_evaluated(reading, one, sheets[one.id]) for one in about if one.id in sheets)
        for name, sheets in answered.items()
    }


def _evaluated(reading: Reading, instrument: Instrument, sheets: Sequence[Sheet]) -> Evaluated:
    return evaluated(instrument, sheets, cited_evidence(reading, sheets))
