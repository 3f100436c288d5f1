"""The digest of a tool's schema: what people looked at before they gave it authority."""

from collections.abc import Mapping
from typing import Any

from interlock.engine.ledger.canonical import digest
from interlock.terms.gateway.tool_call import ListedTool

# Whatever tells a model or a person what the tool is for and takes, and what it says of itself.
LOOKED_AT = ("name", "title", "description", "inputSchema", "outputSchema", "annotations")


def schema_digest(tool: ListedTool) -> str:
    """ "sha256:" and the hexadecimal SHA-256 of the canonical JSON of what is LOOKED_AT; absent parts are left out.

    Raises ValueError where it cannot be written as JSON: then nobody can have looked at it.
    """
    return digest({part: tool.schema[part] for part in LOOKED_AT if tool.schema.get(part) is not None})


def hint(schema: Mapping[str, Any], name: str) -> bool | None:
    """One of the server's hints about a tool, such as readOnlyHint; None where it gives none. Never to be trusted."""
    found = (schema.get("annotations") or {}).get(name)
    return found if isinstance(found, bool) else None
