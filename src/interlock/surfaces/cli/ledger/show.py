"""`interlock ledger show`."""

import json
from typing import Annotated

import typer
from rich.text import Text

from interlock.flows.ledger.show import entry_named
from interlock.surfaces.cli.store_options import JsonOption, StoreOption, opened, show_json
from interlock.surfaces.cli.toolbox import toolbox
from interlock.surfaces.cli.watching import printable


def show_command(
    context: typer.Context,
    entry: Annotated[str, typer.Argument(metavar="id", help="As a document cites it.", show_default=False)],
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what is on record behind an id that a report cites: the number of an entry, or a digest of evidence or of a
    release, or its first digits. Exit status 1 where the entry was altered.

    interlock ledger show "entry 12"

    interlock ledger show sha256:4f1c2a9b
    """
    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        found = entry_named(reading, entry)
    shown = found.entry
    if as_json:
        content = {"entry": shown.index, "kind": shown.kind, "at": shown.at, "intact": found.intact, "body": shown.body}
        show_json(box, content)
    else:
        intact = "" if found.intact else ": ALTERED since it was written, `interlock ledger verify` says more"
        head = f"entry {shown.index}, {shown.kind}, {shown.at}{intact}"
        box.out.print(Text(head, style="bold"), soft_wrap=True)
        for name, value in shown.body.items():
            words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            box.out.print(Text(printable(f"  {name}: {words}")), soft_wrap=True)
    if not found.intact:
        raise typer.Exit(1)
