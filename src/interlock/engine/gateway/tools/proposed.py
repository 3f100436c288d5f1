"""A `tools` part that people may start from: what each tool of a server could be, by its hints. They decide."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from interlock.engine.gateway.tools.authority import Suspects, governed_tool, texts_in
from interlock.engine.gateway.tools.schema import hint, schema_digest
from interlock.terms.gateway.tool_call import ListedTool
from interlock.terms.gateway.tools import ToolAuthority, ToolPlan


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A tool as its server lists it: its digest, what could be proposed for it, and what people should see of it.

    `now` is what the definition says of it, None where it does not name it, `changed` whether it names another digest.
    """

    name: str
    digest: str
    proposed: ToolAuthority
    suspect: bool
    read_only: bool | None
    destructive: bool | None
    now: ToolAuthority | None = None
    changed: bool = False


def looked_at(tools: Sequence[ListedTool], server: str, plan: ToolPlan, suspects: Suspects) -> Iterator[LookedAt]:
    """Each tool by name. Only a tool that says that it reads is proposed as one: hints are claims, people decide.

    Raises ValueError for a schema that cannot be written as JSON.
    """
    for one in sorted(tools, key=lambda tool: tool.name):
        digest, governed = schema_digest(one), governed_tool(plan, server, one.name)
        suspect = any(suspects(text) for text in texts_in(one.schema))
        read_only, destructive = hint(one.schema, "readOnlyHint"), hint(one.schema, "destructiveHint")
        reads = read_only is True and destructive is not True and not suspect
        yield LookedAt(
            name=one.name,
            digest=digest,
            proposed=ToolAuthority.READ if reads else ToolAuthority.REVIEW,
            suspect=suspect,
            read_only=read_only,
            destructive=destructive,
            now=None if governed is None else governed.authority,
            changed=governed is not None and governed.digest != digest,
        )


def proposed_part(server: str, found: Sequence[LookedAt]) -> Iterator[str]:
    """The lines of the part, as YAML."""
    yield "tools:"
    yield "  governed:"
    for one in found:
        place = f"server: {server}, name: {json.dumps(one.name)}"
        yield f"    - {{{place}, authority: {one.proposed}, digest: {json.dumps(one.digest)}}}"
