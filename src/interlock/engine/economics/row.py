"""One workflow as a row of the portfolio: the same for the command, the page, its files and the API."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from interlock.engine.council.retired import retired
from interlock.engine.economics.glance import Glance, glance
from interlock.terms.council import CouncilDecision
from interlock.terms.estimate import Estimate
from interlock.terms.grant import AutonomyLevel
from interlock.terms.initiative import Risk
from interlock.terms.portfolio import Portfolio, Standing

RISKS = tuple(Risk)
RESUME = "find out why it was stopped, then let it work again"


class Status(StrEnum):
    """How a workflow stands, what presses most first."""

    STOPPED = "stopped"
    DRIFTING = "live without a grant"
    INCIDENT = "incident open"
    MAY_ACT = "may act"
    WATCHES = "only watches"


@dataclass(frozen=True, slots=True)
class Row:
    """Where it stands, and its figures at a glance."""

    standing: Standing
    seen: Glance

    @property
    def name(self) -> str:
        """The name of the workflow."""
        return self.standing.definition.name

    @property
    def status(self) -> Status:
        """The most pressing that is true of it."""
        one = self.standing
        if one.halted:
            return Status.STOPPED
        if one.live_by_drift:
            return Status.DRIFTING
        if any(incident.closed_at is None for incident in one.incidents):
            return Status.INCIDENT
        return Status.MAY_ACT if self.may_act else Status.WATCHES

    @property
    def may_act(self) -> bool:
        """Whether a grant allows it more than to watch, and nothing stops it as a whole."""
        return self.standing.level is not AutonomyLevel.SHADOW and not self.standing.halted

    @property
    def risk(self) -> Risk | None:
        """The harm of its most harmful step; None where no step says."""
        told = [step.harm for step in self.standing.definition.steps if step.harm is not None]
        return max(told, key=RISKS.index, default=None)

    @property
    def budget_left(self) -> Estimate:
        """The part of the error budget that the newest period left, 1 for all of it, under 0 where it is exceeded."""
        wrong, budget = self.seen.wrong, self.seen.budget
        if wrong.value is None or wrong.low is None or wrong.high is None or not budget:
            return Estimate(None, None, None, 0, wrong.method)
        value, low, high = (1 - share / budget for share in (wrong.value, wrong.high, wrong.low))
        return Estimate(value, low, high, wrong.n, wrong.method)

    @property
    def certificate(self) -> str | None:
        """The first evidence of its grant (a digest), None without a grant."""
        grant = self.standing.grant
        return grant.evidence[0] if grant is not None and grant.evidence else None


def rows(portfolio: Portfolio, glances: Mapping[str, Glance] | None = None) -> tuple[Row, ...]:
    """A row for each workflow, by name. `glances`: where they are known, by name."""
    known = glances or {}
    stopped = retired(portfolio)
    return tuple(
        row_of(one, known.get(one.definition.name) or glance(one), stopped.get(one.definition.name))
        for one in portfolio.standings
    )


def row_of(standing: Standing, seen: Glance, stopped: CouncilDecision | None) -> Row:
    """One row. What a kill switch or the council stopped needs no more evidence next; an open incident comes first.

    `stopped` is the council's decision to stop the initiative, None without one.
    """
    if any(one.closed_at is None for one in standing.incidents):
        return Row(standing, seen)
    if standing.halted:
        seen = replace(seen, needed=RESUME, needed_from=standing.definition.rights.resume)
    elif stopped is not None and not standing.live_by_drift:
        seen = replace(seen, needed=f"nothing: {stopped.by} stopped it on {stopped.at[:10]}", needed_from=())
    return Row(standing, seen)


def row_content(row: Row) -> dict[str, Any]:
    """The row for programs."""
    one = row.standing
    return {
        "workflow": row.name,
        "stage": one.stage,
        "level": one.level,
        "status": row.status,
        "release": one.release,
        "function": one.definition.initiative.function,
        "risk": row.risk,
        "owners": one.definition.owners,
        "halted": one.halted,
        "live_by_drift": one.live_by_drift,
        "without_stage": one.is_without_stage,
        "open_reviews": one.open_reviews,
        "late_reviews": one.late_reviews,
        "budget_left": row.budget_left,
        "certificate": row.certificate,
        "figures": row.seen,
    }


def portfolio_content(portfolio: Portfolio, found: tuple[Row, ...]) -> dict[str, Any]:
    """Rows of a portfolio for programs."""
    told = [row_content(row) for row in found]
    return {"as_of": portfolio.as_of, "authored_sample": portfolio.authored_sample, "workflows": told}
