"""What was decided about a workflow and by it, and what went wrong in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from interlock.engine.council.agenda import agenda
from interlock.engine.standup.functions import redline_words
from interlock.flows.access.case_reach import is_kept_from, may_case
from interlock.ports.cases import CaseRow
from interlock.ports.store import Reading
from interlock.surfaces.web.site import Board
from interlock.surfaces.web.states import ERROR, FAILED, NOTED, PASSED, State, said
from interlock.surfaces.web.visitor import Visitor
from interlock.terms import words
from interlock.terms.council import AgendaItem, CouncilDecision
from interlock.terms.measured import Incident
from interlock.terms.portfolio import Portfolio, Standing

CASES_MAX = 12
LOOKED_AT_MAX = 4 * CASES_MAX
DECISIONS_MAX = 20
OPEN, CLOSED = said(FAILED, "Open"), said(PASSED, "Closed")
RIGHT, WRONG, UNKNOWN = said(PASSED, "Right"), said(FAILED, "Wrong"), said(NOTED, "Not known")
VERBS = {"apply": "applied", "review": "to a person", "shadow": "only watched", "refuse": "refused"}


@dataclass(frozen=True, slots=True)
class IncidentShown:
    """One incident with its state."""

    incident: Incident
    state: State


@dataclass(frozen=True, slots=True)
class CaseShown:
    """One decided case, without its content."""

    case: CaseRow
    verb: str
    state: State


def title(standing: Standing, questions: Sequence[AgendaItem] = ()) -> str:
    """The conclusion: what is open, and what waits for the council."""
    n = len(questions)
    waits = f"; {words.plural(n, 'question')} {'waits' if n == 1 else 'wait'} for the council" if n else ""
    return f"{_incidents_title(standing)}{waits}"


def _incidents_title(standing: Standing) -> str:
    live = [one for one in standing.incidents if one.closed_at is None]
    redlines = sum(one.redline for one in live)
    name = words.shorten(standing.definition.name, 80)
    if not live:
        return f"No incident of {name} is open"
    crossed = redline_words(redlines, len(live))
    return f"{words.plural(len(live), 'incident')} of {name} {'is' if len(live) == 1 else 'are'} open{crossed}"


def incidents(standing: Standing) -> tuple[IncidentShown, ...]:
    """Open ones first, then the newest."""
    ordered = sorted(standing.incidents, key=lambda one: (one.closed_at is not None, -one.entry))
    return tuple(IncidentShown(one, OPEN if one.closed_at is None else CLOSED) for one in ordered)


def questions(board: Board, portfolio: Portfolio, standing: Standing) -> tuple[AgendaItem, ...]:
    """What the council has to decide about it now, most pressing first."""
    name = standing.definition.name
    agreed = tuple(one for one in portfolio.actions if one.workflow == name)
    own = replace(portfolio, standings=(standing,), actions=agreed)
    return agenda(own, board.money(own))


def decisions(portfolio: Portfolio, workflow: str) -> tuple[CouncilDecision, ...]:
    """What the council decided about it, the newest first."""
    own = (one for one in reversed(portfolio.decisions) if one.workflow == workflow)
    return tuple(islice(own, DECISIONS_MAX))


def cases_of(reading: Reading, who: Visitor, workflow: str) -> tuple[CaseShown, ...]:
    """Its newest cases, as far as the visitor may look at them: none that they may be asked to look at blind."""
    own = (
        case
        for case in islice(reading.cases_back(workflow), LOOKED_AT_MAX)
        if may_case(who.caller, case, "case", "read", who.tenant_of)
        and not is_kept_from(reading, who.caller, case.key, who.tenant_of)
    )
    return tuple(_shown(case) for case in islice(own, CASES_MAX))


def _shown(case: CaseRow) -> CaseShown:
    state = UNKNOWN if case.wrong is None else WRONG if case.wrong else RIGHT
    if case.state == "in_doubt":
        state = said(ERROR, "In doubt")
    return CaseShown(case, VERBS.get(case.verb, case.verb), state)
