"""Hand-written rules about model traffic: the same policy language and engine as for effects, other facts."""

from collections.abc import Mapping
from dataclasses import replace

from interlock.terms.policy import FactKind
from interlock.terms.workflow import Limits, WorkflowDefinition

TRAFFIC_ACTION = "model-traffic"
# What a rule may read as facts.NAME. Tokens are upper bounds, injection is per mille, secrets and personal are counts.
TRAFFIC_FACTS: Mapping[str, FactKind] = {
    "client": FactKind.STRING,
    "model": FactKind.STRING,
    "region": FactKind.STRING,
    "wire": FactKind.STRING,
    "streams": FactKind.BOOLEAN,
    "input_tokens": FactKind.INTEGER,
    "output_tokens": FactKind.INTEGER,
    "injection": FactKind.INTEGER,
    "secrets": FactKind.INTEGER,
    "personal": FactKind.INTEGER,
    "media": FactKind.INTEGER,
    "tools": FactKind.INTEGER,
}


def traffic_edge(definition: WorkflowDefinition) -> WorkflowDefinition:
    """The definition as the policy engine is asked about its model traffic: `traffic.policy` instead of its limits,
    and the traffic instead of its effect.
    """
    limits = Limits(policy=definition.traffic.policy, facts=TRAFFIC_FACTS)
    return replace(definition, limits=limits, effect=replace(definition.effect, action_class=TRAFFIC_ACTION))
