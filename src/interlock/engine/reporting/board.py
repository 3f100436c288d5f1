"""The quarterly summary for a board: what it is asked, what AI is worth and costs, whether it is safe and held."""

from collections.abc import Sequence

from interlock.engine.economics.value import gain
from interlock.engine.reporting.figures import counted, figure
from interlock.engine.reporting.measures import Window, is_live, kpi_state, money, window
from interlock.engine.reporting.overspent import over_their_own
from interlock.engine.reporting.records import ledger_words
from interlock.engine.reporting.risk_and_people import NOTHING, choices
from interlock.engine.reporting.unknowns import unknown_in
from interlock.engine.reporting.value_and_money import is_over
from interlock.engine.reporting.way import way
from interlock.terms.briefing import Briefing, Cell, Figure, Grid, Passage
from interlock.terms.council import AgendaItem
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.story import Tone

DAYS = 91
ASKED = 3  # a board is asked little, and only what presses


def board_summary(portfolio: Portfolio, agenda: Sequence[AgendaItem]) -> Briefing:
    """Four answers, how far the organisation is, what was decided. `agenda`: what waits, most pressing first."""
    within = window(portfolio.as_of, DAYS)
    passages = (
        _asked(agenda),
        _safe(portfolio, within),
        _worth(portfolio),
        _costs(portfolio, within),
        way(portfolio),
        _decided(portfolio, within),
    )
    subject = portfolio.organisation.name if portfolio.organisation else "all workflows"
    safe, worth = passages[1].title, passages[2].title
    return Briefing(
        kind="board summary",
        title=f"{worth}; {safe[:1].lower()}{safe[1:]}",
        subject=f"{subject}, {within.start} to {within.end}",
        as_of=portfolio.as_of,
        summary=tuple(f"{passage.part}: {passage.title}." for passage in (passages[0], passages[3])),
        passages=passages,
        unknown=tuple(unknown_in(passages)),
        authored_sample=portfolio.authored_sample,
    )


def _asked(agenda: Sequence[AgendaItem]) -> Passage:
    rows = tuple(
        (
            item.question,
            choices(item),
            figure("pieces of evidence", len(item.evidence), evidence=item.evidence),
        )
        for item in agenda[:ASKED]
    )
    title = f"{counted(len(agenda), 'decision waits', 'decisions wait')}" if agenda else NOTHING
    title += f"; the {ASKED} most pressing are here, the monthly update has all" if len(agenda) > ASKED else ""
    grid = Grid("Asked of the board", ("Question", "Options and what follows", "Evidence"), rows, NOTHING.lower())
    return Passage(title, grids=(grid,), tone=Tone.INCONCLUSIVE if agenda else Tone.PASSED, part="Asked")


def _worth(portfolio: Portfolio) -> Passage:
    """Workflows with every KPI past its baseline, of those that have authority; by function."""
    live = [s for s in portfolio.standings if is_live(s)]
    proved = [s for s in live if _is_proved(s)]
    functions = sorted({s.definition.initiative.function or "no function named" for s in portfolio.standings})
    rows: list[tuple[Cell, ...]] = [(name, *_of_function(portfolio, name, live, proved)) for name in functions]
    title = (
        f"Of {counted(len(live), 'live workflow', 'live workflows')}, {len(proved)} moved every KPI past its baseline"
    )
    title = title if live else "No workflow is live"
    header = ("Function", "Workflows", "Live", "Every KPI past its baseline")
    grid = Grid("By function", header, tuple(rows), "`interlock apply -f` a definition fills this table")
    tone = Tone.PASSED if live and len(proved) == len(live) else Tone.INCONCLUSIVE
    return Passage(title, grids=(grid,), tone=tone, part="Worth")


def _is_proved(standing: Standing) -> bool:
    states = [kpi_state(gain(kpi, standing.measurements))[1] for kpi in standing.definition.initiative.kpis]
    return bool(states) and all(tone is Tone.PASSED for tone in states)


