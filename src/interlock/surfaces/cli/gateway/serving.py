"""`interlock gateway serve`: pass model traffic on, under the authority of the workflows that it is for."""

from pathlib import Path
from typing import Annotated

import typer

from interlock.surfaces.cli.store_options import StoreOption, store_address
from interlock.surfaces.cli.toolbox import toolbox


def serve_gateway_command(
    context: typer.Context,
    store: StoreOption = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0 takes a free one.")] = 8420,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Processes that share the port and the store.")] = 1,
    tls_cert: Annotated[Path | None, typer.Option(help="PEM file with the certificate's chain.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="PEM file with its private key.")] = None,
) -> None:
    """Govern model traffic until it is stopped: who asks, which model, what may leave, what it may cost.

      interlock gateway

      interlock gateway --store postgresql://interlock@db/interlock --workers 4

    An application changes one address and its key: the base address of its client becomes http://127.0.0.1:8420/v1
    (OpenAI) or http://127.0.0.1:8420 (Anthropic). `interlock gateway apply` says where models are, and
    `interlock gateway key create` makes keys. Each request is on record before it is forwarded, and its outcome before
    the answer is complete.
    """
    box = toolbox(context)
    address = store_address(box, store)
    box.serve_gateway(address, host, port, box.err, workers=workers, certificate=tls_cert, key=tls_key)
