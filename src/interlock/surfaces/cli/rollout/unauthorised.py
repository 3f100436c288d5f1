"""What acts, or is used, without a grant that allows it."""

import typer
from rich.text import Text

from interlock.flows.rollout.facts import stage_of
from interlock.flows.rollout.unauthorised import live_without_grant
from interlock.surfaces.cli.store_options import JsonOption, StoreOption, opened, show_json
from interlock.surfaces.cli.toolbox import toolbox


def unauthorised_command(context: typer.Context, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Find workflows that became live by drift: handled at volume, or acted on, without a grant that allows it.

      interlock unauthorised

    Looks at the last 7 days of every workflow. Exit status 1 where it found one.
    """
    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        rows = reading.workflows()
        found = {
            row.name: live_without_grant(reading, row, stage_of(reading, row.name), now=box.clock()) for row in rows
        }
    live = {name: words for name, words in found.items() if words}
    if as_json:
        show_json(box, live)
    else:
        box.out.print(Text(f"{len(live)} of {len(rows)} workflows are live without authority"), style="bold")
        for name, words in live.items():
            for line in words:
                box.out.print(Text(f"  {name}: {line}"), soft_wrap=True)
    if live:
        raise typer.Exit(1)
