"""Where the organisation stands on its way of twelve months: from its records, never from what it says."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from interlock.engine.council.ownership import ownership_faults
from interlock.engine.economics.value import gain
from interlock.engine.timestamp import moment
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.stage import RolloutStage

DRILLED_DAYS = 90
OPEN_INCIDENT_DAYS = 7


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to have done: `done` of `of`, and what is on record for it."""

    name: str
    done: int
    of: int
    evidence: tuple[str, ...] = ()

    @property
    def is_done(self) -> bool:
        """All of it; none of nothing is not done."""
        return 0 < self.of <= self.done


@dataclass(frozen=True, slots=True)
class Phase:
    """Days `from_day` to `to_day` since the first record, and what is to be true at their end."""

    name: str
    from_day: int
    to_day: int
    steps: tuple[Step, ...]

    @property
    def is_done(self) -> bool:
        """Whether every step is."""
        return all(step.is_done for step in self.steps)


@dataclass(frozen=True, slots=True)
class Position:
    """`day` since the first record, None without any; `planned` is the phase of that day.

    `stands` is the first phase that is not done, None where all are.
    """

    day: int | None
    phases: tuple[Phase, ...]
    planned: Phase | None
    stands: Phase | None

    @property
    def is_behind(self) -> bool:
        """Whether by the day it should be further."""
        if self.planned is None or self.stands is None:
            return False
        return self.stands.to_day < (self.day or 0)


def position(portfolio: Portfolio) -> Position:
    """0-30, 30-90 days, 3-6 and 6-12 months; the day counts from the first release on record."""
    now = moment(portfolio.as_of)
    first = min(map(begun, portfolio.standings), default=None)
    day = None if first is None else (now - moment(first)).days
    phases = (
        Phase("the model is put in place", 0, 30, _in_place(portfolio)),
        Phase("a first version is live", 30, 90, _first_live(portfolio, now)),
        Phase("it is the default way of working", 90, 180, _default(portfolio, now)),
        Phase("it is embedded", 180, 365, _embedded(portfolio, now)),
    )
    return standing_at(day, phases)


def standing_at(day: int | None, phases: tuple[Phase, ...]) -> Position:
    """The phase of that day, and the first one that is open."""
    planned = None if day is None else next((one for one in phases if day < one.to_day), phases[-1])
    return Position(day, phases, planned, next((one for one in phases if not one.is_done), None))


def begun(standing: Standing) -> str:
    """When it is first on record: a new release begins no new way."""
    counted = (f"{one.period_start}T00:00:00.000000Z" for one in standing.runs if one.cases)
    return min((standing.defined_at, *(one.at for one in standing.moves[:1]), *counted))


def _each(
    name: str, standings: Iterable[Standing], holds: Callable[[Standing], bool], behind: Callable[[Standing], str]
) -> Step:
    """Of all of them."""
    every = tuple(standings)
    held = [one for one in every if holds(one)]
    return Step(name, len(held), len(every), tuple(behind(one) for one in held))


def _one(
    name: str, standings: Iterable[Standing], holds: Callable[[Standing], bool], behind: Callable[[Standing], str]
) -> Step:
    """One is enough: the others are not looked at."""
    held = next((one for one in standings if holds(one)), None)
    return Step(name, int(held is not None), 1, () if held is None else (behind(held),))


def _release(standing: Standing) -> str:
    return standing.release


def _in_place(portfolio: Portfolio) -> tuple[Step, ...]:
    organisation, every = portfolio.organisation, portfolio.standings
    known = organisation.responsibilities if organisation else ()
    faults = {fault.subject for fault in ownership_faults(portfolio)}
    owned = sum(one.id not in faults for one in known)
    entry = (f"entry {organisation.entry}",) if organisation else ()
    return (
        Step("each responsibility has one owner", owned, len(known) or 1, entry),
        Step("a council is named", int(bool(organisation and organisation.council)), 1, entry),
        _each(
            "each initiative has a value and a safety owner", every, lambda one: one.definition.owners.named, _release
        ),
        _each("each initiative has a KPI with its baseline", every, has_baseline, _release),
    )


