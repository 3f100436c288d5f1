"""`interlock hook create`, `list`, `revoke`."""

from typing import Annotated

import typer
from rich.text import Text

from interlock.flows.access.hooks import create_hook, hooks, revoke_hook
from interlock.surfaces.cli.authority import SCOPE_HELP
from interlock.surfaces.cli.store_options import AsOption, JsonOption, StoreOption, opened, person, show_json
from interlock.surfaces.cli.toolbox import toolbox

HookName = Annotated[str, typer.Argument(help="Which monitor or alert manager it is for.", show_default=False)]


def create_hook_command(
    context: typer.Context,
    name: HookName,
    scope: Annotated[str, typer.Option(help=f"What it may halt: {SCOPE_HELP}")],
    by: AsOption,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a web hook that may halt one scope, and show its secret, once.

      interlock hook create latency-alert --scope workflow:triage --as "Ana Ruiz"

    The sender POSTs to /v1/hooks/kill/NAME of the server, signed with the secret as Standard Webhooks says.
    """
    box = toolbox(context)
    with opened(box, store) as opened_store:
        secret = create_hook(opened_store, name, scope, by=person(by), clock=box.clock, randomness=box.randomness)
    if as_json:
        show_json(box, {"name": name, "scope": scope, "secret": secret})
    else:
        box.out.print(Text(secret), soft_wrap=True)
        box.err.print(Text("It is shown this once; give it to the sender and nobody else."))


def list_hooks_command(context: typer.Context, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List the web hooks that were ever made, what each may halt, and which were revoked."""
    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        rows = hooks(reading)
    if as_json:
        show_json(box, rows)
        return
    for row in rows:
        state = f"revoked {row.revoked_at}" if row.revoked_at else "live"
        words = f"{row.name}: halts {row.scope}; made by {row.created_by} {row.created_at}; {state}"
        box.out.print(Text(words), soft_wrap=True)
    if not rows:
        box.out.print(Text("There are no web hooks; `interlock hook create` makes one."))


def revoke_hook_command(context: typer.Context, name: HookName, by: AsOption, store: StoreOption = None) -> None:
    """End a web hook, at once and in every server on the store."""
    box = toolbox(context)
    with opened(box, store) as opened_store:
        revoke_hook(opened_store, name, by=person(by), clock=box.clock)
    box.out.print(Text(f"{name}: revoked"))
