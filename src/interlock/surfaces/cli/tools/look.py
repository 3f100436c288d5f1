"""`interlock tools look`: what a tool server lists now, and a `tools` part to start from."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.gateway.tools.proposed import LookedAt, looked_at, proposed_part
from interlock.engine.gateway.tools.suspicion import reads_like_instructions
from interlock.engine.rollout.definition import definition_of
from interlock.ports.gateway.tool_servers import ToolServerFailed
from interlock.ports.store import Reading
from interlock.surfaces.cli.store_options import JsonOption, StoreOption, known_workflow, opened, show_json
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.surfaces.cli.tools.servers import tool_server
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.definition import ToolServer
from interlock.terms.gateway.tool_call import ListedTool
from interlock.terms.gateway.tools import ToolPlan

CALLER = "look"


def look_command(
    context: typer.Context,
    server: Annotated[str, typer.Argument(help="The tool server, as the gateway's definition names it.")],
    workflow: Annotated[
        str | None, typer.Option(help="Say also what this workflow's definition says of each tool.")
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look at the tools of a server, and propose the `tools` part of a workflow's definition.

      interlock tools look billing --workflow refunds

    Each digest is that of the schema as it is listed now: whoever puts it into a definition says that they looked at
    it. Hints are what the server claims. A tool that says that it only reads is proposed as read, every other one as
    review; whether one may act is for people to say. No tool is called.
    """
    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        at, plan = tool_server(reading, server), _plan(reading, workflow)
    found = tuple(looked_at(asyncio.run(_listed(box, at)), server, plan, reads_like_instructions))
    if as_json:
        show_json(box, found)
        return
    for one in found:
        box.err.print(Text(_words(one, workflow)), soft_wrap=True)
    for line in proposed_part(server, found):
        box.out.print(Text(line), soft_wrap=True)


def _plan(reading: Reading, workflow: str | None) -> ToolPlan:
    row = reading.workflow(known_workflow(reading, workflow)) if workflow else None
    return ToolPlan() if row is None else definition_of(row.definition).tools


async def _listed(box: Toolbox, server: ToolServer) -> Sequence[ListedTool]:
    servers = box.tool_servers()
    try:
        return await servers.line(server, CALLER).tools(age_max_s=0.0)
    except ToolServerFailed as exc:
        where = f"at {server.url}" if server.url else f"with `{' '.join(server.command)}`, as gateway.yaml starts it"
        raise Unavailable(f"the tool server '{server.name}' gives no list: {exc}. See that it runs {where}") from exc
    finally:
        await servers.close()


def _hints(one: LookedAt) -> Iterator[str]:
    if one.read_only is not None:
        yield "reads" if one.read_only else "changes something"
    if one.destructive is not None and not (one.read_only and not one.destructive):  # what reads takes nothing away
        yield "destroys" if one.destructive else "takes nothing away"


def _words(one: LookedAt, workflow: str | None) -> str:
    said = " and ".join(_hints(one))
    said = f"says that it {said}" if said else "gives no hint"
    parts = [f"{one.name}: {said}"]
    if workflow:
        parts.append("not in the definition: reviewed" if one.now is None else f"{one.now} in the definition")
    if one.changed:
        parts.append("not the schema that people looked at: reviewed")
    if one.suspect:
        parts.append("CAUTION: its description reads like instructions to the model")
    return "; ".join(parts)
