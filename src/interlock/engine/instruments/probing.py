"""Ask every probe that an instrument of one workflow names."""

from collections.abc import Mapping

from interlock.engine.instruments.judged import JUDGED
from interlock.engine.instruments.probes import PROBES, Facts, Probe, Probed
from interlock.terms.instrument import Instrument

EVERY: Mapping[str, Probe] = {**PROBES, **JUDGED}


def probe(instrument: Instrument, facts: Facts) -> Mapping[str, Probed]:
    """What records say of each item that a probe can look at. A probe that nobody knows says nothing."""
    found = {}
    for item in instrument.items:
        ask = EVERY.get(item.measured_by or "")
        says = ask(facts) if ask else None
        if says is not None:
            found[item.id] = says
    return found
