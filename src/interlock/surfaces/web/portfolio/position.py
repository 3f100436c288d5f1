"""How far the organisation is: its phases with their steps, and each initiative on its own 90 days."""

from dataclasses import dataclass
from functools import cached_property

from interlock.engine.council.initiative_plan import initiative_position
from interlock.engine.council.position import Phase, Position
from interlock.surfaces.web.cells import Link, Status
from interlock.surfaces.web.portfolio.cells import dossier_address
from interlock.surfaces.web.states import FAILED, INCONCLUSIVE, PASSED, State, said
from interlock.surfaces.web.tables import Column, Table
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.words import count, plural

DONE, OPEN, LATE = said(PASSED, "Done"), said(INCONCLUSIVE, "Open"), said(FAILED, "Late")
ON_TIME, STOPPED = said(PASSED, "In time"), said(FAILED, "Stopped")


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step: its state and, where it is counted, how many of how many."""

    name: str
    state: State
    counted: str


@dataclass(frozen=True, slots=True)
class PhaseShown:
    """One phase with the days in which its steps are to be true."""

    heading: str
    done: str
    steps: tuple[StepShown, ...]


def own_title(portfolio: Portfolio) -> str:
    """The conclusion for somebody who sees a part of the portfolio: how many of these are where their day says."""
    late = sum(initiative_position(portfolio, one).is_behind for one in portfolio.standings)
    return f"{count(late)} of {plural(len(portfolio.standings), 'initiative')} {'is' if late == 1 else 'are'} late"


def whole_title(found: Position) -> str:
    """The conclusion for somebody who sees all: how many steps of the organisation are done by this day, and late."""
    if found.day is None:
        return "Nothing is on record yet"
    steps = [step for phase in found.phases for step in phase.steps]
    done = sum(step.is_done for step in steps)
    late = sum(not step.is_done for phase in found.phases for step in phase.steps if _is_late(phase, found))
    told = f"Day {count(found.day)}: {count(done)} of {plural(len(steps), 'step')} {'is' if done == 1 else 'are'} done"
    return f"{told}, {count(late) if late else 'none'} late"


def phases(found: Position) -> tuple[PhaseShown, ...]:
    """Each phase with its steps; what is open past its day is late."""
    return tuple(_phase(one, found) for one in found.phases)


def _phase(one: Phase, found: Position) -> PhaseShown:
    is_late = _is_late(one, found)
    done = sum(step.is_done for step in one.steps)
    steps = tuple(
        StepShown(
            step.name,
            DONE if step.is_done else LATE if is_late else OPEN,
            f"{step.done} of {step.of}" if step.of > 1 else "",
        )
        for step in one.steps
    )
    return PhaseShown(f"Days {one.from_day} to {one.to_day}: {one.name}", f"{done} of {len(one.steps)} done", steps)


def _is_late(one: Phase, found: Position) -> bool:
    return found.day is not None and found.planned is not None and found.day > one.to_day


def state_of(found: Position) -> State:
    """Whether it is where its day says, behind, or stopped."""
    if found.day is not None and found.planned is None:
        return STOPPED
    return LATE if found.is_behind else ON_TIME


def open_first(found: Position) -> str:
    """The first step that is not done, in words; nothing is due of an initiative that was stopped."""
    if state_of(found) is STOPPED:
        return "nothing is due"
    if found.stands is None:
        return "every step is on record"
    open_ = [step.name for step in found.stands.steps if not step.is_done]
    more = f", and {plural(len(open_) - 1, 'step')} more" if len(open_) > 1 else ""
    return f"by day {found.stands.to_day}: {open_[0]}{more}"


@dataclass(frozen=True)
class Own:
    """One initiative; where it is on its own way is found out only where it is shown."""

    portfolio: Portfolio
    standing: Standing

    @cached_property
    def found(self) -> Position:
        """Its position."""
        return initiative_position(self.portfolio, self.standing)


def initiatives(portfolio: Portfolio) -> tuple[Own, ...]:
    """All of a portfolio, by name."""
    return tuple(Own(portfolio, one) for one in portfolio.standings)


def _name(one: Own) -> str:
    return one.standing.definition.name


INITIATIVES: Table[Own] = Table(
    "/portfolio/position",
    "Each initiative on its own 90 days",
    (
        Column("workflow", "Workflow", _name, lambda one: Link(_name(one), dossier_address(_name(one)))),
        Column(
            "state", "State", lambda one: state_of(one.found).word, lambda one: Status(state_of(one.found)),
            sortable=False,
        ),
        Column("day", "Day", lambda one: one.found.day, numeric=True, sortable=False),
        Column("next", "What is to be true first", lambda one: open_first(one.found), sortable=False),
    ),
    "A workflow that is defined begins its 90 days here.",
)  # fmt: skip
