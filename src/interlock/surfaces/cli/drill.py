"""`interlock drill`: see that the kill switch works, on a schedule."""

from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.timestamp import stamp
from interlock.flows.action.drill import drill, due_drills
from interlock.surfaces.cli.authority import SCOPE_HELP
from interlock.surfaces.cli.store_options import AsOption, JsonOption, StoreOption, person, run_time, show_json
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.terms.drill import Drill
from interlock.terms.errors import BadInput


def drill_command(
    context: typer.Context,
    by: AsOption,
    scope: Annotated[str | None, typer.Argument(help=SCOPE_HELP, show_default=False)] = None,
    due: Annotated[bool, typer.Option("--due", help="Every workflow whose drill is overdue; for a daily job.")] = False,
    wait_s: Annotated[float, typer.Option(min=0, help="Seconds to wait for effects in flight.")] = 10.0,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Kill a scope for real, see that it holds, and resume. Meanwhile its cases go to people.

      interlock drill workflow:triage --as "Ben Okafor"

    You must have the right to resume. `rollout.drill_every_days` in a definition sets a schedule, and
    `interlock get drills` shows the last results and what is overdue. Exit status 1 where a drill did not pass.
    """
    box = toolbox(context)
    who = person(by)
    if (scope is None) != due:
        raise BadInput("name a scope, such as workflow:NAME, or say --due")
    with run_time(box, store) as rt:
        scopes = [scope] if scope is not None else []
        if due:
            with rt.store.reading() as reading:
                scopes = list(due_drills(reading, at=stamp(rt.clock())))
        held = [drill(rt, one, by=who, wait_s=wait_s) for one in scopes]
    if as_json:
        show_json(box, held)
    else:
        _tell(box, held)
    if not all(one.passed for one in held):
        raise typer.Exit(1)


def _tell(box: Toolbox, held: list[Drill]) -> None:
    if not held:
        box.out.print(Text("No drill is due."))
    for one in held:
        box.out.print(Text(f"{one.scope}: {'passed' if one.passed else 'DID NOT PASS'}"), style="bold")
        quiesced = "NOT within the time given" if one.quiesce_ms is None else f"after {one.quiesce_ms:,.1f} ms"
        box.out.print(Text(f"  fenced after {one.fence_ms:,.1f} ms, quiesced {quiesced}"), soft_wrap=True)
        answer = "refused" if one.refused else "ADMITTED: the switch does not work, and the scope stays halted"
        box.out.print(Text(f"  a wish from before the kill was {answer}"), soft_wrap=True)
        for name, keys in (("in flight", one.in_flight), ("in doubt", one.in_doubt)):
            if keys:
                box.out.print(Text(f"  {name}: {', '.join(keys)}"), soft_wrap=True)
