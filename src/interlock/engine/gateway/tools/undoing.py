"""What a tool's twin is called with in order to take a call back."""

from collections.abc import Mapping
from typing import Any

from interlock.engine.gateway.tools.case import argument
from interlock.terms.gateway.tool_call import ToolAnswer
from interlock.terms.gateway.tools import GovernedTool

ARGUMENTS, RESULT = "arguments", "result"


def undo_arguments(
    governed: GovernedTool, arguments: Mapping[str, Any], answer: ToolAnswer
) -> Mapping[str, Any] | None:
    """The arguments of the twin; None where the tool has none, or a part that the twin needs did not come."""
    if governed.undo is None:
        return None
    known = {ARGUMENTS: arguments, RESULT: answer.structured}
    found = {name: argument(known, path) for name, path in governed.undo_arguments.items()}
    return None if any(value is None for value in found.values()) else found
