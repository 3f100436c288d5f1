"""Workflows that spent more than their own budget, which the sum over all of them hides."""

from collections.abc import Sequence

from interlock.engine.economics.alarms import overruns
from interlock.engine.reporting.figures import counted, figure
from interlock.terms.briefing import Grid
from interlock.terms.portfolio import Portfolio, Standing


def overspent(portfolio: Portfolio) -> Grid:
    """Each bucket whose newest period is over the budget of as many days, by how much, the most first."""
    found = [
        (standing, over)
        for standing in portfolio.standings
        for over in overruns(standing.definition.initiative, standing.expenses)
    ]
    found.sort(key=lambda each: each[1].budget_usd - each[1].spent_usd)
    rows = tuple(
        (
            standing.definition.name,
            str(over.bucket),
            over.period_end,
            figure(f"{over.bucket} spent", over.spent_usd, "USD", evidence=over.evidence),
            figure(f"{over.bucket} budget", over.budget_usd, "USD", evidence=(standing.release,)),
        )
        for standing, over in found
    )
    header = ("Workflow", "Bucket", "Period to", "Spent", "Budget of as many days")
    return Grid("Workflows over their own budget", header, rows, "no workflow is over its own")


def over_their_own(standings: Sequence[Standing]) -> str:
    """How many are, as the end of a title; "" for none."""
    n = sum(bool(overruns(each.definition.initiative, each.expenses)) for each in standings)
    return f"; {counted(n, 'workflow is over its', 'workflows are over their')} own" if n else ""
