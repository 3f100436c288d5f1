"""Compile what is on record about a workflow and about the gateway into what its traffic may do."""

from collections.abc import Sequence
from dataclasses import replace

from interlock.terms.gateway.authority import AUTO, TrafficAuthority, Way
from interlock.terms.gateway.definition import GatewayDefinition, GatewayModel, ModelUpstream
from interlock.terms.gateway.edge import traffic_edge
from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.gateway.traffic import CacheMode, TrafficPlan, Unit
from interlock.terms.workflow import WorkflowDefinition

EMBEDDED_S = 2.0


def compiled(
    definition: WorkflowDefinition, gateway: GatewayDefinition, *, release: str, halted: Sequence[str]
) -> TrafficAuthority:
    """What the traffic of a workflow may do. `halted` are the kill scopes that stand against it."""
    plan = definition.traffic
    limited = any(one.unit is Unit.MICRO_USD for one in (*gateway.limits, *plan.limits))
    ways, closed = _ways(plan, gateway, money_counts=limited)
    tiers = tuple(name for name in plan.models if name in ways)
    asked = {**ways, **({AUTO: _tiers_in_order(tiers, ways)} if tiers else {})}
    return TrafficAuthority(
        workflow=definition.name,
        release=release,
        plan=plan,
        refusal=_refusal(definition, halted, open_models=bool(tiers), closed=closed),
        tiers=tiers,
        ways=asked,
        closed=closed,
        gateway_limits=gateway.limits,
        edge=traffic_edge(definition) if plan.policy else None,
        prices_version=gateway.prices_version,
        cache_way=_cache_way(plan, gateway, money_counts=limited),
    )


def _refusal(
    definition: WorkflowDefinition, halted: Sequence[str], *, open_models: bool, closed: dict[str, str]
) -> Refusal | None:
    name = definition.name
    if halted:
        return Refusal(
            RefusalKind.FORBIDDEN, "kill switch", f"{', '.join(halted)} is halted; a person has to resume it"
        )
    if not definition.owners.named:
        words = f"'{name}' has no value owner or no safety owner, so it has no authority; name both in its definition"
        return Refusal(RefusalKind.FORBIDDEN, "no owner", words)
    if not definition.traffic.models:
        words = f"the definition of '{name}' names no model in traffic.models, so none may be asked"
        return Refusal(RefusalKind.FORBIDDEN, "no models", words)
    if not open_models:
        words = f"no model of '{name}' may be asked: " + "; ".join(closed[one] for one in definition.traffic.models)
        return Refusal(RefusalKind.FORBIDDEN, "no way out", words)
    return None


def _ways(
    plan: TrafficPlan, gateway: GatewayDefinition, *, money_counts: bool
) -> tuple[dict[str, tuple[Way, ...]], dict[str, str]]:
    """The ways of each model of the plan (the shadow's too), and why the others are closed."""
    models = {model.name: model for model in gateway.models}
    places = {place.name: place for place in gateway.upstreams}
    closed: dict[str, str] = {}
    single: dict[str, Way] = {}
    wanted = dict.fromkeys((*plan.models, *((plan.shadow_model,) if plan.shadow_model else ())))
    for name in dict.fromkeys((*wanted, *(f for one in wanted if one in models for f in models[one].fallbacks))):
        model = models.get(name)
        place = None if model is None else places.get(model.upstream)
        why = _why_closed(name, model, place, plan, money_counts=money_counts)
        if why is not None:
            closed[name] = why
        elif model is not None and place is not None:
            single[name] = Way(model, place)
    # A fallback is a way for this model only; it need not be in the plan, but what holds for the plan holds for it.
    return (
        {
            name: tuple(single[one] for one in (name, *models[name].fallbacks) if one in single)
            for name in wanted
            if name in single
        },
        closed,
    )


def _cache_way(plan: TrafficPlan, gateway: GatewayDefinition, *, money_counts: bool) -> Way | None:
    """Where questions are embedded, in a hurry and once: whoever asked waits meanwhile. None where they may not go."""
    if plan.cache is not CacheMode.SEMANTIC or plan.cache_model is None:
        return None
    name = plan.cache_model
    model = next((one for one in gateway.models if one.name == name), None)
    place = None if model is None else next((one for one in gateway.upstreams if one.name == model.upstream), None)
    why = _why_closed(name, model, place, plan, money_counts=money_counts)
    if why is not None or model is None or place is None or not model.embeds:
        return None
    hurried = {
        field: min(getattr(place, field), EMBEDDED_S) for field in ("connect_s", "first_byte_s", "between_chunks_s")
    }
    return Way(replace(model, retries_max=0, fallbacks=()), replace(place, **hurried))


def _why_closed(
    name: str, model: GatewayModel | None, place: ModelUpstream | None, plan: TrafficPlan, *, money_counts: bool
) -> str | None:
    if model is None or place is None:
        return f"the gateway's definition has no model '{name}'"
    if plan.regions and place.region not in plan.regions:
        return f"'{name}' computes in {place.region}, and this workflow's data stays in {', '.join(plan.regions)}"
    if plan.data_class.rank > place.data_class.rank:
        return f"'{name}' may be sent {place.data_class} data at most, and this workflow's is {plan.data_class}"
    if money_counts and model.price is None:
        return f"what '{name}' costs is not in the gateway's definition, and money is limited"
    return None


def _tiers_in_order(tiers: tuple[str, ...], ways: dict[str, tuple[Way, ...]]) -> tuple[Way, ...]:
    return tuple(dict.fromkeys(way for name in tiers for way in ways[name]))
