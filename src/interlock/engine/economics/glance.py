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


@dataclass(frozen=True, slots=True)
class Glance:
    """`wrong` of the newest period beside the error `budget` (None: none is planned); `automated` of its cases.

    `run` is that period, None where none was counted. `needed` is the one thing to do next.
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


def glance(standing: Standing, money: Alarms | None = None) -> Glance:
    """Everything from what is on record; nothing is guessed. `money`: its alarms, where they were looked at before."""
    definition, initiative = standing.definition, standing.definition.initiative
    run = max(standing.runs, key=lambda one: one.period_end, default=None)
    gains = tuple(gain(kpi, standing.measurements) for kpi in initiative.kpis)
    money = money or alarms(standing)
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
        needed=_needed(standing, gains, money.pause, money.regression),
    )


def _needed(
    standing: Standing, gains: tuple[Gain, ...], pause: ScopePause | None, regression: CostRegression | None
) -> str:
    """The most pressing first: what harms now, what acts without authority, what lacks an owner, what opens next."""
    live = [one for one in standing.incidents if one.closed_at is None]
    owners = standing.definition.owners
    if live:
        worst = max(live, key=lambda one: (one.redline, SEVERITIES.index(one.severity)))
        return f"close incident {worst.entry}: {worst.title} ({worst.owner})"
    if standing.live_by_drift:
        return "stop its cases, or judge and promote it: it is live without a grant"
    if not owners.named:
        return f"name its {'value' if not owners.value else 'safety'} owner: it can only be simulated"
    if regression is not None:
        return f"a success costs {regression.cost_usd:,.2f} USD, at most {regression.ceiling_usd:,.2f} was agreed"
    if pause is not None:
        return f"pause its scope: spend rises and '{pause.kpi}' does not move"
    if not gains:
        return "name the KPI that it is to move (`kpis` in its definition)"
    unknown = next((one for one in gains if one.kpi.baseline is None), None)
    if unknown is not None:
        return f"measure the baseline of '{unknown.kpi.name}'"
    if all(one.newest is None for one in gains):
        return f"measure '{gains[0].kpi.name}' (`interlock measure kpi`)"
    return _next_of_gates(standing)


def _next_of_gates(standing: Standing) -> str:
    for verdict in (standing.gates or {}).values():
        if verdict.release == standing.release and verdict.verdict is not Verdict.PASSED:
            for finding in verdict.findings:
                if finding.verdict not in {Verdict.PASSED, Verdict.NOT_APPLICABLE} and not finding.waived:
                    return finding.next_step or finding.reason
    if not any(verdict.release == standing.release for verdict in (standing.gates or {}).values()):
        return "judge its gates for the release in force"
    return "nothing is open"
