"""`interlock mcp`: the command that an agent's configuration names in place of a tool server's own."""

from typing import Annotated

import typer

from interlock.surfaces.cli.store_options import StoreOption, store_there
from interlock.surfaces.cli.toolbox import toolbox
from interlock.terms.errors import BadInput

KEY = "INTERLOCK_GATEWAY_KEY"


def mcp_command(
    context: typer.Context,
    server: Annotated[str, typer.Argument(help="The tool server, as the gateway's definition names it.")],
    store: StoreOption = None,
) -> None:
    """Be a tool server for an agent, over standard input and output: its calls are governed.

      interlock mcp billing

    The environment variable INTERLOCK_GATEWAY_KEY holds the key that says which client calls, for which workflow and
    tenant (`interlock gateway key create`). A call that a person has to decide is answered with a ticket. Over HTTP
    the same is at /mcp/SERVER of `interlock gateway`.
    """
    box = toolbox(context)
    key = box.environment.get(KEY, "").strip()
    if not key:
        raise BadInput(f"set {KEY} to a key of the gateway, so that it is known who calls")
    box.serve_tools(store_there(box, store), server, key)
