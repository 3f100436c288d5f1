"""The tool servers that the gateway's definition on record names."""

from interlock.flows.gateway.define import gateway_in_force
from interlock.ports.store import Reading
from interlock.terms.errors import BadInput
from interlock.terms.gateway.definition import ToolServer


def tool_server(reading: Reading, name: str) -> ToolServer:
    """The one of that name. Raises BadInput with the names that there are."""
    definition = gateway_in_force(reading)
    servers = () if definition is None else definition.tool_servers
    found = next((one for one in servers if one.name == name), None)
    if found is None:
        known = ", ".join(one.name for one in servers) or "none; write tool_servers in gateway.yaml and apply it"
        raise BadInput(f"the gateway has no tool server '{name}'; there are: {known}")
    return found
