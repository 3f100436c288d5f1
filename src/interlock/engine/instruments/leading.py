"""What a portfolio says of five areas of leading AI, and which of them come first in a role."""

from collections.abc import Callable, Iterable, Mapping

from interlock.engine.instruments.probes import Probed
from interlock.engine.instruments.scoring import ItemScore
from interlock.terms.errors import BadInput
from interlock.terms.instrument import Instrument
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.stage import RolloutStage


def _each(standings: Iterable[Standing], holds: Callable[[Standing], bool], has: str) -> Probed | None:
    """Whether it holds of all of them; of none of them nothing is known."""
    every = tuple(standings)
    left = [one for one in every if not holds(one)]
    if not every:
        return None
    words = f"; not: {', '.join(one.definition.name for one in left)}" if left else ""
    says = f"{len(every) - len(left)} of {len(every)} {has}{words}"
    return Probed(there=not left, says=says, evidence=tuple(one.release for one in left or every))


def _led(portfolio: Portfolio) -> Probed | None:
    def whole(one: Standing) -> bool:
        kpis = one.definition.initiative.kpis
        return any(None not in (kpi.baseline, kpi.target, kpi.target_date) for kpi in kpis)

    return _each(portfolio.standings, whole, "have a KPI with baseline, target and date")


def _mapped(portfolio: Portfolio) -> Probed | None:
    begun = (one for one in portfolio.standings if one.stage is not RolloutStage.EXPLORATION)
    return _each(
        begun,
        lambda one: any(step.lane for step in one.definition.steps),
        "that left exploration say who does which step",
    )


def _authorised(portfolio: Portfolio) -> Probed | None:
    has = "hold no authority that nobody gave, and stand in a stage that somebody decided"
    return _each(portfolio.standings, lambda one: not (one.live_by_drift or one.is_without_stage), has)


def _safe(portfolio: Portfolio) -> Probed | None:
    def held(one: Standing) -> bool:
        crossed = any(incident.redline and incident.closed_at is None for incident in one.incidents)
        return bool(one.definition.owners.safety) and not crossed

    return _each(portfolio.standings, held, "have a safety owner and no open redline")


def _used(portfolio: Portfolio) -> Probed | None:
    live = (one for one in portfolio.standings if one.grant is not None)
    return _each(live, lambda one: bool(one.measurements), "that may act have a KPI that was measured")


LEADING: Mapping[str, Callable[[Portfolio], Probed | None]] = {
    "kpis-led": _led,
    "flows-mapped": _mapped,
    "nothing-unauthorised": _authorised,
    "safety-owned": _safe,
    "use-measured": _used,
}


def first_for(instrument: Instrument, items: Iterable[ItemScore], role: str) -> tuple[ItemScore, ...]:
    """What weighs most in a role first, and among equals what scores lowest.

    Raises BadInput for a role that the instrument does not know.
    """
    known = sorted({name for item in instrument.items for name in item.weights})
    if role not in known:
        raise BadInput(f"there is no role '{role}'; known: {', '.join(known) or 'none'}")
    weights = {item.id: item.weights.get(role, 1.0) for item in instrument.items}
    return tuple(sorted(items, key=lambda one: (-weights[one.item], one.high)))
