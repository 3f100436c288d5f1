"""`interlock gateway apply` and `show`: the gateway's definition on record."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.gateway.limits.words import amounted, whose
from interlock.flows.gateway.define import define_gateway, gateway_in_force, undefined_models
from interlock.surfaces.cli.store_options import AsOption, JsonOption, StoreOption, opened, person, show_json
from interlock.surfaces.cli.toolbox import toolbox
from interlock.terms.errors import BadInput
from interlock.terms.gateway.definition import GatewayDefinition, GatewayModel
from interlock.terms.words import plural

NOT_DEFINED = "named by workflows and not defined here, so nobody can ask for them"
NONE_YET = "the gateway has no definition yet; write gateway.yaml and put it on record: interlock gateway apply -f FILE"


def apply_command(
    context: typer.Context,
    file: Annotated[Path, typer.Option("--file", "-f", help="YAML file with the gateway's definition.")],
    by: AsOption,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say where models and tool servers are, what they cost, what is limited and who may come.

    ```yaml
    gateway: main
    prices_version: "2026-11"
    upstreams:
      eu:
        wire: openai
        base_url: https://models.example.com/v1
        region: eu
        key_variable: EU_MODELS_KEY
    models:
      small:
        upstream: eu
        at_upstream: gpt-5-mini
        price_per_million: {input_usd: 0.25, output_usd: 2}
    ```

    It counts at once, in every gateway on the store; earlier definitions stay on record. Keys are not in it: it names
    the variables of the environment that hold them.
    """
    box = toolbox(context)
    who, definition = person(by), box.read_gateway(file)
    with opened(box, store, create=True) as opened_store:
        entry = define_gateway(opened_store, definition, by=who, clock=box.clock)
        with opened_store.reading() as reading:
            undefined = undefined_models(reading, definition)
    unset = tuple(one for one in definition.key_variables if not box.environment.get(one))
    if as_json:
        show_json(box, {**_counted(definition), "entry": entry.index, "not_set_here": unset, "not_defined": undefined})
        return
    counts = f"{_words(definition)}, {plural(len(definition.limits), 'limit')}"
    box.out.print(Text(f"the gateway is defined: {counts} (entry {entry.index})"), soft_wrap=True)
    if undefined:
        box.err.print(Text(f"{NOT_DEFINED}: {', '.join(undefined)}"), soft_wrap=True)
    if unset:
        box.err.print(Text(f"not set here, and needed where the gateway runs: {', '.join(unset)}"), soft_wrap=True)


def check_command(
    context: typer.Context,
    file: Annotated[Path, typer.Option("--file", "-f", help="YAML file with the gateway's definition.")],
    as_json: JsonOption = False,
) -> None:
    """Find what is wrong with a gateway file, without a store: for a check before it is merged.

    Exit status: 0 where it could be put on record; 2 where it could not, with every fault, its line and its mend.
    """
    box = toolbox(context)
    definition = box.read_gateway(file)
    if as_json:
        show_json(box, {"file": str(file), **_counted(definition)})
        return
    box.out.print(Text(f"{file}: {_words(definition)}; nothing wrong"), soft_wrap=True)


def show_command(context: typer.Context, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Show the definition in force: models with their ways out and prices, limits, who may come."""
    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        definition = gateway_in_force(reading)
        undefined = () if definition is None else undefined_models(reading, definition)
    if definition is None:
        raise BadInput(NONE_YET)
    if as_json:
        show_json(box, definition)
        return
    for line in _shown(definition):
        box.out.print(Text(line), soft_wrap=True)
    if undefined:
        box.out.print(Text(f"{NOT_DEFINED}: {', '.join(undefined)}"), soft_wrap=True)


def _shown(definition: GatewayDefinition) -> Iterator[str]:
    places = {place.name: place for place in definition.upstreams}
    for model in definition.models:
        place = places[model.upstream]
        behind = f"; then {', '.join(model.fallbacks)}" if model.fallbacks else ""
        words = f"{model.name}: {model.at_upstream} at {place.name} ({place.region}, up to {place.data_class} data)"
        yield f"{words}, {_price(model)}{behind}"
    for limit in definition.limits:
        most = f"{amounted(limit.unit, limit.most)} a {limit.per}{f' of {limit.model}' if limit.model else ''}"
        yield f"limit: {whose(limit.of, limit.name)}, {most}"
    for issuer in definition.issuers:
        yield f"tokens of {issuer.issuer} for {issuer.audience}"
    for server in definition.tool_servers:
        yield f"tools: {server.name} ({server.url or ' '.join(server.command)})"
    networks = ", ".join(definition.network.allow) or "any network"
    yield f"may come from: {networks}; prices of {definition.prices_version}"


def _counted(definition: GatewayDefinition) -> dict[str, int]:
    parts = ("models", "upstreams", "limits", "issuers", "tool_servers")
    return {part: len(getattr(definition, part)) for part in parts}


def _words(definition: GatewayDefinition) -> str:
    words = f"{plural(len(definition.models), 'model')} at {plural(len(definition.upstreams), 'place')}"
    servers = len(definition.tool_servers)
    return f"{words}, {plural(servers, 'tool server')}" if servers else words


def _price(model: GatewayModel) -> str:
    if model.price is None:
        return "price unknown"
    return f"{_usd(model.price.input_micro_usd)} in, {_usd(model.price.output_micro_usd)} out a million tokens"


def _usd(micro_usd: int) -> str:
    return f"${micro_usd / 1_000_000:,.2f}"
