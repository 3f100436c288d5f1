"""`interlock account create`, `list`, `roles`, `reset`, `close`."""

from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.access.base_address import VARIABLE, base_address
from interlock.engine.access.permissions import role_at
from interlock.engine.ledger.canonical import plain
from interlock.flows.access.accounts import accounts
from interlock.flows.access.links import reset_account
from interlock.flows.access.people import change_roles, close_account, create_account
from interlock.surfaces.cli.store_options import AsOption, JsonOption, StoreOption, opened, person, show_json
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.terms.account import AccountRow
from interlock.terms.errors import BadInput

AccountName = Annotated[
    str, typer.Argument(help="The person's name, as definitions and records write it.", show_default=False)
]
RoleOption = Annotated[
    list[str] | None,
    typer.Option(help="What they may do, such as reviewer or auditor@tenant/NAME; may be given again."),
]
ADDRESS = "http://127.0.0.1:8410"
AddressOption = Annotated[
    str,
    typer.Option(
        help=f"Where people reach the server, for the link; default: {VARIABLE} or {ADDRESS}", show_default=False
    ),
]


def create_account_command(
    context: typer.Context,
    name: AccountName,
    by: AsOption,
    role: RoleOption = None,
    email: Annotated[str, typer.Option(help="Their e-mail address, for single sign-on only.")] = "",
    address: AddressOption = "",
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make an account and print a link, good once and for a day, by which the person sets a password.

      interlock account create "Ben Okafor" --role safety-owner --as "Ana Ruiz"

    From the first account on, a server on this store asks everybody to sign in, and applications for a token.
    """
    box = toolbox(context)
    where = _where(box, address)
    with opened(box, store, create=True) as opened_store:
        secret = create_account(
            opened_store,
            name,
            map(role_at, role or ()),
            by=person(by),
            clock=box.clock,
            randomness=box.randomness,
            email=email,
        )
    _show_link(box, name, f"{where}/invitation?token={secret}", as_json=as_json)


def list_accounts_command(context: typer.Context, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List the accounts that were ever made, what each may do, and which were closed."""
    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        rows = accounts(reading)
    if as_json:
        show_json(box, [_told(row) for row in rows])
        return
    for row in rows:
        state = f"closed {row.closed_at}" if row.closed_at else "open" if row.password_at else "no password yet"
        roles = ", ".join(map(str, row.roles)) or "no role"
        words = f"{row.name}: {roles}; made by {row.created_by} {row.created_at}; {state}"
        box.out.print(Text(words), soft_wrap=True)
    if not rows:
        box.out.print(Text("There are no accounts: `interlock serve` prints a link that makes the first one."))


def account_roles_command(
    context: typer.Context, name: AccountName, by: AsOption, role: RoleOption = None, store: StoreOption = None
) -> None:
    """Say what a person may do from now on, instead of what it was; they are signed out at once.

      interlock account roles "Ben Okafor" --role safety-owner --role reviewer@tenant/acme --as "Ana Ruiz"

    Without --role they may do nothing.
    """
    box = toolbox(context)
    held = tuple(map(role_at, role or ()))
    with opened(box, store) as opened_store:
        changed = change_roles(opened_store, name, held, by=person(by), clock=box.clock)
    words = ", ".join(map(str, held)) or "no role"
    box.out.print(Text(f"{name}: {words}{'' if changed else ', as before'}"), soft_wrap=True)


def reset_account_command(
    context: typer.Context,
    name: AccountName,
    by: AsOption,
    without_second_factor: Annotated[
        bool, typer.Option("--without-second-factor", help="Take the second factor away too: it is lost.")
    ] = False,
    address: AddressOption = "",
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print a link, good once and for a day, by which somebody who lost their password sets another one.

    The present password holds until then. Whoever can run this on the store needs no password to do so.
    """
    box = toolbox(context)
    where = _where(box, address)
    with opened(box, store) as opened_store:
        secret = reset_account(
            opened_store,
            name,
            by=person(by),
            clock=box.clock,
            randomness=box.randomness,
            without_second_factor=without_second_factor,
        )
    _show_link(box, name, f"{where}/invitation?token={secret}", as_json=as_json)


def close_account_command(context: typer.Context, name: AccountName, by: AsOption, store: StoreOption = None) -> None:
    """Close an account at once, in every server on the store; its password, second factor and e-mail are erased.

    Exit status 1 where bytes of them are left in the store's files.
    """
    box = toolbox(context)
    with opened(box, store) as opened_store:
        gone = close_account(opened_store, name, by=person(by), clock=box.clock)
    box.out.print(Text(f"{name}: closed"))
    if not gone:
        words = "bytes of its secrets are left in the store's files: `interlock erase --due` gets them out later"
        box.err.print(Text(words), soft_wrap=True)
        raise typer.Exit(1)


def _where(box: Toolbox, address: str) -> str:
    """Where people reach the server. Raises BadInput before anything is made: a link that nobody gets opens nothing."""
    if address and not address.startswith(("http://", "https://")):
        raise BadInput(f"--address is where people reach the server, such as {ADDRESS}, not '{address}'")
    return address.rstrip("/") or base_address(box.environment.get(VARIABLE, "")) or ADDRESS


def _show_link(box: Toolbox, name: str, link: str, *, as_json: bool) -> None:
    if as_json:
        show_json(box, {"name": name, "link": link})
        return
    box.out.print(Text(link), soft_wrap=True)
    box.err.print(Text(f"It is good once, for 24 hours; hand it to {name} and nobody else."), soft_wrap=True)


def _told(row: AccountRow) -> dict[str, object]:
    told = {**plain(row), "roles": list(map(str, row.roles)), "link_until": row.link.until if row.link else None}
    return {name: value for name, value in told.items() if name not in {"link", "sessions_from"}}
