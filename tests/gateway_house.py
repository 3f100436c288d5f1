"""A store with workflows whose traffic may go to upstreams of our own, and keys that lend applications that."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from governed import CARLA, DEFINITION
from interlock.flows.action.runtime import RunTime
from interlock.flows.gateway.access.keys import WantedKey, create_key
from interlock.flows.gateway.define import define_gateway
from interlock.flows.rollout.define import define
from interlock.terms.gateway.definition import GatewayDefinition, GatewayModel, ModelUpstream, Price, WireFormat
from interlock.terms.gateway.traffic import Of, Per, TrafficLimit, TrafficPlan, Unit
from interlock.wiring.run_time import open_address, open_run_time

PRICE = Price(input_micro_usd=250_000, output_micro_usd=2_000_000)
# Counted like any other, and so large that no test or measurement reaches them.
AMPLE = (
    TrafficLimit(Of.CLIENT, Unit.REQUESTS, Per.MINUTE, 10**9),
    TrafficLimit(Of.WORKFLOW, Unit.MICRO_USD, Per.MONTH, 10**15),
)
RULE = """@id("no more than five secrets") forbid(principal, action, resource)
when { context.facts.secrets > 5 };"""

Place = tuple[ModelUpstream, GatewayModel]


def place(
    name: str,
    base_url: str,
    wire: WireFormat = WireFormat.OPENAI,
    *,
    model: Mapping[str, Any] | None = None,
    **more: Any,
) -> Place:
    """A model `name`, called "small" by the upstream that it has for itself; `more` is of the upstream."""
    upstream = ModelUpstream(f"at-{name}", wire, base_url, **{"region": "eu", **more})
    wanted: dict[str, Any] = {"price": PRICE, **(model or {})}
    return upstream, GatewayModel(name, upstream.name, "small", **wanted)


def put_house(
    store: Path | str,
    places: Sequence[Place],
    plans: Mapping[str, TrafficPlan],
    *,
    limits: Sequence[TrafficLimit] = (),
    tenants: Sequence[str] = (),
) -> dict[str, str]:
    """The keys of each workflow in `plans`: of no tenant, by its name, and of each tenant, by "NAME of TENANT"."""
    adapters = open_address(str(store))
    try:
        return _put(open_run_time(adapters, owner="gateway house"), places, plans, limits, tenants)
    finally:
        adapters.close()


def _put(
    rt: RunTime,
    places: Sequence[Place],
    plans: Mapping[str, TrafficPlan],
    limits: Sequence[TrafficLimit],
    tenants: Sequence[str],
) -> dict[str, str]:
    upstreams, models = tuple(one for one, _ in places), tuple(one for _, one in places)
    gateway = GatewayDefinition(upstreams, models, "authored for tests", limits=tuple(limits))
    define_gateway(rt.store, gateway, by=CARLA, clock=rt.clock)
    keys: dict[str, str] = {}
    for name, plan in plans.items():
        definition = replace(DEFINITION, name=name, traffic=plan)
        define(rt.store, definition, by=CARLA, code_version="1", clock=rt.clock, randomness=rt.randomness)
        wanted = {name: WantedKey(name, name)}
        wanted |= {f"{name} of {tenant}": WantedKey(f"{name} of {tenant}", name, tenant=tenant) for tenant in tenants}
        for client, key in wanted.items():
            keys[client] = create_key(rt.store, key, by=CARLA, clock=rt.clock, randomness=rt.randomness)
    return keys
