"""The one-page result after 90 days: baseline against current, unit cost, incidents, and the decision."""

from interlock.engine.economics.value import Gain, gain
from interlock.engine.reporting.call import call, criteria, may_decide
from interlock.engine.reporting.figures import counted, figure, quantity
from interlock.engine.reporting.measures import (
    Window,
    delivery_asked,
    error_rate,
    kpi_state,
    runs_in,
    unit_cost,
    value_owner,
    window,
)
from interlock.engine.reporting.one_workflow import CALL_TONES, calls, framed, kpis
from interlock.engine.reporting.risk_and_people import incident_grid
from interlock.engine.reporting.unknowns import told
from interlock.terms.briefing import Briefing, Cell, Figure, Grid, Passage
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.story import Tone

DAYS = 90
IN_TITLE_MAX = 2  # KPIs one by one; more of them are counted


def ninety_day_result(portfolio: Portfolio, standing: Standing) -> Briefing:
    """What the last 90 days showed, and what was decided."""
    within = window(portfolio.as_of, DAYS)
    worth = _worth(standing)
    decision = _decision(portfolio, standing, within)
    title = f"{standing.definition.name}, last {DAYS} days: records speak for {call(criteria(standing, within))}"
    passages = (worth, _cost(standing, within), _incidents(standing, within), decision)
    return framed(
        "90-day result", f"{title}; {worth.title}", portfolio, standing, passages,
        f"{within.start} to {within.end}.", f"{decision.title}.",
    )  # fmt: skip


def _worth(standing: Standing) -> Passage:
    found = [gain(kpi, standing.measurements) for kpi in standing.definition.initiative.kpis]
    states = [kpi_state(each) for each in found]
    title = "; ".join(f"{_against(each)}: {words}" for each, (words, _) in zip(found, states, strict=True))
    if len(found) > IN_TITLE_MAX:
        moved = sum(tone is Tone.PASSED for _, tone in states)
        title = f"{moved} of {len(found)} KPIs have moved or reached the target"
    gains = tuple(
        figure(f"{each.kpi.name}: gained", each.gained, each.kpi.unit, limits=(each.low, each.high),
               evidence=each.evidence, owner=value_owner(standing))
        for each in found
    )  # fmt: skip
    lines = tuple(f"{each.kpi.name}: {each.missing or each.method}." for each in found)
    proved = bool(states) and all(tone is Tone.PASSED for _, tone in states)
    tone = Tone.PASSED if proved else Tone.INCONCLUSIVE
    return Passage(
        title or "nobody named a KPI", lines, figures=gains, grids=(kpis(standing),), tone=tone,
        part="Baseline against current",
    )  # fmt: skip


def _against(found: Gain) -> str:
    """The newest value against the baseline, as far as they are known."""
    kpi = found.kpi
    if found.newest is None or kpi.baseline is None:
        return kpi.name
    now, before = quantity(found.newest.value, kpi.unit), quantity(kpi.baseline, kpi.unit)
    return f"{kpi.name} {now} against {before}"


def _cost(standing: Standing, within: Window) -> Passage:
    cost, errors = unit_cost(standing, within), error_rate(standing, within)
    levels, owner = standing.definition.initiative.service_levels, value_owner(standing)
    ceiling = figure("ceiling of a success", levels.cost_per_success_max_usd, "USD", evidence=(standing.release,),
                     owner=owner)  # fmt: skip
    return Passage(
        f"A success costs {cost.shown}" if cost.value is not None else "What a success costs is not known",
        figures=(cost, ceiling, errors, _automatic(standing, within)),
        tone=cost.tone if cost.value is not None else Tone.INCONCLUSIVE,
        part="Unit cost",
    )


def _automatic(standing: Standing, within: Window) -> Figure:
    runs = runs_in(standing, within)
    cases = sum(run.cases for run in runs)
    share = sum(run.applied for run in runs) / cases if cases else None
    seen = tuple(run.evidence for run in runs)
    return figure("automatic", share, "share", n=cases or None, evidence=seen, owner=delivery_asked(standing))


def _incidents(standing: Standing, within: Window) -> Passage:
    shown = [each for each in standing.incidents if each.closed_at is None or within.holds(each.opened_at)]
    still = sum(each.closed_at is None for each in shown)
    title = f"{counted(len(shown), 'incident', 'incidents')}, {still} still open" if shown else "No incident on record"
    tone = Tone.FAILED if still else Tone.PASSED
    return Passage(title, grids=(incident_grid(shown),), tone=tone, part="Incidents")


def _decision(portfolio: Portfolio, standing: Standing, within: Window) -> Passage:
    """What was decided of it in the window, beside what its records speak for."""
    name, found = standing.definition.name, criteria(standing, within)
    verdict = call(found)
    decided = [one for one in portfolio.decisions if one.workflow == name and within.holds(one.at)]
    moves = [one for one in standing.moves if within.holds(one.at)]
    rows = sorted(
        [(one.at, one.question, one.chosen, one.by, f"entry {one.entry}") for one in decided]
        + [(one.at, f"from {one.left}", f"to {one.entered}", one.by, f"entry {one.entry}") for one in moves]
    )
    last = f"Decided on {rows[-1][0][:10]} by {rows[-1][3]}: {rows[-1][2]}" if rows else "Nobody has decided yet"
    made: tuple[tuple[Cell, ...], ...] = tuple((row[0][:10], *row[1:]) for row in rows)
    if not made:
        made = ((within.end, "go, hold or kill", told("decision", None, may_decide(standing)), "", ""),)
    grid = Grid("Decisions", ("On", "Question", "Decided", "By", "On record"), made)
    title = f"{last}; records speak for {verdict}"
    return Passage(title, grids=(grid, calls(found)), tone=CALL_TONES[verdict], part="Decision")
