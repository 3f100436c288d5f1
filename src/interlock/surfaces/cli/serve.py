"""`interlock serve`: the pages and the HTTP API on a store."""

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
        typer.Option(
            help=f"Tell this address of kills, resumes, demotions and unusual traffic, signed with {SECRET_VARIABLE}."
        ),
    ] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Serve an invented company with a workflow at work, without passwords.")
    ] = False,
) -> None:
    """Serve pages to people and an API to applications, until it is stopped.

      interlock serve

      interlock serve --demo

      interlock serve --store store.db --host 0.0.0.0

    Open the address that it prints. A store that is not there yet is made. The first administrator is made with the
    link that it prints; until then, and while there are no tokens, it listens on this machine only. Applications come
    with interlock.connect("http://127.0.0.1:8410", token=...); `interlock token create` makes tokens.

    INTERLOCK_ADDRESS says where people reach its pages, such as https://interlock.example.com: documents that it sends
    lead there.

    --demo fills a temporary store (or a new one that --store names) with a year of an invented company, and sends
    invented messages through one of its workflows while it runs. Whoever is on this machine may look at it in any role.
    """
    box = toolbox(context)
    told = Notify(tuple(notify), _secret(box.environment.get(SECRET_VARIABLE, ""))) if notify else None
    if demo:
        from interlock.surfaces.cli.demo.served.serving import serve_demo

        serve_demo(box, store, host, port, told)
    else:
        box.serve(store_address(box, store), host, port, box.err, told)


def _secret(text: str) -> bytes:
    try:
        return secret_of(text)
    except ValueError as exc:
        how = "make one with: echo whsec_$(openssl rand -base64 32)"
        raise BadInput(f"{SECRET_VARIABLE} holds no secret to sign notices with: {exc}; {how}") from exc
