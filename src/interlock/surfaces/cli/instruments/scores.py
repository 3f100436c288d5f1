"""`interlock instrument score` and `compare`."""

from dataclasses import replace
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.instruments.comparing import compare
from interlock.engine.instruments.leading import first_for
from interlock.engine.instruments.scoring import Scored
from interlock.engine.instruments.told import conclusion, item_words, to_answer, total_words
from interlock.flows.instruments.scored import scored
from interlock.surfaces.cli.instruments.options import Id, PackOption, Subject, end_of_day, instrument
from interlock.surfaces.cli.store_options import JsonOption, StoreOption, run_time, show_json
from interlock.surfaces.cli.toolbox import Toolbox, toolbox


def score_command(
    context: typer.Context,
    name: Id,
    subject: Subject,
    at: Annotated[str | None, typer.Option("--at", help="As answered by the end of that date (UTC).")] = None,
    role: Annotated[str | None, typer.Option("--role", help="What weighs most in that role comes first.")] = None,
    pack: PackOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Score an instrument: the total, its band, the rules that hold, and what stands against the answers.

    While answers are missing the total is a range, and the band is "not decided" unless all of it lies in one. What
    records show fills and contradicts answers; of an earlier date (--at), the answers alone are scored.

    interlock instrument score readiness-scorecard --subject triage

    What a leader looks at first depends on the role: cto, cio, vp-engineering or head-of-engineering.

    interlock instrument score ai-leadership --subject "Nordlicht Retail" --role cio
    """
    box = toolbox(context)
    one = instrument(box, name, pack)
    until = None if at is None else end_of_day(at)
    with run_time(box, store) as rt, rt.store.reading() as reading:
        result = scored(reading, one, subject, now=rt.clock(), until=until)
    if role is not None:
        result = replace(result, items=first_for(one, result.items, role))
    if as_json:
        show_json(box, result)
    else:
        _tell(box, result)


def compare_command(
    context: typer.Context,
    name: Id,
    subject: Subject,
    since: Annotated[str, typer.Option("--from", help="The earlier date (UTC).")],
    until: Annotated[str, typer.Option("--to", help="The later date (UTC).")],
    pack: PackOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what changed between two dates, item by item.

    interlock instrument compare readiness-scorecard --subject triage --from 2026-09-01 --to 2026-11-01
    """
    box = toolbox(context)
    one = instrument(box, name, pack)
    with run_time(box, store) as rt, rt.store.reading() as reading:
        before, after = (scored(reading, one, subject, now=rt.clock(), until=end_of_day(day)) for day in (since, until))
    changes = compare(before, after)
    if as_json:
        show_json(box, {"before": before, "after": after, "changes": changes})
        return
    box.out.print(Text(f"{total_words(before)} on {since}, {total_words(after)} on {until}"), style="bold")
    for change in changes:
        box.out.print(Text(f"  {change.title}: {change.before or 'no answer'} -> {change.after or 'no answer'}"))
    if not changes:
        box.out.print("  no answer changed between these dates")


def _tell(box: Toolbox, result: Scored) -> None:
    box.out.print(Text(f"{result.subject}, {result.instrument}: {conclusion(result)}"), style="bold")
    if result.unbacked:
        count = f"{len(result.unbacked)} of {len(result.items)} items"
        box.out.print(Text(f"  {count} rest on opinion, or on evidence that no longer holds"), soft_wrap=True)
    for words in result.rules_held:
        box.out.print(Text(f"  RULE HOLDS: {words}"), soft_wrap=True)
    for words in result.rules_open:
        box.out.print(Text(f"  RULE HOLDS UNTIL ANSWERED: {words}"), soft_wrap=True)
    for one in result.items:
        box.out.print(Text(f"  {one.title}: {'; '.join(item_words(one))}"), soft_wrap=True)
    if missing := to_answer(result):
        box.out.print(Text(f"still to answer: {', '.join(missing)}"), soft_wrap=True)
