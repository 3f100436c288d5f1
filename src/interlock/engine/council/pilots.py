"""Pilots that nobody decides on: the council is asked about them, and pilot theatre is told by them."""

import datetime as dt
from collections.abc import Iterator

from interlock.engine.council.again import asked_again, newest_by_item
from interlock.engine.council.money import stop_or
from interlock.engine.timestamp import moment
from interlock.terms.council import AgendaItem, Option
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.stage import RolloutStage

PILOT_DAYS_MAX = 45  # a proof of concept is decided by then: after that, going on is a decision too


def pilot_items(standing: Standing, now: dt.datetime) -> Iterator[AgendaItem]:
    """The question whether a pilot is scaled or stopped, from its 45th day on."""
    if standing.stage is not RolloutStage.PILOT:
        return
    name, rights = standing.definition.name, standing.definition.rights
    since, begun = (
        (standing.moves[-1].at, f"entry {standing.moves[-1].entry}")
        if standing.moves
        else (standing.defined_at, standing.release)
    )
    days = (now - moment(since)).days
    if days >= PILOT_DAYS_MAX:
        decide = Option("date", "Name the date of a decision, and who takes it", "it costs as before until then")
        yield AgendaItem(
            f"{name}/pilot/{begun.removeprefix('entry ')}", name, f"Is {name} scaled or stopped?",
            f"it has been a pilot for {days} days, and nobody decided", stop_or(decide, standing), "move",
            rights.move or rights.promote, (begun,),
        )  # fmt: skip


def undecided_pilots(portfolio: Portfolio) -> tuple[AgendaItem, ...]:
    """Those that are open today: a decision on one holds until its date."""
    now, decided = moment(portfolio.as_of), newest_by_item(portfolio.decisions)
    found = (item for one in portfolio.standings for item in pilot_items(one, now))
    asked = (asked_again(item, decided.get(item.id), now) for item in found)
    return tuple(item for item in asked if item is not None)
