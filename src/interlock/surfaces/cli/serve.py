"""`interlock serve`: the HTTP API on a store."""

from typing import Annotated

import typer

from interlock.surfaces.cli.store_options import StoreOption, store_address
from interlock.surfaces.cli.toolbox import toolbox
from interlock.terms.errors import BadInput


def serve_command(
    context: typer.Context,
    store: StoreOption = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0 takes a free one.")] = 8410,
) -> None:
    """Serve the store to applications, reviewers, operators and auditors, until it is stopped.

      interlock serve --store store.db

    Applications come with interlock.connect("http://127.0.0.1:8410", token=...). `interlock token create` makes tokens;
    without any the server listens on this machine only, and anybody on it may do anything.
    """
    box = toolbox(context)
    address = store_address(box, store)
    if not box.store_exists(address):
        raise BadInput(f"there is no store {address} yet; `interlock apply -f FILE` makes one, --store names another")
    box.serve(address, host, port, box.err)
