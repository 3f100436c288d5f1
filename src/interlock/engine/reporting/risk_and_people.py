"""Areas of an executive update about risk and people: risks, decisions, alignment, incidents, priorities."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import accumulate
from math import ceil

from interlock.engine.reporting.figures import NOBODY, NONE, NOT_KNOWN, counted, figure, named
from interlock.engine.reporting.measures import Window
from interlock.engine.reporting.priorities import priorities
from interlock.terms.briefing import Grid, Passage
from interlock.terms.council import AgendaItem
from interlock.terms.measured import Incident, Severity
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.story import Tone

NOTHING = "Nothing waits for a decision"
FIRST = 5  # as many decisions as a board reads on one page
LINES_MAX = 27  # of these decisions on A4, beside the title, the summary and the priorities
QUESTION, WHY, OPTION = 18, 20, 46  # characters a line in the columns of the PDF
SEVEREST = {Severity.HIGH: 0, Severity.MEDIUM: 1, Severity.LOW: 2}


def decisions(agenda: Sequence[AgendaItem]) -> Passage:
    """Area 5: what is to be decided, with options, implications, evidence and who may; the first five."""
    title = f"{counted(len(agenda), 'decision is', 'decisions are')} required"
    first = on_first_page(agenda)
    here = f"the first {first} are" if first > 1 else "the first is"
    title += f"; {here} here, the others in the appendix" if len(agenda) > first else ""
    grid = _questions("Decisions, the most pressing first", agenda[:first])
    tone = Tone.INCONCLUSIVE if agenda else Tone.PASSED
    return Passage(title if agenda else NOTHING, grids=(grid,), tone=tone, part="Decisions required")


def on_first_page(agenda: Sequence[AgendaItem]) -> int:
    """How many decisions the first page holds: five, fewer where their options take more room; one in any case."""
    taken = list(accumulate(_lines(item) for item in agenda[:FIRST]))
    return max(min(1, len(taken)), sum(lines <= LINES_MAX for lines in taken))


def _lines(item: AgendaItem) -> int:
    options = sum(ceil((len(each.title) + len(each.implication) + 4) / OPTION) for each in item.options)
    return max(options, ceil(len(item.question) / QUESTION), ceil(len(item.why_now) / WHY))


def other_decisions(agenda: Sequence[AgendaItem]) -> Passage | None:
    """The decisions that the first page does not hold; None where there are no more."""
    more = agenda[on_first_page(agenda) :]
    if not more:
        return None
    title = f"{counted(len(more), 'more decision is', 'more decisions are')} required"
    return Passage(
        title, grids=(_questions("The other decisions", more),), tone=Tone.INCONCLUSIVE, part="Other decisions"
    )


def _questions(caption: str, agenda: Sequence[AgendaItem]) -> Grid:
    rows = tuple(
        (
            item.question,
            item.why_now,
            choices(item),
            ", ".join(item.may_decide) or NOBODY,
            figure("pieces of evidence", len(item.evidence), evidence=item.evidence),
        )
        for item in agenda
    )
    header = ("Question", "Why now", "Options and what follows", "Who may decide", "Evidence")
    return Grid(caption, header, rows, "nothing waits for a decision")


def choices(item: AgendaItem) -> str:
    """The options of a question with what follows from each, one a line."""
    return "\n".join(f"– {option.title}: {option.implication}" for option in item.options)


def risks(portfolio: Portfolio) -> Passage:
    """Area 4: risks with owner, mitigation and threshold, what has come true first."""
    true = [row for s in portfolio.standings for row in _come_true(s)]
    told = [
        (s.definition.name, r.risk, r.owner or NOBODY, r.mitigation or NOT_KNOWN, r.threshold or NOT_KNOWN)
        for s in portfolio.standings
        for r in s.definition.initiative.risks
    ]
    header = ("Workflow", "Risk", "Owner", "Mitigation", "It has come true when")
    title = f"{counted(len(true), 'risk has', 'risks have')} come true, {len(told)} more are watched"
    title = title if true or told else "No risk is named yet"
    grid = Grid("Risks", header, tuple(true + told), "`risks` in a definition fill this table")
    return Passage(title, grids=(grid,), tone=Tone.FAILED if true else Tone.NEUTRAL, part="Risks")


def _come_true(standing: Standing) -> Iterator[tuple[str, str, str, str, str]]:
    name, owners = standing.definition.name, standing.definition.owners
    owner = owners.safety or NOBODY
    if standing.live_by_drift:
        yield name, "cases are handled without a grant", owner, "stop it, or judge its gate", "now"
    if standing.halted:
        yield name, "it is halted", owner, "resume or end it", "now"
    if standing.late_reviews:
        yield name, "people do not keep up with reviews", owner, "more people or less volume", "now"


def alignment(portfolio: Portfolio) -> Passage:
    """Area 8: which parts of the business take part, and where ownership has gaps or is doubled."""
    functions: dict[str, list[Standing]] = defaultdict(list)
    for standing in portfolio.standings:
        functions[standing.definition.initiative.function or "no function named"].append(standing)
    rows = tuple(
        (name, figure(f"workflows of {name}", len(of), evidence=tuple(s.release for s in of)), _unowned(of))
        for name, of in sorted(functions.items(), key=lambda each: (_unowned(each[1]) == NONE, each[0]))
    )
    held = portfolio.organisation.responsibilities if portfolio.organisation else ()
    gaps = [r.id for r in held if not r.owners]
    double = [r.id for r in held if len(r.owners) > 1]
    lines = (
        ("The organisation has not said who owns what: `interlock organisation apply` records it.",)
        if portfolio.organisation is None
        else (
            f"Without an owner: {', '.join(gaps) or 'none'}.",
            f"With two owners or more: {', '.join(double) or 'none'}.",
        )
    )
    held_by = f"{counted(len(gaps), 'responsibility has', 'responsibilities have')} no owner, {len(double)} several"
    held_by = held_by if portfolio.organisation else "who owns what is not on record"
    title = f"{counted(len(functions), 'function takes', 'functions take')} part; {held_by}"
    header = ("Function", "Workflows", "Workflows without a named owner")
    grid = Grid("Functions", header, rows, "`function` in a definition fills this table")
    return Passage(title, lines, grids=(grid,), part="Alignment between functions")


def _unowned(standings: Sequence[Standing]) -> str:
    without = [
        s.definition.name for s in standings if not s.definition.owners.named or not s.definition.owners.delivery
    ]
    return named(without)


def incidents(portfolio: Portfolio, within: Window) -> Passage:
    """Area 9: what went wrong in the period, and all that is still open."""
    every = [i for s in portfolio.standings for i in s.incidents]
    shown = [i for i in every if i.closed_at is None or within.holds(i.opened_at) or within.holds(i.closed_at)]
    shown.sort(key=lambda i: (i.closed_at is not None, not i.redline, SEVEREST[i.severity], i.opened_at))
    still = [i for i in shown if i.closed_at is None]
    title = f"{len(still)} of {counted(len(shown), 'incident is', 'incidents are')} open"
    title = title if shown else "No incident is on record"
    crossed = sum(i.redline for i in still)
    title += f"; a redline was crossed in {crossed}" if crossed else ""
    tone = Tone.FAILED if still else Tone.PASSED
    return Passage(title, grids=(incident_grid(shown),), tone=tone, part="Incidents")


def incident_grid(shown: Sequence[Incident]) -> Grid:
    """Incidents with owner, state, mitigation and cost."""
    rows = tuple(
        (
            i.workflow,
            i.title + (" (redline)" if i.redline else ""),
            str(i.severity),
            "open" if i.closed_at is None else f"closed {i.closed_at[:10]}",
            i.owner,
            i.mitigation or i.lesson or NOT_KNOWN,
            figure("cost", i.cost_usd, "USD", evidence=(f"entry {i.entry}",), owner=i.owner),
        )
        for i in shown
    )
    header = ("Workflow", "Incident", "Severity", "State", "Owner", "Mitigation or lesson", "Cost")
    return Grid("Incidents", header, rows, "no incident is on record for this period")


def next_up(portfolio: Portfolio, agenda: Sequence[AgendaItem]) -> Passage:
    """Area 10: three to five next priorities with owner and date."""
    chosen = priorities(portfolio, agenda)
    rows = tuple((p.work, p.owner, p.due, p.why) for p in chosen)
    title = f"Next: {chosen[0].work}" if chosen else "Nothing else waits"
    header = ("Priority", "Owner", "By", "Why")
    return Passage(title, grids=(Grid("Next priorities", header, rows, "nothing waits"),), part="Next priorities")
