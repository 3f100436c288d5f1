"""`interlock upgrade`."""

from typing import Annotated

import typer
from rich.text import Text

from interlock.surfaces.cli.store_options import JsonOption, StoreOption, show_json, store_there
from interlock.surfaces.cli.toolbox import toolbox


def upgrade_command(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do it, verify it and take it back.")] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring a store to the schema of this Interlock, all of it or nothing.

      interlock upgrade --dry-run

    An embedded store is copied first; the copy is the way back, there is no downgrade. Back a shared store up before:
    `interlock backup`. Stop whatever uses the store; an effect that is under way is a reason to refuse.
    """
    box = toolbox(context)
    done = box.upkeep().upgrade(store_there(box, store), dry_run=dry_run)
    if as_json:
        show_json(box, done)
    elif done.from_schema == done.to_schema:
        box.out.print(Text(f"Nothing to do: the store has schema {done.to_schema}, {done.entries:,} entries."))
    elif dry_run:
        words = f"It can be upgraded from schema {done.from_schema} to {done.to_schema}, and verifies then."
        box.out.print(Text(words))
    else:
        box.out.print(Text(f"Upgraded from schema {done.from_schema} to {done.to_schema}: {done.entries:,} entries."))
        if done.backup is not None:
            box.out.print(Text(f"As it was before, it is in {done.backup}."), soft_wrap=True)
