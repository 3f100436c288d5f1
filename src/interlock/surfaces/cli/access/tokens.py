"""`interlock token create`, `list`, `revoke`."""

from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.access.permissions import role_at
from interlock.engine.ledger.canonical import plain
from interlock.flows.access.tokens import create_token, revoke_token, tokens
from interlock.surfaces.cli.store_options import AsOption, JsonOption, StoreOption, opened, person, show_json
from interlock.surfaces.cli.toolbox import toolbox

TokenName = Annotated[str, typer.Argument(help="Whose token it is: a person or an application.", show_default=False)]


def create_token_command(
    context: typer.Context,
    name: TokenName,
    role: Annotated[
        list[str], typer.Option(help="What it may do, such as reviewer or reviewer@workflow/NAME; may be given again.")
    ],
    by: AsOption,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a token and show it, once. From the first one on, a server on this store asks everybody for one.

      interlock token create "Ben Okafor" --role operator --as "Ana Ruiz"

    runtime is for applications; reviewer, operator and auditor are for people, who act in the name of their token.
    """
    box = toolbox(context)
    with opened(box, store) as opened_store:
        token = create_token(
            opened_store, name, map(role_at, role), by=person(by), clock=box.clock, randomness=box.randomness
        )
    if as_json:
        show_json(box, {"name": name, "roles": role, "token": token})
    else:
        box.out.print(Text(token), soft_wrap=True)
        box.err.print(Text(f"It is shown this once; keep it where {name} finds it and nobody else does."))


def list_tokens_command(context: typer.Context, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List the tokens that were ever made, what each may, and which were revoked. Tokens themselves are not kept."""
    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        rows = tokens(reading)
    if as_json:
        show_json(box, [{**plain(row), "roles": list(map(str, row.roles))} for row in rows])
        return
    for row in rows:
        state = f"revoked {row.revoked_at}" if row.revoked_at else "live"
        words = f"{row.name}: {', '.join(map(str, row.roles))}; made by {row.created_by} {row.created_at}; {state}"
        box.out.print(Text(words), soft_wrap=True)
    if not rows:
        box.out.print(Text("There are no tokens: a server on this store listens on its own machine only."))


def revoke_token_command(context: typer.Context, name: TokenName, by: AsOption, store: StoreOption = None) -> None:
    """End a token, at once and in every server on the store."""
    box = toolbox(context)
    with opened(box, store) as opened_store:
        revoke_token(opened_store, name, by=person(by), clock=box.clock)
    box.out.print(Text(f"{name}: revoked"))
