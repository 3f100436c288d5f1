"""The way of twelve months in documents: which steps are on record, which are open, and whether that is late."""

from interlock.engine.council.position import Phase, Position, position
from interlock.engine.reporting.figures import NONE
from interlock.terms.briefing import Figure, Grid, Passage
from interlock.terms.portfolio import Portfolio
from interlock.terms.story import Tone


def way(portfolio: Portfolio) -> Passage:
    """Days 0 to 30 and 30 to 90, months 3 to 6 and 6 to 12, each with its steps done and open."""
    found = position(portfolio)
    rows = tuple(
        (f"{phase.from_day} to {phase.to_day}", phase.name, _done(phase), _still_open(phase)) for phase in found.phases
    )
    header = ("Days since the first release", "What is to be true", "Steps done", "Still open")
    grid = Grid("The way of twelve months, from what is on record", header, rows)
    tone = Tone.PASSED if found.stands is None else Tone.FAILED if found.is_behind else Tone.NEUTRAL
    return Passage(position_words(found), grids=(grid,), tone=tone, part="Way")


def position_words(found: Position) -> str:
    """Which day it is, and what is open first."""
    if found.day is None:
        return "Nothing is on record yet"
    if found.stands is None:
        return f"Day {found.day}: every step is on record"
    behind = f", due by day {found.stands.to_day}" if found.is_behind else ""
    return f'Day {found.day}: what is open first is "{found.stands.name}"{behind}'


def way_in_short(portfolio: Portfolio) -> str:
    """The same in one sentence, with the count of each phase."""
    found = position(portfolio)
    counts = "; ".join(f"days {one.from_day} to {one.to_day}: {_done(one).shown}" for one in found.phases)
    return f"{position_words(found)}. Steps on record, {counts}."


def _done(phase: Phase) -> Figure:
    done = sum(step.is_done for step in phase.steps)
    seen = tuple(dict.fromkeys(evidence for step in phase.steps for evidence in step.evidence))
    return Figure(
        f"steps done, days {phase.from_day} to {phase.to_day}", f"{done} of {len(phase.steps)}", done, evidence=seen
    )


def _still_open(phase: Phase) -> str:
    left = (f"– {step.name}: {step.done} of {step.of}" for step in phase.steps if not step.is_done)
    return "\n".join(left) or NONE
