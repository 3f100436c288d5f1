"""What money says is carried out without a person: authority ends where spend rises and no KPI moves."""

from dataclasses import dataclass

from interlock.engine.economics.alarms import CostRegression, ScopePause, cost_regression, scope_pause
from interlock.engine.economics.spending import cost_per_success
from interlock.engine.timestamp import stamp
from interlock.flows.measure.incident import Report, open_in
from interlock.flows.portfolio.read import read_portfolio
from interlock.flows.rollout.demote import RUN_TIME, demote_in
from interlock.ports.clock import Clock
from interlock.ports.store import Store, Transaction
from interlock.terms.measured import Severity
from interlock.terms.person import Person
from interlock.terms.portfolio import Standing

COST_TITLE = "a success costs more than was agreed"


@dataclass(frozen=True, slots=True)
class Enforced:
    """What was done to a workflow, and why."""

    workflow: str
    done: str
    reason: str


def enforce_money(store: Store, *, clock: Clock) -> tuple[Enforced, ...]:
    """Demote where the scope pauses, and open an incident where a success costs more than its ceiling.

    What was done before is not done again: a grant ends once, and an incident of a cost is opened while none is open.
    """
    with store.reading() as reading:
        standings = read_portfolio(reading, clock()).standings
    # Nobody waits for a lock while a thousand workflows are read; where there is something to do it is looked at again.
    if not any(_pause(one) or _regression(one) for one in standings):
        return ()
    with store.transaction() as tx:
        now = clock()
        at = stamp(now)
        standings = read_portfolio(tx, now).standings
        paused = [done for one in standings if (done := _paused(tx, one, at)) is not None]
        opened = [done for one in standings if (done := _cost(tx, one, at)) is not None]
    return (*paused, *opened)


def _pause(standing: Standing) -> ScopePause | None:
    """Where there is authority to end."""
    if standing.grant is None:
        return None
    return scope_pause(standing.definition.initiative, standing.measurements, standing.expenses)


def _regression(standing: Standing) -> CostRegression | None:
    """Where no incident of it is open."""
    if any(one.closed_at is None and one.title == COST_TITLE for one in standing.incidents):
        return None
    return cost_regression(standing.definition.initiative, cost_per_success(standing.expenses, standing.runs))


def _paused(tx: Transaction, standing: Standing, at: str) -> Enforced | None:
    pause = _pause(standing)
    if pause is None:
        return None
    name = standing.definition.name
    reason = (
        f"spend rose from {pause.spent_before_usd:,.0f} to {pause.spent_usd:,.0f} USD, and '{pause.kpi}' went from "
        f"{pause.before:g} to {pause.after:g}"
    )
    facts = {"rule": "scope pause", "evidence": pause.evidence}
    demote_in(tx, name, release=standing.release, by=RUN_TIME, reason=reason, facts=facts, at=at)
    return Enforced(name, "its grant was ended", reason)


def _cost(tx: Transaction, standing: Standing, at: str) -> Enforced | None:
    regression = _regression(standing)
    if regression is None:
        return None
    name, owners = standing.definition.name, standing.definition.owners
    reason = f"{regression.cost_usd:,.2f} USD, at most {regression.ceiling_usd:,.2f} was agreed"
    report = Report(COST_TITLE, Severity.MEDIUM, owners.value or owners.safety or standing.proposed_by)
    entry = open_in(tx, name, report, release=standing.release, by=Person(RUN_TIME), at=at).entry
    return Enforced(name, f"incident {entry} was opened", reason)
