"""`interlock gateway key create`, `list`, `revoke`."""

from typing import Annotated, Any

import typer
from rich.text import Text

from interlock.engine.gateway.access.limit_words import limit_said, limit_words
from interlock.engine.ledger.canonical import plain
from interlock.engine.timestamp import stamp
from interlock.flows.gateway.access.keys import DAYS_MAX, WantedKey, create_key, keys, revoke_key
from interlock.flows.gateway.access.used import LastAsked, last_asked
from interlock.surfaces.cli.store_options import (
    AsOption,
    JsonOption,
    StoreOption,
    known_workflow,
    opened,
    person,
    show_json,
)
from interlock.surfaces.cli.toolbox import toolbox
from interlock.terms.gateway.client import GatewayKeyRow
from interlock.terms.words import plural

KeyName = Annotated[str, typer.Argument(help="Name of the key; it is used once.", show_default=False)]
NONE_YET = "There are no gateway keys: nobody comes in, but for bearer tokens of issuers in the gateway's definition."


def create_key_command(
    context: typer.Context,
    name: KeyName,
    workflow: Annotated[str, typer.Option(help="The workflow whose authority the application uses.")],
    by: AsOption,
    client: Annotated[
        str, typer.Option(help="The application, whose limits add up over its keys; default: the key's name.")
    ] = "",
    tenant: Annotated[str | None, typer.Option(help="Its tenant; default: the one that has the workflow.")] = None,
    days: Annotated[
        int | None, typer.Option(min=1, max=DAYS_MAX, help="In how many days it ends; default: never.")
    ] = None,
    network: Annotated[
        list[str] | None, typer.Option(help="Where it may be used from, such as 10.0.0.0/8; may be given again.")
    ] = None,
    limit: Annotated[
        list[str] | None, typer.Option(help="What its client may use, as '5 usd a day'; may be given again.")
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a gateway key and show it, once. An application that sends it may do what the workflow may, and no more.

      interlock gateway key create ticket-desk --workflow message-triage --days 90 --as "Ana Ruiz"

    To change a key without a pause, make the next one for the same --client, bring it out, then revoke the first.
    """
    box = toolbox(context)
    limits = tuple(map(limit_said, limit or ()))
    wanted = WantedKey(name, workflow, client, tenant, days, tuple(network or ()), limits)
    with opened(box, store) as opened_store:
        with opened_store.reading() as reading:
            known_workflow(reading, workflow)  # says what is near
        key = create_key(opened_store, wanted, by=person(by), clock=box.clock, randomness=box.randomness)
    if as_json:
        show_json(box, {"name": name.strip(), "workflow": workflow, "key": key})
    else:
        box.out.print(Text(key), soft_wrap=True)
        box.err.print(Text("It is shown this once; keep it where the application finds it and nobody else does."))


def list_keys_command(context: typer.Context, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List the gateway keys that were ever made: whose each is, how it begins, and which were revoked or have ended."""
    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        rows, now = keys(reading), stamp(box.clock())
        asked = last_asked(reading, rows)
    if as_json:
        show_json(box, [{**plain(row), "last_used_at": asked[row.name].at} for row in rows])
        return
    for row in rows:
        box.out.print(Text(f"{_words(row, now)}; {_last(asked[row.name])}"), soft_wrap=True)
    if not rows:
        box.out.print(Text(NONE_YET), soft_wrap=True)


def revoke_key_command(context: typer.Context, name: KeyName, by: AsOption, store: StoreOption = None) -> None:
    """End a gateway key, in every gateway on the store: the next request with it is refused."""
    box = toolbox(context)
    with opened(box, store) as opened_store:
        revoke_key(opened_store, name, by=person(by), clock=box.clock)
    box.out.print(Text(f"{name}: revoked"))


def _last(last: LastAsked) -> str:
    if last.at is not None:
        return f"last used {last.at}"
    return f"not in the newest {plural(last.among, 'request')} of its application" if last.among else "never used"


def _words(row: GatewayKeyRow, now: str) -> str:
    of = row.client
    whose = f"{of.name}{'' if of.tenant is None else f' of {of.tenant}'}"
    parts: list[Any] = [f"{row.name} ({row.begins}...): {whose} uses {of.workflow}"]
    parts += [f"from {', '.join(of.networks)}"] if of.networks else []
    parts += [f"at most {', '.join(map(limit_words, of.limits))}"] if of.limits else []
    return "; ".join([*parts, f"made by {row.created_by} {row.created_at}", _state(row, now)])


def _state(row: GatewayKeyRow, now: str) -> str:
    if row.revoked_at is not None:
        return f"revoked {row.revoked_at}"
    if row.expires_at is None:
        return "live"
    return f"live until {row.expires_at}" if now < row.expires_at else f"ended {row.expires_at}"
