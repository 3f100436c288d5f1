"""`interlock tools undo`: take an applied tool call back, by its twin."""

import asyncio
from typing import Annotated

import typer
from rich.text import Text

from interlock.flows.action.runtime import RunTime
from interlock.flows.action.steps import run_async
from interlock.flows.gateway.tools.take_back import taking_back
from interlock.surfaces.cli.store_options import AsOption, StoreOption, person, run_time
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.terms.person import Person


def undo_command(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help="The case, as the queue and `interlock traces` show it.")],
    by: AsOption,
    store: StoreOption = None,
) -> None:
    """Take an applied tool call back: the tool that its definition names as undo is called.

      interlock tools undo KEY --as "Carla Nunes"

    Allowed also while everything is halted. Run it where the gateway runs: it needs the tool server and its key. Where
    the tool has no twin, or the twin does not say that it was done, the case goes to a person.
    """
    box, who = toolbox(context), person(by)
    with run_time(box, store) as rt:
        asyncio.run(_undone(box, rt, key, who))
    box.out.print(Text(f"{key} was taken back"), soft_wrap=True)


async def _undone(box: Toolbox, rt: RunTime, key: str, who: Person) -> None:
    servers = box.tool_servers()
    try:
        await run_async(taking_back(rt, servers, key, by=who), in_thread=asyncio.to_thread)
    finally:
        await servers.close()
