"""The monthly executive update: what to decide first, then ten areas, each concluded in its title."""

from collections.abc import Iterator, Sequence

from interlock.engine.reporting import risk_and_people as people
from interlock.engine.reporting import value_and_money as money
from interlock.engine.reporting.figures import NOBODY
from interlock.engine.reporting.measures import window
from interlock.terms.briefing import Briefing, Figure, Passage, Unknown
from interlock.terms.council import AgendaItem
from interlock.terms.portfolio import Portfolio, Standing

DAYS = 31


def monthly_update(portfolio: Portfolio, agenda: Sequence[AgendaItem]) -> Briefing:
    """Where everything stands for those who decide. `agenda`: what needs deciding, most pressing first."""
    within = window(portfolio.as_of, DAYS)
    first = people.decisions(agenda)
    passages = (
        first,
        people.next_up(portfolio, agenda),
        money.by_stage(portfolio),
        money.value(portfolio),
        money.progress(portfolio, within),
        people.risks(portfolio),
        people.incidents(portfolio, within),
        money.resourcing(portfolio, within),
        money.readiness(portfolio),
        people.alignment(portfolio),
    )
    subject = portfolio.organisation.name if portfolio.organisation else "all workflows"
    return Briefing(
        kind="monthly update",
        title=first.title,
        subject=f"{subject}, {within.start} to {within.end}",
        as_of=portfolio.as_of,
        summary=tuple(f"{passage.part}: {passage.title}." for passage in passages if passage.part in SUMMED),
        passages=passages,
        unknown=tuple(_unknown(portfolio, passages)),
        authored_sample=portfolio.authored_sample,
    )


SUMMED = ("Portfolio by stage", "Value", "Risks", "Incidents", "Resourcing")


def _unknown(portfolio: Portfolio, passages: Sequence[Passage]) -> Iterator[Unknown]:
    """Every figure that is not known, and what each definition leaves open, with who is to find out."""
    for passage in passages:
        for grid in passage.grids:
            for row in grid.rows:
                for cell in row:
                    if isinstance(cell, Figure) and cell.value is None:
                        yield Unknown(f"{passage.part}: {row[0]}: {cell.label}", cell.owner or NOBODY)
    for standing in portfolio.standings:
        yield from _open(standing)


def _open(standing: Standing) -> Iterator[Unknown]:
    name, owners = standing.definition.name, standing.definition.owners
    for role, person in (("value", owners.value), ("safety", owners.safety), ("delivery", owners.delivery)):
        if not person:
            yield Unknown(f"{name}: who is its {role} owner", owners.value or owners.safety or NOBODY)
    if not standing.definition.initiative.kpis:
        yield Unknown(f"{name}: which KPI it is to move", owners.value or NOBODY)
