"""Areas of an executive update about worth: value against baseline and target, progress, money, readiness."""

from interlock.engine.economics.value import gain
from interlock.engine.reporting.figures import NOBODY, figure
from interlock.engine.reporting.measures import Window, error_rate, kpi_now, kpi_state, money, unit_cost, value_owner
from interlock.engine.reporting.unknowns import told
from interlock.terms.briefing import Cell, Figure, Grid, Passage
from interlock.terms.evidence import Verdict
from interlock.terms.initiative import Kpi
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.stage import RolloutStage
from interlock.terms.story import Tone


def by_stage(portfolio: Portfolio) -> Passage:
    """Area 1: the portfolio by stage."""
    rows = []
    for stage in RolloutStage:
        there = [s for s in portfolio.standings if s.stage is stage]
        seen = tuple(s.release for s in there)
        names = ", ".join(s.definition.name for s in there) or "none"
        rows.append((str(stage), figure(f"in {stage}", len(there), evidence=seen), names))
    granted = sum(s.grant is not None for s in portfolio.standings)
    title = f"{granted} of {len(portfolio.standings)} workflows hold authority"
    header = ("Stage", "Workflows", "Which")
    empty = "`interlock apply -f` a definition fills this table"
    return Passage(title, grids=(Grid("Portfolio by stage", header, tuple(rows), empty),), part="Portfolio by stage")


def value(portfolio: Portfolio) -> Passage:
    """Area 2: value with baseline and target."""
    every = [(standing, kpi) for standing in portfolio.standings for kpi in standing.definition.initiative.kpis]
    rows = tuple((standing.definition.name, *kpi_row(standing, kpi)) for standing, kpi in every)
    proved = sum(kpi_state(gain(kpi, standing.measurements))[1] is Tone.PASSED for standing, kpi in every)
    header = ("Workflow", *KPI_HEADER)
    title = f"{proved} of {len(rows)} KPIs have moved or reached their target"
    title += "" if proved == len(rows) else "; for the others it is not proved"
    tone = Tone.PASSED if rows and proved == len(rows) else Tone.INCONCLUSIVE
    grid = Grid("Value against baseline and target", header, rows, "a KPI in a definition fills this table")
    return Passage(title, grids=(grid,), tone=tone, part="Value")


KPI_HEADER = ("KPI", "Baseline", "Now", "Target", "By", "State")


def kpi_row(standing: Standing, kpi: Kpi) -> tuple[Cell, ...]:
    """One KPI under KPI_HEADER."""
    found, owner, seen = gain(kpi, standing.measurements), value_owner(standing), (standing.release,)
    return (
        kpi.name,
        figure(f"{kpi.name} baseline", kpi.baseline, kpi.unit, evidence=seen, owner=owner),
        kpi_now(standing, found),
        figure(f"{kpi.name} target", kpi.target, kpi.unit, evidence=seen, owner=owner),
        told(f"{kpi.name} date", kpi.target_date, owner),
        kpi_state(found)[0],
    )


def progress(portfolio: Portfolio, within: Window) -> Passage:
    """Area 3: what moved, and how each live workflow does."""
    moves = sorted((m for s in portfolio.standings for m in s.moves if within.holds(m.at)), key=lambda m: m.at)
    lines = tuple(
        f"{m.at[:10]}: {m.workflow} went from {m.left} to {m.entered} ({m.by}; entry {m.entry})" for m in moves
    )
    live = [s for s in portfolio.standings if s.runs]
    rows = tuple(
        (s.definition.name, error_rate(s, within), unit_cost(s, within), "halted" if s.halted else "running")
        for s in live
    )
    header = ("Workflow", "Error rate", "Cost per success", "State")
    title = f"{len(moves)} workflows changed stage since {within.start}"
    grid = Grid("Error rate and unit cost", header, rows, "`interlock measure period` fills this table")
    return Passage(title, lines, grids=(grid,), part="Progress")


def resourcing(portfolio: Portfolio, within: Window) -> Passage:
    """Area 6: money by bucket against its budget, and the queue that people work off."""
    spent = money(portfolio.standings, within)
    over = [str(bucket) for bucket, paid, budget in spent if is_over(paid, budget)]
    waiting = sum(s.open_reviews for s in portfolio.standings)
    late = sum(s.late_reviews for s in portfolio.standings)
    title = (
        f"Over budget: {', '.join(over)}" if over else "No bucket is over its budget, as far as spending is recorded"
    )
    rows = tuple((str(bucket), paid, budget) for bucket, paid, budget in spent)
    grid = Grid("Money in the period, USD", ("Bucket", "Spent", "Budget of the days on record"), rows)
    line = f"{waiting} cases wait for a person, {late} of them late."
    return Passage(title, (line,), grids=(grid,), tone=Tone.FAILED if over else Tone.NEUTRAL, part="Resourcing")


def is_over(paid: Figure, budget: Figure) -> bool:
    """Whether more was spent than was planned, where both are known."""
    return paid.value is not None and budget.value is not None and paid.value > budget.value


def readiness(portfolio: Portfolio) -> Passage:
    """Area 7: which gates stand in the way of scale, with the smallest next piece of work."""
    rows, ready = [], 0
    for standing in portfolio.standings:
        owners = standing.definition.owners
        verdicts = tuple((standing.gates or {}).values())
        stopped = [v for v in verdicts if v.verdict is not Verdict.PASSED]
        ready += bool(verdicts) and not stopped
        if not verdicts:
            rows.append((standing.definition.name, "no gate", "not judged yet", owners.delivery or NOBODY))
        for verdict in stopped:
            steps = "; ".join(f.next_step for f in verdict.findings if f.next_step) or "see the findings of the gate"
            rows.append(
                (standing.definition.name, f"{verdict.gate}: {verdict.verdict}", steps, owners.delivery or NOBODY)
            )
    title = f"{ready} of {len(portfolio.standings)} workflows have passed every gate that was judged"
    header = ("Workflow", "Gate", "Smallest next step", "Owner")
    return Passage(
        title, grids=(Grid("What stands in the way", header, tuple(rows), "nothing"),), part="Readiness to scale"
    )
