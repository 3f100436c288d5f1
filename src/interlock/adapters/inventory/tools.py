"""Tools of an MCP server: a list of them, or the answer to `tools/list`."""

from collections.abc import Mapping
from typing import Any

from interlock.adapters.inventory.content import NoContent
from interlock.adapters.inventory.schemas import Reached, Schemas, fields_of
from interlock.terms.inventory import Auth, Hints, Operation

COVERED = ("name", "title", "description", "inputSchema", "outputSchema", "annotations")


def tool_list(content: Any) -> list[Any] | None:
    """The tools in it, None where it is no list of tools."""
    if isinstance(content, Mapping) and isinstance(content.get("result"), Mapping):
        content = content["result"]
    found = content.get("tools") if isinstance(content, Mapping) else content
    if not isinstance(found, list) or not found:
        return None
    return found if all(isinstance(one, Mapping) and "name" in one and "inputSchema" in one for one in found) else None


def tools_of(tools: list[Any], server: str) -> list[Operation]:
    """One operation a tool. Raises NoContent where a name comes twice: nobody could say which is meant."""
    found = [_tool(tool, server) for tool in tools]
    names = [one.path for one in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise NoContent(f"lists {', '.join(twice)} more than once")
    return found


def _tool(tool: Mapping[str, Any], server: str) -> Operation:
    schemas = Schemas(tool)
    sent, answered = Reached(), Reached()
    for name, into in (("inputSchema", sent), ("outputSchema", answered)):
        inner = Schemas(tool.get(name))  # references start at the schema, not at the tool
        inner.reached(tool.get(name), into)
    said = tool.get("annotations")
    said = said if isinstance(said, Mapping) else {}
    return Operation(
        service=server,
        called=str(tool["name"]),
        method="",
        path=str(tool["name"]),
        words=str(tool.get("title") or said.get("title") or ""),
        description=str(tool.get("description") or ""),
        digest=schemas.digest({name: tool[name] for name in COVERED if name in tool}, ()),
        fields=(*fields_of(sent, "body"), *fields_of(answered, "answer")),
        auth=Auth.ELSEWHERE,
        hints=Hints(
            _said(said, "readOnlyHint"), _said(said, "destructiveHint"), _said(said, "idempotentHint"),
            _said(said, "openWorldHint"),
        ),
        unread=tuple(sorted(sent.unread | answered.unread)),
    )  # fmt: skip


def _said(annotations: Mapping[str, Any], name: str) -> bool | None:
    value = annotations.get(name)
    return value if isinstance(value, bool) else None
