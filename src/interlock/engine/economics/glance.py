"""One workflow at a glance: value, error budget, automation, cost, and what is needed next."""

from dataclasses import dataclass

from interlock.engine.economics.alarms import Alarms, CostRegression, ScopePause, alarms
from interlock.engine.economics.spending import BucketSpent, UnitCost, by_bucket
from interlock.engine.economics.value import Gain, gain
from interlock.engine.oversight.estimate import rate
from interlock.terms.estimate import Estimate
from interlock.terms.evidence import Verdict
from interlock.terms.measured import PeriodRun, Severity
from interlock.terms.portfolio import Standing

SEVERITIES = tuple(Severity)
Needed = tuple[str, tuple[str | None, ...]]  # what to do next, and those of whom one does it


@dataclass(frozen=True, slots=True)
class Glance:
    """`wrong` of the newest period beside the error `budget` (None: none is planned); `automated` of its cases.

    `run` is that period, None where none was counted. `needed` is the one thing to do next, `needed_from` those of whom
    one does it: () where nothing is open, or nobody is named.
    """

    workflow: str
    gains: tuple[Gain, ...]
    run: PeriodRun | None
    wrong: Estimate
    budget: float | None
    automated: Estimate
    cost: UnitCost
    buckets: tuple[BucketSpent, ...]
    pause: ScopePause | None
    regression: CostRegression | None
    needed: str
    needed_from: tuple[str, ...]


def glance(standing: Standing, money: Alarms | None = None) -> Glance:
    """Everything from what is on record; nothing is guessed. `money`: its alarms, where they were looked at before."""
    definition, initiative = standing.definition, standing.definition.initiative
    run = max(standing.runs, key=lambda one: one.period_end, default=None)
    gains = tuple(gain(kpi, standing.measurements) for kpi in initiative.kpis)
    money = money or alarms(standing)
    needed, needed_from = _needed(standing, gains, money.pause, money.regression)
    return Glance(
        workflow=definition.name,
        gains=gains,
        run=run,
        wrong=rate(0, 0) if run is None else rate(run.wrong, run.labelled),
        budget=definition.budget.error if definition.budget_planned else None,
        automated=rate(0, 0) if run is None else rate(run.applied, run.cases),
        cost=money.cost,
        buckets=by_bucket(initiative.spending, standing.expenses),
        pause=money.pause,
        regression=money.regression,
        needed=needed,
        needed_from=tuple(name for name in needed_from if name),
    )


def _needed(
    standing: Standing, gains: tuple[Gain, ...], pause: ScopePause | None, regression: CostRegression | None
) -> Needed:
    """The most pressing first: what harms now, what acts without authority, what lacks an owner, what opens next."""
    live = [one for one in standing.incidents if one.closed_at is None]
    owners, rights = standing.definition.owners, standing.definition.rights
    if live:
        worst = max(live, key=lambda one: (one.redline, SEVERITIES.index(one.severity)))
        return f"close incident {worst.entry}: {worst.title} ({worst.owner})", (worst.owner,)
    if standing.live_by_drift:
        return "stop its cases, or judge and promote it: it is live without a grant", rights.promote
    if not owners.named:
        lacking = "value" if not owners.value else "safety"
        return f"name its {lacking} owner: it can only be simulated", (standing.proposed_by,)
    return _needed_of_money(gains, pause, regression, owners.value) or _next_of_gates(standing)


def _needed_of_money(
    gains: tuple[Gain, ...], pause: ScopePause | None, regression: CostRegression | None, owner: str | None
) -> Needed | None:
    """What its value owner does next, None where money and KPIs leave nothing open."""
    if regression is not None:
        most = f"at most {regression.ceiling_usd:,.2f} was agreed"
        return f"a success costs {regression.cost_usd:,.2f} USD, {most}", (owner,)
    if pause is not None:
        return f"pause its scope: spend rises and '{pause.kpi}' does not move", (owner,)
    if not gains:
        return "name the KPI that it is to move (`kpis` in its definition)", (owner,)
    unknown = next((one for one in gains if one.kpi.baseline is None), None)
    if unknown is not None:
        return f"measure the baseline of '{unknown.kpi.name}'", (owner,)
    if all(one.newest is None for one in gains):
        return f"measure '{gains[0].kpi.name}' (`interlock measure kpi`)", (owner,)
    return None


def _next_of_gates(standing: Standing) -> Needed:
    owners = standing.definition.owners
    builder = (owners.delivery or owners.value,)
    own = [verdict for verdict in (standing.gates or {}).values() if verdict.release == standing.release]
    for verdict in own:
        for finding in verdict.findings if verdict.verdict is not Verdict.PASSED else ():
            if finding.verdict not in {Verdict.PASSED, Verdict.NOT_APPLICABLE} and not finding.waived:
                return finding.next_step or finding.reason, builder
    if not own:
        return "judge its gates for the release in force", builder
    return "nothing is open", ()
