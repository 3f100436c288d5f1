"""`interlock instrument list` and `show`."""

import typer
from rich.text import Text

from interlock.engine.instruments.scales import range_of
from interlock.surfaces.cli.instruments.options import Id, PackOption, instrument
from interlock.surfaces.cli.store_options import JsonOption, show_json
from interlock.surfaces.cli.toolbox import toolbox


def list_command(context: typer.Context, pack: PackOption = None, as_json: JsonOption = False) -> None:
    """List the scorecards, checklists and diagnostics, and what each is for.

    interlock instrument list
    """
    box = toolbox(context)
    known = box.read_instruments(pack)
    if as_json:
        show_json(box, known)
        return
    for one in known:
        box.out.print(Text(f"{one.id} ({len(one.items)} items, {one.scale.value}, about a {one.about})"), style="bold")
        box.out.print(Text(f"  {one.purpose}"), soft_wrap=True)


def show_command(context: typer.Context, name: Id, pack: PackOption = None, as_json: JsonOption = False) -> None:
    """Show the items of one instrument: what is checked, what to ask, and what should worry you.

    interlock instrument show readiness-scorecard
    """
    box = toolbox(context)
    one = instrument(box, name, pack)
    if as_json:
        show_json(box, one)
        return
    box.out.print(Text(one.title), style="bold")
    box.out.print(Text(one.purpose), soft_wrap=True)
    for who in (("answered together by", ", ".join(one.reviewed_by)), ("answer anew", one.revisit)):
        if who[1]:
            box.out.print(Text(f"{who[0]}: {who[1]}"), soft_wrap=True)
    for value, words in enumerate(one.levels, start=range_of(one.scale)[0]):
        box.out.print(Text(f"{value}: {words}"), soft_wrap=True)
    for item in one.items:
        box.out.print(Text(f"\n{item.id}: {item.title}"), style="bold")
        box.out.print(Text(f"  {item.check}\n  {item.question}"), soft_wrap=True)
        if item.red_flags:
            box.out.print(Text(f"  worrying: {'; '.join(item.red_flags)}"), soft_wrap=True)
    for band in one.bands:
        box.out.print(Text(f"{band.low}-{band.high}: {band.means}"), soft_wrap=True)
    for rule in one.hard_rules:
        items = ", ".join(rule.items) or "any item"
        box.out.print(Text(f"below {rule.below} in {items}: {rule.then}"), soft_wrap=True)
