"""What a call of a tool is, by the workflow's definition and by what the server lists now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from interlock.engine.gateway.tools.schema import schema_digest
from interlock.terms.gateway.tool_call import ListedTool
from interlock.terms.gateway.tools import GovernedTool, ToolAuthority, ToolPlan
from interlock.terms.workflow import WorkflowDefinition

WITHHELD = "What the tool server says of this tool is withheld until a person has looked at it."
Suspects = Callable[[str], bool]  # whether a text reads like an attack on a model's instructions


@dataclass(frozen=True, slots=True)
class ToolStanding:
    """What a tool is now. `doubt` says why a person decides, None where nothing but the grant has to be asked.

    `governed` is None for a tool that the definition does not name, `digest` that of its schema as listed now.
    `suspect`: its description reads like instructions to the model, so no model may read it.
    """

    authority: ToolAuthority
    digest: str | None
    governed: GovernedTool | None
    doubt: str | None = None
    suspect: bool = False


def tool_standing(definition: WorkflowDefinition, server: str, listed: ListedTool, suspects: Suspects) -> ToolStanding:
    """What a listed tool is: as defined where people looked at exactly this schema, otherwise for a person.

    What is denied stays denied, whatever its schema.
    """
    governed = governed_tool(definition.tools, server, listed.name)
    digest = _digest(listed)
    if governed is not None and governed.authority is ToolAuthority.DENY:
        return ToolStanding(ToolAuthority.DENY, digest, governed)
    suspect = any(suspects(text) for text in texts_in(listed.schema))
    doubt = _doubt(definition, governed, digest, listed.name, suspect=suspect)
    authority = ToolAuthority.REVIEW if doubt or governed is None else governed.authority
    return ToolStanding(authority, digest, governed, doubt, suspect)


def shown_schema(listed: ListedTool, standing: ToolStanding) -> Mapping[str, Any]:
    """What a client's model is told of a tool: as the server says it, unless that reads like instructions to it."""
    if not standing.suspect:
        return listed.schema
    return {"name": listed.name, "description": WITHHELD, "inputSchema": {"type": "object"}}


def governed_tool(plan: ToolPlan, server: str, name: str) -> GovernedTool | None:
    """What the definition says of a tool, None where it does not name it."""
    return next((one for one in plan.tools if (one.server, one.name) == (server, name)), None)


def _doubt(
    definition: WorkflowDefinition,
    governed: GovernedTool | None,
    digest: str | None,
    name: str,
    *,
    suspect: bool,
) -> str | None:
    if governed is None:
        return f"the tool '{name}' is not in the definition of '{definition.name}'"
    if digest is None:
        return f"the schema of the tool '{name}' cannot be read"
    if governed.digest is None:
        return f"nobody looked at the schema of the tool '{name}' yet"
    if governed.digest != digest:
        return f"the tool '{name}' is not the one that people looked at: its schema is {digest} now"
    if suspect:
        return f"the description of the tool '{name}' reads like instructions to the model"
    if governed.authority is ToolAuthority.REVIEW:
        return f"a person decides every call of the tool '{name}'"
    if governed.authority is ToolAuthority.ACT and not _undo_settled(definition, governed):
        return f"the tool '{name}' has no undo, and nobody signed that there is none"
    return None


def _undo_settled(definition: WorkflowDefinition, governed: GovernedTool) -> bool:
    return governed.undo is not None or definition.effect.no_undo_signed_by is not None


def _digest(listed: ListedTool) -> str | None:
    try:
        return schema_digest(listed)
    except (ValueError, TypeError, RecursionError):
        return None


def texts_in(value: Any) -> list[str]:
    """All texts in a JSON value, names of fields included, in no order that means anything."""
    found, waiting = [], [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, dict):
            waiting += (*one, *one.values())
        elif isinstance(one, list | tuple):
            waiting += one
    return found
