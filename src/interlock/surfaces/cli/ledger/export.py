"""`interlock ledger export`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from interlock.flows.ledger.export import export
from interlock.flows.ledger.seal import sealed
from interlock.flows.ledger.told import told
from interlock.surfaces.cli.ledger.options import watching
from interlock.surfaces.cli.store_options import StoreOption, opened
from interlock.surfaces.cli.toolbox import toolbox


def export_command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="File to write (JSON Lines).", show_default=False)],
    payloads: Annotated[
        bool, typer.Option("--payloads", help="With the content beside the entries, which may be erased later.")
    ] = False,
    store: StoreOption = None,
) -> None:
    """Write the ledger to a file that can be verified anywhere, without the store."""
    box = toolbox(context)
    with opened(box, store) as opened_store, sealed(opened_store) as reading:
        entries = reading.head().size
        with watching(box, "exporting the ledger") as progress:
            box.write_lines(file, told(export(reading, payloads=payloads), progress, entries))
    box.out.print(Text(f"{file}: {entries:,} entries"))
