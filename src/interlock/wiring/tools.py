"""Tool servers for commands; the protocol is imported when a command needs it."""

from collections.abc import Mapping

from interlock.ports.gateway.tool_servers import ToolServers
from interlock.terms.errors import BadInput

MISSING = "is missing, and agents' tools need it: pip install 'interlock[gateway]'"


def tool_servers(environment: Mapping[str, str]) -> ToolServers:
    """Ways to tool servers from this process. Raises BadInput where the protocol is not installed."""
    try:
        from interlock.adapters.gateway.tools.servers import McpServers
    except ModuleNotFoundError as exc:
        raise BadInput(f"{exc.name} {MISSING}") from exc
    return McpServers(environment)


def serve_tools(address: str, server: str, key: str) -> None:
    """A tool server for an agent, over standard input and output. Raises BadInput, Unavailable."""
    try:
        from interlock.wiring.gateway.tools import serve_tools
    except ModuleNotFoundError as exc:
        raise BadInput(f"{exc.name} {MISSING}") from exc
    serve_tools(address, server, key)
