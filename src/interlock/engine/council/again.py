"""How long a decision holds: nothing that a council let go on is silent for ever."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace

from interlock.engine.timestamp import moment
from interlock.terms.council import AgendaItem, CouncilDecision

HOLDS_DAYS = 30  # where nobody named a date
DUE_DAYS_MAX = 90  # a board looks each quarter: what it sees was looked at since


def due_of(decision: CouncilDecision) -> dt.datetime:
    """When its question is asked again, should the state still ask it."""
    if decision.due_at is not None:
        return moment(decision.due_at)
    return moment(decision.at) + dt.timedelta(days=HOLDS_DAYS)


def newest_by_item(decisions: Iterable[CouncilDecision]) -> Mapping[str, CouncilDecision]:
    """The decision that counts for each item."""
    return {one.item: one for one in sorted(decisions, key=lambda one: one.entry)}


def asked_again(item: AgendaItem, decision: CouncilDecision | None, now: dt.datetime) -> AgendaItem | None:
    """The item as it is asked now; None while a decision on it holds.

    It holds until its date, or until what it rests on got worse: `weight` is more than when it was decided.
    """
    if decision is None:
        return item
    worse = decision.weight is not None and item.weight > decision.weight
    due = due_of(decision)
    if now < due and not worse:
        return None
    ended = "it got worse since" if worse else f"that was until {due.date().isoformat()}"
    why = f"{item.why_now}; {decision.by} decided '{decision.chosen}' on {decision.at[:10]}, and {ended}"
    return replace(item, why_now=why, evidence=(*item.evidence, f"entry {decision.entry}"))
