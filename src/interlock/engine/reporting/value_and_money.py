"""Areas of an executive update about worth: the portfolio by stage, value against a baseline, progress, money."""

from interlock.engine.economics.value import gain
from interlock.engine.reporting.figures import counted, figure, named
from interlock.engine.reporting.measures import (
    Window,
    error_rate,
    is_live,
    kpi_now,
    kpi_state,
    money,
    unit_cost,
    value_owner,
)
from interlock.engine.reporting.overspent import over_their_own, overspent
from interlock.engine.reporting.unknowns import told
from interlock.terms.briefing import Cell, Figure, Grid, Passage
from interlock.terms.initiative import Kpi
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.stage import RolloutStage
from interlock.terms.story import Tone

WORST_FIRST = (Tone.FAILED, Tone.INCONCLUSIVE, Tone.NEUTRAL, Tone.PASSED)


def by_stage(portfolio: Portfolio) -> Passage:
    """Area 1: the portfolio by stage."""
    rows = []
    for stage in RolloutStage:
        there = [s for s in portfolio.standings if s.stage is stage]
        seen = tuple(s.release for s in there)
        names = named([s.definition.name for s in there])
        rows.append((str(stage), figure(f"in {stage}", len(there), evidence=seen), names))
    granted = sum(map(is_live, portfolio.standings))
    title = f"{granted} of {counted(len(portfolio.standings), 'workflow holds', 'workflows hold')} authority"
    header = ("Stage", "Workflows", "Which")
    grid = Grid("Portfolio by stage", header, tuple(rows))
    if not portfolio.standings:
        title, grid = "No workflow is defined yet", Grid("Portfolio by stage", header, (), "`interlock apply -f FILE`"
                                                         " defines a workflow, and it stands here")  # fmt: skip
    return Passage(title, grids=(grid,), part="Portfolio by stage")


def value(portfolio: Portfolio) -> Passage:
    """Area 2: value with baseline and target, what has not moved first."""
    every = [(standing, kpi) for standing in portfolio.standings for kpi in standing.definition.initiative.kpis]
    tones = [kpi_state(gain(kpi, standing.measurements))[1] for standing, kpi in every]
    order = sorted(range(len(every)), key=lambda i: WORST_FIRST.index(tones[i]))
    rows = tuple((every[i][0].definition.name, *kpi_row(*every[i])) for i in order)
    proved = tones.count(Tone.PASSED)
    header = ("Workflow", *KPI_HEADER)
    title = f"{proved} of {counted(len(rows), 'KPI has', 'KPIs have')} moved or reached the target"
    title += "" if proved == len(rows) else "; for the others it is not proved"
    tone = Tone.PASSED if rows and proved == len(rows) else Tone.INCONCLUSIVE
    grid = Grid("Value against baseline and target", header, rows, "a KPI in a definition fills this table")
    return Passage(title if rows else "No KPI is named yet", grids=(grid,), tone=tone, part="Value")


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
    """Area 3: what moved, and how each live workflow does, the least safe first."""
    moves = sorted((m for s in portfolio.standings for m in s.moves if within.holds(m.at)), key=lambda m: m.at)
    lines = tuple(
        f"{m.at[:10]}: {m.workflow} went from {m.left} to {m.entered} ({m.by}; entry {m.entry})" for m in moves
    )
    live = [(s, error_rate(s, within), unit_cost(s, within)) for s in portfolio.standings if s.runs]
    live.sort(key=lambda each: min(WORST_FIRST.index(found.tone) for found in each[1:]))
    rows = tuple((s.definition.name, errors, cost, "halted" if s.halted else "running") for s, errors, cost in live)
    header = ("Workflow", "Error rate", "Cost per success", "State")
    title = f"{counted(len(moves), 'stage move', 'stage moves')} since {within.start}"
    grid = Grid("Error rate and unit cost", header, rows, "`interlock measure period` fills this table")
    return Passage(title, lines, grids=(grid,), part="Progress")


def resourcing(portfolio: Portfolio, within: Window) -> Passage:
    """Area 6: money by bucket against its budget, and the queue that people work off."""
    spent = money(portfolio.standings, within)
    over = [str(bucket) for bucket, paid, budget in spent if is_over(paid, budget)]
    waiting = sum(s.open_reviews for s in portfolio.standings)
    late = sum(s.late_reviews for s in portfolio.standings)
    known = any(paid.value is not None for _, paid, _ in spent)
    title = (
        "No bucket is over its budget, as far as spending is recorded" if known else "Nobody recorded what was spent"
    )
    title = (f"Over budget: {', '.join(over)}" if over else title) + over_their_own(portfolio.standings)
    rows = tuple((str(bucket), paid, budget) for bucket, paid, budget in spent)
    grid = Grid("Money in the period, USD", ("Bucket", "Spent", "Budget of the days on record"), rows)
    line = f"{counted(waiting, 'case waits', 'cases wait')} for a person, {late} of them late."
    own = overspent(portfolio)
    grids, tone = (grid, own) if own.rows else (grid,), Tone.FAILED if over or own.rows else Tone.NEUTRAL
    return Passage(title, (line,), grids=grids, tone=tone, part="Resourcing")


def is_over(paid: Figure, budget: Figure) -> bool:
    """Whether more was spent than was planned, where both are known."""
    return paid.value is not None and budget.value is not None and paid.value > budget.value
