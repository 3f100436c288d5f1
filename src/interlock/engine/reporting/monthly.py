"""The monthly executive update: what to decide first, then ten areas in six parts, each concluded in its title."""

from collections.abc import Sequence
from dataclasses import replace

from interlock.engine.reporting import risk_and_people as people
from interlock.engine.reporting import value_and_money as money
from interlock.engine.reporting.figures import counted
from interlock.engine.reporting.measures import Window, window
from interlock.engine.reporting.readiness import open_gates, readiness
from interlock.engine.reporting.unknowns import left_open, unknown_in
from interlock.engine.reporting.way import way_in_short
from interlock.terms.briefing import APPENDIX, Briefing, Passage
from interlock.terms.council import AgendaItem
from interlock.terms.portfolio import Portfolio

DAYS = 31
SIX_PARTS = ("Decide", "Do next", "Where it stands", "What it brings", "What can go wrong", "What it takes")


def monthly_update(portfolio: Portfolio, agenda: Sequence[AgendaItem]) -> Briefing:
    """Where everything stands for those who decide. `agenda`: what needs deciding, most pressing first."""
    within = window(portfolio.as_of, DAYS)
    areas = _areas(portfolio, agenda, within)
    passages = tuple(
        replace(passage, chapter=part) for part, told in zip(SIX_PARTS, areas, strict=True) for passage in told
    )
    behind = (people.other_decisions(agenda), open_gates(portfolio))
    passages += tuple(replace(passage, chapter=APPENDIX) for passage in behind if passage is not None)
    subject = portfolio.organisation.name if portfolio.organisation else "all workflows"
    return Briefing(
        kind="monthly update",
        title=f"Decide first: {agenda[0].question}" if agenda else people.NOTHING,
        subject=f"{subject}, {within.start} to {within.end}",
        as_of=portfolio.as_of,
        summary=tuple(
            f"{part}: {'. '.join(_short(passage) for passage in told)}."
            for part, told in zip(SIX_PARTS, areas, strict=True)
        ),
        passages=passages,
        unknown=(*unknown_in(passages), *(each for standing in portfolio.standings for each in left_open(standing))),
        authored_sample=portfolio.authored_sample,
        front=2,  # decisions and priorities
    )


def _areas(portfolio: Portfolio, agenda: Sequence[AgendaItem], within: Window) -> tuple[tuple[Passage, ...], ...]:
    """The ten areas by part."""
    return (
        (people.decisions(agenda),),
        (people.next_up(portfolio, agenda),),
        (replace(money.by_stage(portfolio), lines=(way_in_short(portfolio),)), readiness(portfolio)),
        (money.value(portfolio), money.progress(portfolio, within)),
        (people.risks(portfolio), people.incidents(portfolio, within)),
        (money.resourcing(portfolio, within), people.alignment(portfolio)),
    )


def _short(passage: Passage) -> str:
    """The conclusion of an area; of the priorities, which stand on the same page, how many there are."""
    if passage.part == "Next priorities":
        if not passage.grids[0].rows:
            return passage.title
        n = counted(len(passage.grids[0].rows), "priority", "priorities")
        return f"{n}, each with its owner and date"
    return passage.title
