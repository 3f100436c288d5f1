"""`interlock ledger find`."""

from typing import Annotated

import typer
from rich.text import Text

from interlock.flows.ledger.search import PAGE, Asked, search
from interlock.flows.trace.entry_line import line_of
from interlock.flows.trace.told import told
from interlock.surfaces.cli.store_options import JsonOption, StoreOption, opened, show_json
from interlock.surfaces.cli.toolbox import toolbox
from interlock.surfaces.cli.watching import printable

LIMIT_MAX = 100_000


def find_command(
    context: typer.Context,
    kind: Annotated[str, typer.Option(help="Only entries of this kind, such as grant.given.")] = "",
    workflow: Annotated[str, typer.Option(help="Only entries about this workflow.")] = "",
    person: Annotated[str, typer.Option(help="Only what this person did or was asked: a part of a name.")] = "",
    key: Annotated[str, typer.Option(help="Only entries about cases whose key holds this.")] = "",
    since: Annotated[str, typer.Option(help="From this day or time on (UTC).")] = "",
    until: Annotated[str, typer.Option(help="Up to the end of this day, or before this time (UTC).")] = "",
    before: Annotated[int | None, typer.Option(min=0, help="Only entries under this number: the next page.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=LIMIT_MAX, help="At most so many.")] = PAGE,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find what was recorded, newest first: by kind, workflow, person, case and time.

      interlock ledger find --kind grant.given --person "Ana Ruiz"

    A long ledger is looked through in parts; the last line says how to look further back.
    """
    box = toolbox(context)
    asked = Asked(kind, workflow, person, key, since, until, before)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        found = search(reading, asked, within=lambda entry: True, limit=limit)  # noqa: ARG005 - as Within
    if as_json:
        lines = [line_of(one) for one in found.entries]
        show_json(box, {"entries": lines, "further": found.further, "looked_to": found.looked_to})
        return
    for one in found.entries:
        words = f"entry {one.index}  {one.at[:19]}  {one.body.get('workflow') or '-'}: {told(one)}"
        box.out.print(Text(printable(words)), soft_wrap=True)
    if not found.entries:
        box.out.print(Text("Nothing was found."))
    if found.further is not None:
        box.out.print(Text(f"Further back: --before {found.further}"), style="bold")
