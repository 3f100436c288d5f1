"""Deciding how to go on with what was tried."""

from typing import Annotated

import typer
from rich.text import Text

from interlock.flows.rollout.go_on import decide_going_on
from interlock.surfaces.cli.store_options import AsOption, JsonOption, StoreOption, Workflow, opened, person, show_json
from interlock.surfaces.cli.toolbox import toolbox
from interlock.terms.stage import Choice


def decide_command(
    context: typer.Context,
    workflow: Workflow,
    choose: Annotated[Choice, typer.Option(help="How to go on.")],
    by: AsOption,
    reason: Annotated[str, typer.Option(help="Why; it is recorded.")],
    sprints: Annotated[int, typer.Option(help="With iterate: for how many sprints, 1 or 2.")] = 0,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Decide, as its value owner, how a workflow goes on: scale, iterate for one or two sprints, or stop.

      interlock stage decide triage --choose iterate --sprints 1 --as "Ana Ruiz" --reason "two queues are still wrong"

    The gate `decide` reads it; nothing is moved by it. Iterations in a row come to at most two sprints: after that it
    is scaled or stopped. Exit status 4 where a rule refuses.
    """
    box = toolbox(context)
    who = person(by)
    with opened(box, store) as opened_store:
        decided = decide_going_on(
            opened_store, workflow, choose, sprints=sprints, by=who, reason=reason, clock=box.clock
        )
    if as_json:
        show_json(box, decided)
        return
    box.out.print(Text(f"{workflow}: {choose} (evidence {decided.digest})"), soft_wrap=True)
