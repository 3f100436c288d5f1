"""Readers of definition files, each imported when something first needs it."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from interlock.engine.policy import edge
from interlock.flows.gateway.define import gateway_faults
from interlock.ports.drafts import Drafts
from interlock.terms.flaw import CheckedDefinition
from interlock.terms.gateway.definition import GatewayDefinition
from interlock.terms.workflow import WorkflowDefinition


def read_definition(path: Path) -> WorkflowDefinition:
    """A workflow definition, its hand-written rules checked. Raises BadInput with every fault."""
    from interlock.adapters.cedar.guardrail import policy_faults
    from interlock.adapters.definitions.yaml_file import read_definition

    return read_definition(path, partial(policy_faults, edge))


def check_definition(path: Path) -> CheckedDefinition:
    """The same, or its errors as findings."""
    from interlock.adapters.cedar.guardrail import policy_faults
    from interlock.adapters.definitions.check_file import check_definition

    return check_definition(path, partial(policy_faults, edge))


def definition_schema() -> Mapping[str, Any]:
    """The JSON Schema of a workflow definition."""
    from interlock.adapters.definitions.json_schema import definition_schema

    return definition_schema()


def drafts() -> Drafts:
    """Drafts of definitions as YAML."""
    from interlock.adapters.definitions.drafts import YamlDrafts

    return YamlDrafts()


def read_gateway(path: Path) -> GatewayDefinition:
    """A gateway definition. Raises BadInput with every fault."""
    from interlock.adapters.definitions.gateway_file import read_gateway

    return read_gateway(path, gateway_faults)
