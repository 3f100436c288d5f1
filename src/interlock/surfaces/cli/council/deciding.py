"""`interlock council`: what needs deciding, and what was decided."""

import datetime as dt
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.council.again import due_of
from interlock.engine.council.agenda import agenda
from interlock.flows.council.decide import decide_item
from interlock.flows.portfolio.read import read_portfolio
from interlock.surfaces.cli.rollout.gates import judged_with
from interlock.surfaces.cli.store_options import AsOption, JsonOption, StoreOption, opened, person, show_json
from interlock.surfaces.cli.toolbox import toolbox
from interlock.terms.errors import BadInput


def agenda_command(context: typer.Context, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Show what needs deciding now, most pressing first: question, reason, options, who may decide, evidence.

    Nobody puts items on it: open incidents, passed gates, money without effect, waivers that end and overdue actions
    of stand-ups do. An item is decided with `interlock council decide ITEM`, and leaves the agenda with what made it.
    """
    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        items = agenda(read_portfolio(reading, box.clock()))
    if as_json:
        show_json(box, items)
        return
    if not items:
        what = "Incidents, passed gates, money, waivers and overdue actions put items here."
        box.out.print(Text(f"Nothing needs deciding. {what}"))
    for item in items:
        box.out.print(Text(item.question), style="bold", soft_wrap=True)
        box.out.print(Text(f"  item {item.id}"), soft_wrap=True)
        box.out.print(Text(f"  why now: {item.why_now}"), soft_wrap=True)
        for option in item.options:
            box.out.print(Text(f"  {option.id}: {option.title} - {option.implication}"), soft_wrap=True)
        box.out.print(Text(f"  who may decide: {', '.join(item.may_decide) or 'nobody is named'}"), soft_wrap=True)
        if item.evidence:
            box.out.print(Text(f"  evidence: {', '.join(item.evidence)}"), soft_wrap=True)


def decide_command(
    context: typer.Context,
    item: Annotated[str, typer.Argument(help="The item, as the agenda names it.", show_default=False)],
    choose: Annotated[str, typer.Option(help="The option chosen.")],
    reason: Annotated[str, typer.Option(help="Why; it is recorded.")],
    by: AsOption,
    present: Annotated[list[str] | None, typer.Option(help="Who was there; repeat for several.")] = None,
    due: Annotated[
        str | None, typer.Option(help="Day to look again, as YYYY-MM-DD; 30 days from now if left out.")
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record a decision on an item of the agenda. Exit status 4 where you may not decide it.

    interlock council decide triage/incident/131 --choose demote --reason "not before it is closed" --as "Ana Ruiz"

    What the option does takes effect at once: authority is taken away, cases stop, an incident is closed, a check is
    waived or counts again, a stage is left, an action of a stand-up is closed. The rules of each hold as without a
    council, and a decision that they refuse is recorded with the reason; the item stays. Promotion is left to
    `interlock promote`, which asks for the release that you looked at.

    A decision holds until `--due`, 90 days from now at most. Then the question is back, if the state still asks it; and
    before that, if it got worse.
    """
    box = toolbox(context)
    with opened(box, store) as opened_store:
        decision = decide_item(
            opened_store,
            item,
            choose=choose,
            reason=reason,
            by=person(by),
            clock=box.clock,
            present=tuple(present or ()),
            due=_day(due),
            facts=judged_with(box).facts,
        )
    if as_json:
        show_json(box, decision)
        return
    box.out.print(Text(f"{decision.question} {decision.answer} (entry {decision.entry})"), soft_wrap=True)
    box.out.print(Text(f"  it holds until {due_of(decision).date().isoformat()}"), soft_wrap=True)


def _day(day: str | None) -> dt.datetime | None:
    try:
        return None if day is None else dt.datetime.combine(dt.date.fromisoformat(day), dt.time(), dt.UTC)
    except ValueError as exc:
        raise BadInput(f"--due: '{day}' is no date; write it as YYYY-MM-DD") from exc


def minutes_command(context: typer.Context, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Show what was decided, by whom and why, oldest first."""
    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        decisions = read_portfolio(reading, box.clock()).decisions
    if as_json:
        show_json(box, decisions)
        return
    if not decisions:
        box.out.print(Text("Nothing was decided yet. `interlock council agenda` shows what waits."))
    for one in decisions:
        box.out.print(Text(f"{one.at[:10]}  {one.question} {one.answer}"), style="bold", soft_wrap=True)
        until = due_of(one).date().isoformat()
        box.out.print(Text(f"  by {one.by}: {one.reason} (entry {one.entry}); until {until}"), soft_wrap=True)
