"""`interlock trace`: why a case could act."""

from typing import Annotated

import typer
from rich.text import Text

from interlock.flows.trace.case_trace import case_trace
from interlock.surfaces.cli.store_options import (
    JsonOption,
    StoreOption,
    Workflow,
    known_workflow,
    opened,
    show_json,
)
from interlock.surfaces.cli.toolbox import toolbox


def trace_command(
    context: typer.Context,
    workflow: Workflow,
    key: Annotated[str, typer.Argument(help="The case.", show_default=False)],
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer "why could this act?": evidence, gate, person, grant, policy, decision, intent, effect, outcome.

      interlock trace triage ticket-1042 --json > why.json

    Each fact names its entry in the ledger and its digest; `interlock ledger prove --entry N` proves one. Exit status 1
    where something that ought to be on record is missing.
    """
    box = toolbox(context)
    with opened(box, store) as opened_store:
        opened_store.seal()
        with opened_store.reading() as reading:
            trace = case_trace(reading, known_workflow(reading, workflow), key)
    if as_json:
        show_json(box, trace)
    else:
        box.out.print(Text(f"{key}: {trace.answer}"), style="bold", soft_wrap=True)
        for link in trace.links:
            place = "" if link.entry is None else f"  [entry {link.entry}, {(link.digest or '')[:12]}]"
            box.out.print(Text(f"  {link.at[:19]}  {link.step}: {link.words}{place}"), soft_wrap=True)
        for words in trace.missing:
            box.out.print(Text(f"  MISSING: {words}"), soft_wrap=True)
    if trace.missing:
        raise typer.Exit(1)
