"""What a stand-up agreed and nobody closed by its date: the council is asked whether it is still to be done."""

import datetime as dt
from collections.abc import Iterator

from interlock.terms.council import AgendaItem, Option
from interlock.terms.portfolio import Portfolio
from interlock.terms.standup import Action
from interlock.terms.words import plural, shorten
from interlock.terms.zones import zone_named

MORE_DAYS = 7  # until it is checked at the next stand-up but one at the latest
TITLE_MAX = 120


def late_actions(portfolio: Portfolio, now: dt.datetime) -> Iterator[AgendaItem]:
    """Every action that is overdue on the organisation's date, the longest first."""
    today = now.astimezone(zone_named(portfolio.zone)).date()
    late = (one for one in portfolio.actions if one.overdue(today.isoformat()))
    for one in sorted(late, key=lambda action: (action.due, action.entry)):
        yield _item(one, (today - dt.date.fromisoformat(one.due)).days)


def _item(one: Action, days: int) -> AgendaItem:
    options = (
        Option("done", "It is done", "it leaves the list, with the reason as what shows it", f"done {one.entry}"),
        Option("more", f"{MORE_DAYS} days more", "its owner stays, and it is checked again", f"more time {one.entry}"),
        Option("drop", "Let it go", "it is on record as not done, and why", f"drop {one.entry}"),
    )
    before = f"; it takes the place of action {one.follows}, which was not done" if one.follows is not None else ""
    return AgendaItem(
        f"{one.workflow}/action/{one.entry}" if one.workflow else f"action/{one.entry}", one.workflow,
        f"Is it still to be done: {shorten(one.what, TITLE_MAX)}?",
        f"{one.owner} agreed to do it by {one.due}, {plural(days, 'day')} ago, and nobody said how it ended{before}",
        options, "actions", evidence=(f"entry {one.entry}",),
    )  # fmt: skip
