"""Go, hold or kill: what the records of one workflow speak for. A person decides; this only says what they see."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from interlock.engine.economics.value import Gain, gain
from interlock.engine.reporting.figures import NOBODY, quantity
from interlock.engine.reporting.measures import Window, error_rate, kpi_state, unit_cost
from interlock.terms.initiative import Direction
from interlock.terms.portfolio import Standing
from interlock.terms.story import Tone


class Call(StrEnum):
    """What speaks for itself once every criterion is looked at."""

    GO = "go"
    HOLD = "hold"
    KILL = "kill"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that has to hold. `go` and `kill` say when in words, `now` what is on record."""

    name: str
    go: str
    kill: str
    now: str
    tone: Tone


def criteria(standing: Standing, within: Window) -> tuple[Criterion, ...]:
    """All of them, in the order in which they are looked at."""
    return (*_value(standing), _errors(standing, within), _cost(standing, within), _harm(standing))


def call(found: tuple[Criterion, ...]) -> Call:
    """Kill where one criterion failed, go where all passed; anything not known holds."""
    if any(each.tone is Tone.FAILED for each in found):
        return Call.KILL
    return Call.GO if all(each.tone is Tone.PASSED for each in found) else Call.HOLD


def may_decide(standing: Standing) -> str:
    """Those who hold the right to move the workflow."""
    rights = standing.definition.rights
    return ", ".join(rights.move or rights.promote) or NOBODY


def _value(standing: Standing) -> Iterator[Criterion]:
    kpis = standing.definition.initiative.kpis
    go, kill = "its whole interval lies past the baseline", "it has not moved, or the way without AI reaches as much"
    if not kpis:
        yield Criterion("value", go, kill, "no KPI is named", Tone.INCONCLUSIVE)
    for place, kpi in enumerate(kpis):
        found = gain(kpi, standing.measurements)
        now, tone = kpi_state(found)
        if place == 0 and _no_better_without(standing, found):
            now, tone = "no better than what is expected without AI", Tone.FAILED
        yield Criterion(kpi.name, go, kill, now, tone)


def _no_better_without(standing: Standing, found: Gain) -> bool:
    """Whether the plain alternative is expected to reach at least as much of the first KPI."""
    plain = standing.definition.initiative.without_ai
    if plain is None or plain.expected is None or found.newest is None:
        return False
    down = found.kpi.direction is Direction.DOWN
    return plain.expected <= found.newest.value if down else plain.expected >= found.newest.value


def _errors(standing: Standing, within: Window) -> Criterion:
    name, definition, rate = "error rate", standing.definition, error_rate(standing, within)
    if not definition.budget_planned:
        unknown = "nobody set an error budget"
        return Criterion(name, "its interval is inside the budget", "it is outside", unknown, Tone.INCONCLUSIVE)
    budget = quantity(definition.budget.error, "share")
    tone = Tone.INCONCLUSIVE if rate.value is None else rate.tone
    go, kill = f"its interval is at most {budget}", f"its interval is over {budget}"
    return Criterion(name, go, kill, f"{rate.shown} {rate.interval}".strip(), tone)


def _cost(standing: Standing, within: Window) -> Criterion:
    name, cost = "cost per success", unit_cost(standing, within)
    most = standing.definition.initiative.service_levels.cost_per_success_max_usd
    if most is None:
        return Criterion(name, "at most its ceiling", "over its ceiling", "nobody set a ceiling", Tone.INCONCLUSIVE)
    ceiling = quantity(most, "USD")
    tone = Tone.INCONCLUSIVE if cost.value is None else cost.tone
    return Criterion(name, f"at most {ceiling}", f"over {ceiling}", cost.shown, tone)


def _harm(standing: Standing) -> Criterion:
    still = [each for each in standing.incidents if each.closed_at is None]
    redline = any(each.redline for each in still)
    tone = Tone.FAILED if redline else Tone.INCONCLUSIVE if still or standing.live_by_drift else Tone.PASSED
    now = "a redline incident is open" if redline else f"{len(still)} open"
    now += ", and cases are handled without a grant" if standing.live_by_drift else ""
    return Criterion("incidents", "none is open", "one that crossed a redline is open", now, tone)
