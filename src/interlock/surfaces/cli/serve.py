"""`interlock serve`: the HTTP API on a store."""

from typing import Annotated

import typer

from interlock.engine.access.signature import secret_of
from interlock.surfaces.cli.store_options import StoreOption, store_address
from interlock.surfaces.cli.toolbox import Notify, toolbox
from interlock.terms.errors import BadInput

SECRET_VARIABLE = "INTERLOCK_NOTIFY_SECRET"  # noqa: S105 - the name of a variable


def serve_command(
    context: typer.Context,
    store: StoreOption = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0 takes a free one.")] = 8410,
    notify: Annotated[
        list[str] | None,
        typer.Option(help=f"Tell this address of kills, resumes and demotions, signed with {SECRET_VARIABLE}."),
    ] = None,
) -> None:
    """Serve the store to applications, reviewers, operators and auditors, until it is stopped.

      interlock serve --store store.db

    Applications come with interlock.connect("http://127.0.0.1:8410", token=...). `interlock token create` makes tokens;
    while there are none the server listens on this machine only, and anybody on it may do anything.
    """
    box = toolbox(context)
    address = store_address(box, store)
    if not box.store_exists(address):
        raise BadInput(f"there is no store {address} yet; `interlock apply -f FILE` makes one, --store names another")
    told = Notify(tuple(notify), _secret(box.environment.get(SECRET_VARIABLE, ""))) if notify else None
    box.serve(address, host, port, box.err, told)


def _secret(text: str) -> bytes:
    try:
        return secret_of(text)
    except ValueError as exc:
        how = "make one with: echo whsec_$(openssl rand -base64 32)"
        raise BadInput(f"{SECRET_VARIABLE} holds no secret to sign notices with: {exc}; {how}") from exc
