"""`interlock gateway client bar`, `admit`, `list`."""

from typing import Annotated

import typer
from rich.text import Text

from interlock.flows.gateway.access.bars import admit_client, bar_client, barred
from interlock.surfaces.cli.store_options import AsOption, JsonOption, StoreOption, opened, person, show_json
from interlock.surfaces.cli.toolbox import toolbox

ClientName = Annotated[
    str, typer.Argument(help="Name of the client; one with a token is SUBJECT@HOST of its issuer.", show_default=False)
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; it is recorded.")]


def bar_client_command(
    context: typer.Context, name: ClientName, reason: ReasonOption, by: AsOption, store: StoreOption = None
) -> None:
    """Shut a client out, whatever it presents: also with tokens for which its issuer still vouches.

    interlock gateway client bar desk@id.example.com --reason "its machine was stolen" --as "Ana Ruiz"
    """
    box = toolbox(context)
    with opened(box, store) as opened_store:
        bar_client(opened_store, name, reason, by=person(by), clock=box.clock)
    box.out.print(Text(f"{name}: barred"))


def admit_client_command(
    context: typer.Context, name: ClientName, reason: ReasonOption, by: AsOption, store: StoreOption = None
) -> None:
    """Let a barred client in again with the keys and tokens that it has."""
    box = toolbox(context)
    with opened(box, store) as opened_store:
        admit_client(opened_store, name, reason, by=person(by), clock=box.clock)
    box.out.print(Text(f"{name}: let in again"))


def list_barred_command(context: typer.Context, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List the clients that are shut out."""
    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        rows = barred(reading)
    if as_json:
        show_json(box, rows)
        return
    for row in rows:
        box.out.print(Text(f"{row.name}: barred by {row.barred_by} {row.at}: {row.reason}"), soft_wrap=True)
    if not rows:
        box.out.print(Text("No client is barred."))
