"""MCP servers behind the gateway, by the protocol's own client."""
