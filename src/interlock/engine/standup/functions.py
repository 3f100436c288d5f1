"""The page of a stand-up: each function of the business with its lights, and what moved since the last one."""

import datetime as dt
import operator
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from interlock.engine.reporting.figures import counted
from interlock.engine.standup.lights import WORST_FIRST, kpi_light, worst
from interlock.terms.initiative import Kpi
from interlock.terms.measured import Measurement
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.standup import Action, FunctionLight, KpiLight
from interlock.terms.workflow import WorkflowDefinition

NO_FUNCTION = "no function named"
KEPT_MAX = 4_000


@dataclass(frozen=True, slots=True)
class Moved:
    """Something that happened since the last stand-up: when (a date), in words, and where it is on record."""

    on: str
    what: str
    workflow: str
    evidence: str


@dataclass(frozen=True, slots=True)
class _Kept:
    """Lights, and the very objects that they were made of: while those are here nothing else can take their place."""

    of: tuple[WorkflowDefinition, tuple[Measurement, ...]]
    days: tuple[dt.date, dt.date]
    lights: tuple[KpiLight, ...]


# A portfolio is kept in memory, and little of it changes between two looks: a thousand KPIs take 60 ms anew.
_KEPT: dict[str, _Kept] = {}


def function_lights(portfolio: Portfolio, *, today: dt.date, since: dt.date) -> tuple[FunctionLight, ...]:
    """Every function, the worst first; `since` is the day of the last stand-up."""
    grouped: dict[str, list[Standing]] = defaultdict(list)
    for standing in portfolio.standings:
        grouped[standing.definition.initiative.function or NO_FUNCTION].append(standing)
    found = [_function(name, standings, today, since) for name, standings in grouped.items()]
    return tuple(sorted(found, key=lambda one: (WORST_FIRST.index(one.light), one.function.casefold())))


def moved(portfolio: Portfolio, functions: Sequence[FunctionLight], *, since: dt.date) -> tuple[Moved, ...]:
    """What moved, newest first: lights, stages, incidents, decisions of the council."""
    day = since.isoformat()
    each = [
        *(one for function in functions for kpi in function.kpis for one in _light_moved(kpi)),
        *(one for standing in portfolio.standings for one in _standing_moved(standing) if one.on >= day),
        *(
            Moved(one.at[:10], f"council: {one.question} {one.answer}", one.workflow or "", f"entry {one.entry}")
            for one in portfolio.decisions
            if one.at[:10] >= day
        ),
    ]
    return tuple(sorted(each, key=lambda one: one.on, reverse=True))


def conclusion(functions: Sequence[FunctionLight], actions: Sequence[Action], *, today: str) -> str:
    """The title of the page: how many functions are where, and how many actions are late."""
    if not functions:
        return "No workflow is defined yet"
    counts = [(light, sum(one.light is light for one in functions)) for light in WORST_FIRST]
    said = ", ".join(f"{n} {light}" for light, n in counts if n)
    late = sum(one.overdue(today) for one in actions)
    told = counted(len(functions), "function", "functions")
    return f"{told}: {said}" + (f"; {counted(late, 'action is', 'actions are')} overdue" if late else "")


def _function(name: str, standings: Sequence[Standing], today: dt.date, since: dt.date) -> FunctionLight:
    lights = tuple(
        sorted(
            (one for standing in standings for one in _lights(standing, today, since)),
            key=lambda one: (WORST_FIRST.index(one.light), one.workflow, one.kpi.name),
        )
    )
    without = tuple(one.definition.name for one in standings if not one.definition.initiative.kpis)
    return FunctionLight(name, worst([one.light for one in lights]), lights, tuple(_trouble(standings)), without)


def _lights(standing: Standing, today: dt.date, since: dt.date) -> tuple[KpiLight, ...]:
    """As they were made before, where the same objects are asked about on the same days."""
    name, of = standing.definition.name, (standing.definition, standing.measurements)
    kept = _KEPT.get(name)
    if kept is not None and kept.days == (today, since) and all(map(operator.is_, kept.of, of)):
        return kept.lights
    lights = tuple(_light(standing, kpi, today, since) for kpi in standing.definition.initiative.kpis)
    if len(_KEPT) >= KEPT_MAX:
        _KEPT.clear()
    _KEPT[name] = _Kept(of, (today, since), lights)
    return lights


def _light(standing: Standing, kpi: Kpi, today: dt.date, since: dt.date) -> KpiLight:
    name, measured = standing.definition.name, standing.measurements
    return replace(kpi_light(name, kpi, measured, today=today), was=kpi_light(name, kpi, measured, today=since).light)


def _trouble(standings: Sequence[Standing]) -> Iterator[str]:
    halted = sum(one.halted for one in standings)
    if halted:
        yield counted(halted, "workflow is halted", "workflows are halted")
    live = [incident for one in standings for incident in one.incidents if incident.closed_at is None]
    redlines = sum(one.redline for one in live)
    if live:
        yield counted(len(live), "incident is open", "incidents are open") + (redline_words(redlines, len(live)))


def redline_words(redlines: int, of: int) -> str:
    """How many of some incidents crossed a redline, as the end of their count; "" for none."""
    if not redlines or of == 1:
        return ", a redline" if redlines else ""
    return f", {redlines} of them {'a redline' if redlines == 1 else 'redlines'}"


def _light_moved(one: KpiLight) -> Iterator[Moved]:
    if one.was is not None and one.was is not one.light and one.measured:
        newest = one.measured[-1]
        yield Moved(
            newest.period_end, f"{one.kpi.name}: from '{one.was}' to '{one.light}'", one.workflow, newest.evidence
        )


def _standing_moved(standing: Standing) -> Iterator[Moved]:
    name = standing.definition.name
    for move in standing.moves:
        yield Moved(move.at[:10], f"went from {move.left} to {move.entered}", name, f"entry {move.entry}")
    for one in standing.incidents:
        yield Moved(one.opened_at[:10], f"incident: {one.title}", name, f"entry {one.entry}")
        if one.closed_at is not None:
            yield Moved(one.closed_at[:10], f"incident closed: {one.title}", name, f"entry {one.entry}")
