"""Pilots that go on for their own sake, as a portfolio shows them."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from interlock.engine.council.pilots import PILOT_DAYS_MAX, undecided_pilots
from interlock.engine.instruments.leading import LEADING
from interlock.engine.instruments.probes import Probed
from interlock.terms.instrument import Instrument
from interlock.terms.measured import PeriodRun
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.stage import RolloutStage

PERIODS = 3


def _pilots(portfolio: Portfolio) -> list[Standing]:
    return [one for one in portfolio.standings if one.stage is RolloutStage.PILOT]


def _in_parallel(portfolio: Portfolio) -> Probed:
    by_function: dict[str, list[str]] = defaultdict(list)
    for one in _pilots(portfolio):
        by_function[one.definition.initiative.function or "no function named"].append(one.definition.name)
    several = {function: names for function, names in by_function.items() if len(names) > 1}
    words = "; ".join(f"{function}: {', '.join(names)}" for function, names in sorted(several.items()))
    return Probed(there=bool(several), says=words or "no function has more than one pilot")


def _nobody_deciding(portfolio: Portfolio) -> Probed | None:
    if not _pilots(portfolio):
        return None
    left = undecided_pilots(portfolio)
    names = ", ".join(str(one.workflow) for one in left)
    words = f"nothing was decided for {PILOT_DAYS_MAX} days on: {names}" if left else "each is young or decided on"
    return Probed(there=bool(left), says=words, evidence=tuple(dict.fromkeys(e for one in left for e in one.evidence)))


def _confidence_falling(portfolio: Portfolio) -> Probed | None:
    pilots = [(one, one.runs[-PERIODS:]) for one in _pilots(portfolio) if len(one.runs) >= PERIODS]
    known = [(one, runs) for one, runs in pilots if all(run.reviewed > 0 for run in runs)]
    if not known:
        return None
    falling = [(one, runs) for one, runs in known if _rises(runs)]
    words = "; ".join(
        f"{one.definition.name}: people overrule {runs[0].overridden} of {runs[0].reviewed}, then "
        f"{runs[-1].overridden} of {runs[-1].reviewed}"
        for one, runs in falling
    )
    evidence = tuple(run.evidence for _, runs in falling for run in runs)
    return Probed(there=bool(falling), says=words or "people do not overrule more than before", evidence=evidence)


def _rises(runs: Sequence[PeriodRun]) -> bool:
    shares = [run.overridden / run.reviewed for run in runs]
    return all(before < after for before, after in pairwise(shares))


THEATRE: Mapping[str, Callable[[Portfolio], Probed | None]] = {
    "pilots-in-parallel": _in_parallel,
    "pilots-undecided": _nobody_deciding,
    "confidence-falling": _confidence_falling,
}


def probe_portfolio(instrument: Instrument, portfolio: Portfolio) -> Mapping[str, Probed]:
    """What the portfolio says of each item that one of these probes can look at."""
    every = {**THEATRE, **LEADING}
    asked = ((item.id, every.get(item.measured_by or "")) for item in instrument.items)
    found = ((item, ask(portfolio)) for item, ask in asked if ask is not None)
    return {item: says for item, says in found if says is not None}
