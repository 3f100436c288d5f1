"""Put the gateway's definition on record, and read it back. The newest one is in force, in every process at once."""

from collections.abc import Iterator, Sequence
from typing import Any

from interlock.engine.gateway.recorded import term_of
from interlock.engine.ledger.canonical import plain
from interlock.engine.rollout.definition import definition_of
from interlock.engine.rollout.people import known_as
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.ports.clock import Clock
from interlock.ports.store import Reading, Store
from interlock.terms.errors import BadInput
from interlock.terms.gateway.authority import AUTO
from interlock.terms.gateway.definition import GatewayDefinition, GatewayFault, GatewayModel
from interlock.terms.ledger import LedgerEntry
from interlock.terms.person import Person

KIND = "gateway.defined"


def define_gateway(store: Store, definition: GatewayDefinition, *, by: Person, clock: Clock) -> LedgerEntry:
    """It counts from now on; earlier ones stay on record. Raises BadInput with every fault, then records nothing."""
    check_gateway(definition, () if known_as(by.name) else ("say who defines the gateway (--as): it is recorded",))
    body: dict[str, Any] = {
        "workflow": None,
        "definition": plain(definition),
        "by": by.name,
        "authenticated": by.authenticated,
    }
    with store.transaction() as tx:
        return record(tx, KIND, body, at=stamp(clock()))


def check_gateway(definition: GatewayDefinition, more: Sequence[str] = ()) -> None:
    """Raises BadInput with every fault of a definition, and with `more` of them."""
    faults = (*(f"{'.'.join(map(str, fault.location))}: {fault.words}" for fault in gateway_faults(definition)), *more)
    if faults:
        raise BadInput("the gateway's definition cannot count yet:\n" + "\n".join(f"  {fault}" for fault in faults))


def gateway_in_force(reading: Reading) -> GatewayDefinition | None:
    """The newest on record; None where there is none yet."""
    newest = max(reading.entries_of(KIND), key=lambda entry: entry.index, default=None)
    return None if newest is None else gateway_of(newest)


def undefined_models(reading: Reading, definition: GatewayDefinition) -> tuple[str, ...]:
    """Models that workflows in force name and the definition does not, each as `MODEL (WORKFLOW)`."""
    known = {one.name for one in definition.models}
    workflows = [definition_of(row.definition) for row in reading.workflows()]
    named = [(model, one.name) for one in workflows for model in one.traffic.models]
    return tuple(f"{model} ({workflow})" for model, workflow in sorted(named) if model not in known)


def gateway_of(entry: LedgerEntry) -> GatewayDefinition:
    """An entry `gateway.defined`."""
    return term_of(GatewayDefinition, entry.body["definition"])


def gateway_faults(definition: GatewayDefinition) -> Iterator[GatewayFault]:
    """Names in it that lead nowhere or mean something else already, and proxies that would be everybody."""
    for model in definition.models:
        yield from _faults_of(model, definition)
    known = {one.name for one in definition.models}
    for number, limit in enumerate(definition.limits):
        if limit.model is not None and limit.model not in known:
            yield GatewayFault(("limits", number, "model"), _no_model(limit.model, known))
    for number, network in enumerate(definition.network.trusted_proxies):
        if network.endswith("/0"):
            words = f"{network} is everybody, who could then say to come from anywhere; name your proxies"
            yield GatewayFault(("network", "trusted_proxies", number), words)


def _faults_of(model: GatewayModel, definition: GatewayDefinition) -> Iterator[GatewayFault]:
    places, models = {one.name for one in definition.upstreams}, {one.name: one for one in definition.models}
    at = ("models", model.name)
    if model.name == AUTO:
        yield GatewayFault(at, f"'{AUTO}' asks for the cheapest model that will do; give this one another name")
    if model.upstream not in places:
        words = f"there is no upstream '{model.upstream}'; there are: {_named(places)}"
        yield GatewayFault((*at, "upstream"), words)
    for other in model.fallbacks:
        if other == model.name:
            yield GatewayFault((*at, "fallbacks"), "it falls back to itself; name another one")
        elif other not in models:
            yield GatewayFault((*at, "fallbacks"), _no_model(other, set(models)))
        elif models[other].embeds is not model.embeds:
            words = f"'{other}' does another thing: one embeds, the other answers"
            yield GatewayFault((*at, "fallbacks"), words)


def _no_model(name: str, known: set[str]) -> str:
    return f"there is no model '{name}'; there are: {_named(known)}"


def _named(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none"
