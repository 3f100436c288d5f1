"""Limits at the edge, as a policy engine is given them (`ports.edge_rules.EdgeRules`)."""

from interlock.engine.policy.attributes import action_of, attributes_of, entities_of, schema_of
from interlock.engine.policy.reasons import reasons_of
from interlock.engine.policy.request import request_of
from interlock.engine.policy.rules import rules_of

__all__ = ["action_of", "attributes_of", "entities_of", "reasons_of", "request_of", "rules_of", "schema_of"]
