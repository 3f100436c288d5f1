"""`interlock standup`: lights by function, actions that are checked, and the stand-up on record."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.reporting.figures import counted
from interlock.flows.portfolio.read import read_portfolio
from interlock.flows.standup.actions import agree_action, close_action
from interlock.flows.standup.hold import hold_stand_up
from interlock.flows.standup.seen import seen
from interlock.surfaces.cli.store_options import AsOption, JsonOption, StoreOption, opened, person, show_json
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.surfaces.cli.watching import printable
from interlock.terms.access import EVERYWHERE
from interlock.terms.errors import BadInput
from interlock.terms.standup import Action, FunctionLight, Light

SIGNS = {Light.BEHIND: "✗", Light.UNSURE: "?", Light.UNKNOWN: "○", Light.ON_TRACK: "✓"}


def show_command(context: typer.Context, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Show what is agreed, each function with its light, and what moved since the last stand-up.

    A light is set by a rule, which is printed at the end: green takes a proof, and what nobody measured has no colour.
    """
    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        now = box.clock()
        found = seen(reading, read_portfolio(reading, now), (EVERYWHERE,), _nobody, now=now)
    if as_json:
        show_json(box, found)
        return
    box.out.print(Text(found.title), style="bold", soft_wrap=True)
    _tell_actions(box, [one for one in found.actions if one.closing is None], found.day)
    for function in found.functions:
        _tell_function(box, function)
    for one in found.moved:
        box.out.print(Text(printable(f"{one.on} {one.workflow} {one.what} ({one.evidence})")), soft_wrap=True)
    box.out.print(Text(found.rule), soft_wrap=True)


def agree_command(
    context: typer.Context,
    what: Annotated[str, typer.Argument(help="What is to be done.", show_default=False)],
    owner: Annotated[str, typer.Option(help="The one person who does it.")],
    due: Annotated[str, typer.Option(help="Until when, as YYYY-MM-DD; it is checked then.")],
    by: AsOption,
    workflow: Annotated[str | None, typer.Option(help="The workflow that it is about, where it is about one.")] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put an action on record: what, who, until when. It is checked first at the next stand-up.

    interlock standup agree "measure the baseline" --owner "Dana Wirth" --due 2026-12-07 --as "Ana Ruiz"
    """
    box = toolbox(context)
    with opened(box, store) as opened_store:
        made = agree_action(
            opened_store, what, owner=owner, due=_date("--due", due), by=person(by), clock=box.clock, workflow=workflow
        )
    if as_json:
        show_json(box, made)
        return
    box.out.print(Text(printable(f"action {made.entry}: {made.what}, {made.owner}, until {made.due}")), soft_wrap=True)


def close_command(
    context: typer.Context,
    action: Annotated[int, typer.Argument(help="The action: its ledger entry.", show_default=False)],
    by: AsOption,
    done: Annotated[bool, typer.Option("--done/--not-done", help="Whether it was done.")],
    note: Annotated[str, typer.Option(help="What came of it; or why it was not done.")] = "",
    again: Annotated[
        str | None, typer.Option(help="Agree on it again until this date, as YYYY-MM-DD, where it was not done.")
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that an action was done, or why not.

    interlock standup close 212 --not-done --note "nobody had access" --again 2026-12-14 --as "Ana Ruiz"
    """
    box = toolbox(context)
    with opened(box, store) as opened_store:
        ended = close_action(
            opened_store,
            action,
            done=done,
            note=note,
            by=person(by),
            clock=box.clock,
            again=None if again is None else _date("--again", again),
        )
    if as_json:
        show_json(box, ended)
        return
    box.out.print(Text(f"action {action}: {'done' if done else 'not done'}"))
    for new in ended[1:]:
        box.out.print(Text(printable(f"action {new.entry}: {new.what}, {new.owner}, until {new.due}")), soft_wrap=True)


def hold_command(
    context: typer.Context,
    present: Annotated[list[str], typer.Option(help="Who was there; may be given again.")],
    by: AsOption,
    note: Annotated[str, typer.Option(help="What is to be remembered of it.")] = "",
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put on record that a stand-up was held, with the light of every function and how many actions are open."""
    box = toolbox(context)
    with opened(box, store) as opened_store:
        with opened_store.reading() as reading:
            portfolio = read_portfolio(reading, box.clock())
        held = hold_stand_up(opened_store, portfolio, present=tuple(present), note=note, by=person(by), clock=box.clock)
    if as_json:
        show_json(box, held)
        return
    functions = counted(len(held.lights), "function", "functions")
    left = counted(held.open_actions, "open action", "open actions")
    box.out.print(Text(f"held (entry {held.entry}): {functions}, {left}, {held.overdue_actions} overdue"))


def _nobody(_: str) -> None:
    """The tenant of a workflow, for who holds everything: it makes no difference."""


def _tell_actions(box: Toolbox, left: Sequence[Action], day: str) -> None:
    for one in sorted(left, key=lambda each: (each.due, each.entry)):
        sign = "✗ overdue" if one.overdue(day) else "• open"
        told = f"{sign}: action {one.entry}, {one.what} ({one.owner}, until {one.due})"
        box.out.print(Text(printable(told)), soft_wrap=True)


def _tell_function(box: Toolbox, function: FunctionLight) -> None:
    trouble = "".join(f"; {one}" for one in function.trouble)
    box.out.print(
        Text(printable(f"{SIGNS[function.light]} {function.function}: {function.light}{trouble}")), soft_wrap=True
    )
    for one in function.kpis:
        told = f"  {SIGNS[one.light]} {one.workflow}, {one.kpi.name}: {one.light}; {one.reason}"
        box.out.print(Text(printable(told)), soft_wrap=True)


def _date(option: str, text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as exc:
        raise BadInput(f"{option}: '{text}' is no date; write it as YYYY-MM-DD") from exc