def _of_function(
    portfolio: Portfolio, name: str, live: Sequence[Standing], proved: Sequence[Standing]
) -> tuple[Figure, ...]:
    groups = (("workflows", portfolio.standings), ("live", live), ("every KPI past its baseline", proved))
    return tuple(
        figure(f"{name}: {label}", len(own), evidence=tuple(s.release for s in own))
        for label, of in groups
        for own in [[s for s in of if (s.definition.initiative.function or "no function named") == name]]
    )


def _costs(portfolio: Portfolio, within: Window) -> Passage:
    spent = money(portfolio.standings, within)
    over = [str(bucket) for bucket, paid, budget in spent if is_over(paid, budget)]
    known = [paid for _, paid, _ in spent if paid.value is not None]
    seen = tuple(evidence for paid in known for evidence in paid.evidence)
    total = figure("spent in the quarter", sum(p.value or 0.0 for p in known) if known else None, "USD", evidence=seen,
                   owner=spent[0][1].owner)  # fmt: skip
    title = f"Over budget: {', '.join(over)}" if over else "No bucket is over its budget"
    title += over_their_own(portfolio.standings)
    rows = tuple((str(bucket), paid, budget) for bucket, paid, budget in spent)
    grid = Grid("Money by bucket", ("Bucket", "Spent", "Budget of the days on record"), rows)
    unseen = (
        "" if len(known) == len(spent) else f" in {len(known)} of {len(spent)} buckets, nothing on record of the others"
    )
    return Passage(
        f"{total.shown} spent{unseen}; {title[:1].lower()}{title[1:]}" if known else "Nobody recorded what was spent",
        figures=(total,), grids=(grid,), tone=Tone.FAILED if over else Tone.NEUTRAL, part="Cost",
    )  # fmt: skip


def _safe(portfolio: Portfolio, within: Window) -> Passage:
    incidents = [i for s in portfolio.standings for i in s.incidents]
    recent = [i for i in incidents if i.closed_at is None or within.holds(i.opened_at)]
    counts = (
        ("incidents in the quarter", tuple(f"entry {i.entry}" for i in recent)),
        ("incidents still open", tuple(f"entry {i.entry}" for i in recent if i.closed_at is None)),
        ("redlines crossed", tuple(f"entry {i.entry}" for i in recent if i.redline)),
        ("workflows that act without a grant", tuple(s.release for s in portfolio.standings if s.live_by_drift)),
        ("live workflows whose stop was never drilled",
         tuple(s.release for s in portfolio.standings if is_live(s) and s.drilled_at is None)),
        ("workflows without both owners",
         tuple(s.release for s in portfolio.standings if not s.definition.owners.named)),
    )  # fmt: skip
    figures = tuple(figure(label, len(seen), evidence=seen) for label, seen in counts)
    redlines, drifting = len(counts[2][1]), len(counts[3][1])
    title = f"{counted(redlines, 'redline was', 'redlines were')} crossed, "
    title += f"{counted(drifting, 'workflow acts', 'workflows act')} without authority"
    bad = redlines or drifting or portfolio.ledger_holds is False
    return Passage(
        title, (ledger_words(portfolio),), figures=figures, tone=Tone.FAILED if bad else Tone.PASSED, part="Safety"
    )


def _decided(portfolio: Portfolio, within: Window) -> Passage:
    made = [one for one in portfolio.decisions if within.holds(one.at)]
    rows = tuple((one.at[:10], one.question, one.chosen, one.by, f"entry {one.entry}") for one in made)
    title = f"The council took {counted(len(made), 'decision', 'decisions')} in the quarter"
    header = ("On", "Question", "Decided", "By", "On record")
    grid = Grid("Decisions taken", header, rows, "`interlock council decide` fills this table")
    return Passage(title, grids=(grid,), part="Decided")
