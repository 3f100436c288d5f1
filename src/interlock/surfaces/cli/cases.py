"""Past periods decided again: replay."""

from typing import Annotated

import typer
from rich.text import Text

from interlock.flows.action.replay import Policy, replay
from interlock.surfaces.cli.store_options import (
    JsonOption,
    StoreOption,
    Workflow,
    known_workflow,
    opened,
    show_json,
)
from interlock.surfaces.cli.toolbox import toolbox


def replay_command(
    context: typer.Context,
    workflow: Workflow,
    threshold: Annotated[float | None, typer.Option(min=0, max=1, help="Another threshold.")] = None,
    traffic_share: Annotated[float | None, typer.Option(min=0, max=1, help="Another share of traffic.")] = None,
    since: Annotated[int, typer.Option(min=0, help="From this ledger entry on.")] = 0,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Decide a past period again: as it was, and under another policy. Exit status 1 where it does not reproduce."""
    box = toolbox(context)
    policy = Policy(threshold=threshold, traffic_share=traffic_share)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        test = replay(reading, known_workflow(reading, workflow), policy, since_entry=since)
    if as_json:
        show_json(box, test)
    else:
        box.out.print(Text(f"{test.reproduced:,} of {test.decisions:,} decisions came out the same when decided again"))
        if test.erased:
            box.out.print(Text(f"  the content of {test.erased:,} of them was erased since; their records are whole"))
        for name, side in (("as it was", test.as_recorded), ("other policy", test.other)):
            counts = ", ".join(f"{verb} {count:,}" for verb, count in sorted(side.verbs.items()))
            error = side.applied_error
            rate = "not known" if error.value is None else f"{error.value:.2%} ({error.low:.2%} to {error.high:.2%})"
            box.out.print(Text(f"  {name}: {counts}; wrong among applied {rate}, n {error.n:,}"), soft_wrap=True)
    if test.differing:
        raise typer.Exit(1)
