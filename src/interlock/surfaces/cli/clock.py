"""`interlock clock`: the time of a store beside that of the clock here."""

from typing import Annotated

import typer
from rich.text import Text

from interlock.flows.ledger.clock import accept_clock, clock_state
from interlock.surfaces.cli.store_options import JsonOption, StoreOption, opened, person, show_json
from interlock.surfaces.cli.toolbox import toolbox
from interlock.terms.errors import BadInput


def clock_command(
    context: typer.Context,
    accept: Annotated[bool, typer.Option("--accept", help="Record that the clock is right, the ledger ahead.")] = False,
    by: Annotated[str, typer.Option("--as", help="Your name; needed to accept.", show_default=False)] = "",
    reason: Annotated[str, typer.Option(help="How you know; needed to accept.", show_default=False)] = "",
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare the clock with the newest entry of the ledger. Exit status 1 where the ledger is ahead.

      interlock clock --accept --as "Ben Okafor" --reason "the host's clock was a day ahead this morning"

    Times in a ledger never go back by themselves: behind its newest entry a store goes on from that entry's time, so
    that no authority lasts longer than it was given. Where the entry is wrong, a person who may resume every workflow
    says so; start other processes again afterwards. On PostgreSQL the clock is the server's.
    """
    box = toolbox(context)
    if not accept and (by or reason):
        raise BadInput("--as and --reason belong to --accept")
    with opened(box, store) as opened_store:
        if accept:
            state = accept_clock(opened_store, box.wall, by=person(by), reason=reason)
        else:
            with opened_store.reading() as reading:
                state = clock_state(reading, box.wall)
    if as_json:
        show_json(box, state)
    else:
        box.out.print(Text(f"clock   {state.clock}\nnewest  {state.newest_at or 'no entry yet'}"))
        words = f"the ledger {'was' if accept else 'is'} {state.ahead_s:,.1f} s ahead"
        if state.ahead_s:
            box.out.print(Text(f"{words}{'; times go on from the clock' if accept else ''}"))
    if state.ahead_s and not accept:
        raise typer.Exit(1)
