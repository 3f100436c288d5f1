"""Put the gateway's definition on record, and read it back. The newest one is in force, in every process at once."""

from collections.abc import Iterator, Sequence
from typing import Any

from interlock.engine.gateway.recorded import term_of
from interlock.engine.ledger.canonical import plain
from interlock.engine.rollout.people import known_as
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.ports.clock import Clock
from interlock.ports.store import Reading, Store
from interlock.terms.errors import BadInput
from interlock.terms.gateway.definition import GatewayDefinition
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
    faults = (*gateway_faults(definition), *more)
    if faults:
        raise BadInput("the gateway's definition cannot count yet:\n" + "\n".join(f"  {fault}" for fault in faults))


def gateway_in_force(reading: Reading) -> GatewayDefinition | None:
    """The newest on record; None where there is none yet."""
    newest = max(reading.entries_of(KIND), key=lambda entry: entry.index, default=None)
    return None if newest is None else gateway_of(newest)


def gateway_of(entry: LedgerEntry) -> GatewayDefinition:
    """An entry `gateway.defined`."""
    return term_of(GatewayDefinition, entry.body["definition"])


def gateway_faults(definition: GatewayDefinition) -> Iterator[str]:
    """Names in it that lead nowhere, and fallbacks that lead in a circle; each begins with its place in the file."""
    places = {one.name for one in definition.upstreams}
    models = {one.name: one for one in definition.models}
    for model in definition.models:
        if model.upstream not in places:
            yield f"models.{model.name}.upstream: there is no upstream '{model.upstream}'; there are: {_named(places)}"
        for other in model.fallbacks:
            if other == model.name:
                yield f"models.{model.name}.fallbacks: it falls back to itself; name another one"
            elif other not in models:
                yield f"models.{model.name}.fallbacks: there is no model '{other}'; there are: {_named(set(models))}"
            elif models[other].embeds is not model.embeds:
                yield f"models.{model.name}.fallbacks: '{other}' does another thing: one embeds, the other answers"
    for number, limit in enumerate(definition.limits):
        if limit.model is not None and limit.model not in models:
            yield f"limits.{number}.model: there is no model '{limit.model}'; there are: {_named(set(models))}"


def _named(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none"
