"""What the traffic of one workflow may do now, compiled from what is on record: read on each request, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from interlock.terms.gateway.definition import GatewayModel, ModelUpstream
from interlock.terms.gateway.refusal import Refusal
from interlock.terms.gateway.traffic import TrafficLimit, TrafficPlan
from interlock.terms.workflow import WorkflowDefinition

AUTO = "auto"  # the name of "the cheapest of the workflow's models that will do"


@dataclass(frozen=True, slots=True)
class Way:
    """A model at a place: one way that a request may leave by."""

    model: GatewayModel
    place: ModelUpstream


@dataclass(frozen=True, slots=True)
class TrafficAuthority:
    """Of one tenant's use of one workflow. `refusal` is why nothing passes, None where something may.

    `ways` are the tries, in order, of each name that may be asked for: the model's own way first, its fallbacks behind
    it. `closed` says in words why a model of the plan or the definition may not be asked. `tiers` are the open models
    of the plan, cheapest first. `gateway_limits` stand beside those of the plan. `edge` is the definition as the policy
    engine reads it, None where there are no rules about traffic. `cache_way` is where questions are embedded for a
    semantic cache (None: nowhere); no client can ask for it by this.
    """

    workflow: str
    release: str
    plan: TrafficPlan
    refusal: Refusal | None
    tiers: tuple[str, ...] = ()
    ways: Mapping[str, tuple[Way, ...]] = field(default_factory=dict)
    closed: Mapping[str, str] = field(default_factory=dict)
    gateway_limits: tuple[TrafficLimit, ...] = ()
    edge: WorkflowDefinition | None = None
    prices_version: str = ""
    cache_way: Way | None = None
