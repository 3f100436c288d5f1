"""Reads descriptions of interfaces: OpenAPI documents and MCP tool lists."""

from interlock.adapters.inventory.reading import read_interfaces

__all__ = ["read_interfaces"]