def has_baseline(standing: Standing) -> bool:
    """Whether every KPI of its definition has one."""
    kpis = standing.definition.initiative.kpis
    return bool(kpis) and all(one.baseline is not None for one in kpis)


def _first_live(portfolio: Portfolio, now: dt.datetime) -> tuple[Step, ...]:
    every = portfolio.standings
    return (
        _one("one initiative left exploration by a decision", every, lambda one: bool(one.moves), newest_move),
        _one("one holds authority that has not ended", every, lambda one: is_live(one, now), _release),
        _one("one kill switch was drilled", every, lambda one: one.drilled_at is not None, _release),
        _one(
            "one KPI was measured", every, lambda one: bool(one.measurements), lambda one: one.measurements[-1].evidence
        ),
        Step("the council decided something", min(1, len(portfolio.decisions)), 1, _decided(portfolio, 1)),
    )


def _default(portfolio: Portfolio, now: dt.datetime) -> tuple[Step, ...]:
    every = portfolio.standings
    cadence = portfolio.organisation.meets_every_days if portfolio.organisation else 7
    recent = [one for one in portfolio.decisions if (now - moment(one.at)).days <= 4 * cadence]
    at_work = [one for one in every if one.moves or one.grant]
    return (
        _each("the gates of each were judged for its release in force", every, _is_judged, _release),
        _each("none is live without a grant", every, lambda one: not one.live_by_drift, _release),
        _each("each that is at work was moved to its stage", at_work, lambda one: bool(one.moves), newest_move),
        Step("the council decided within its last four meetings", min(1, len(recent)), 1, _decided(portfolio, 1)),
    )


def _embedded(portfolio: Portfolio, now: dt.datetime) -> tuple[Step, ...]:
    every = portfolio.standings
    live = [one for one in every if is_live(one, now)]
    return (
        _one("one is in operation", every, lambda one: one.stage is RolloutStage.OPERATION, newest_move),
        _one("one KPI moved by more than its interval", every, lambda one: bool(moved(one)), moved),
        _each("each live one was drilled in the last 90 days", live, lambda one: is_drilled(one, now), _release),
        _each("none has an incident open for a week", every, lambda one: not _is_late(one, now), _release),
    )


def newest_move(standing: Standing) -> str:
    """Where its newest move is on record; its release before the first."""
    return f"entry {standing.moves[-1].entry}" if standing.moves else standing.release


def is_live(standing: Standing, now: dt.datetime) -> bool:
    """Whether it holds authority that has not ended."""
    return standing.grant is not None and now < moment(standing.grant.expires_at)


def _is_judged(standing: Standing) -> bool:
    return any(one.release == standing.release for one in (standing.gates or {}).values())


def moved(standing: Standing) -> str:
    """The evidence of a gain whose interval is above nothing; "" where there is none."""
    gains = (gain(kpi, standing.measurements) for kpi in standing.definition.initiative.kpis)
    return next((one.evidence[0] for one in gains if one.low is not None and one.low > 0), "")


def is_drilled(standing: Standing, now: dt.datetime) -> bool:
    """Whether its kill switch was drilled in the last 90 days."""
    return standing.drilled_at is not None and (now - moment(standing.drilled_at)).days <= DRILLED_DAYS


def _is_late(standing: Standing, now: dt.datetime) -> bool:
    late = dt.timedelta(days=OPEN_INCIDENT_DAYS)
    return any(one.closed_at is None and now - moment(one.opened_at) >= late for one in standing.incidents)


def _decided(portfolio: Portfolio, newest: int) -> tuple[str, ...]:
    return tuple(f"entry {one.entry}" for one in portfolio.decisions[-newest:])
