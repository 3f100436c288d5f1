"""`interlock reviews escalate`: what time does to a review that nobody decides."""

import time
from typing import Annotated

import typer
from rich.text import Text

from interlock.flows.review.escalate import Swept, escalate
from interlock.ports.store import Store
from interlock.surfaces.cli.reviews.case import OneWorkflow
from interlock.surfaces.cli.store_options import JsonOption, StoreOption, known_workflow, opened, show_json
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.surfaces.cli.watching import printable
from interlock.terms.errors import Unavailable


def escalate_command(
    context: typer.Context,
    workflow: OneWorkflow = None,
    every: Annotated[
        float | None, typer.Option(min=0.1, help="Seconds between rounds; goes on until it is stopped.")
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put late reviews to those whom the definition names; refuse decisions that are late again.

      interlock reviews escalate --every 60

    Refused means that nothing is applied and no outcome is known. Nothing else is ever decided by time: audits, undos
    and effects in doubt stay open, and are named as missing. May run on several hosts at once.
    """
    box = toolbox(context)
    with opened(box, store) as opened_store:
        with opened_store.reading() as reading:
            name = None if workflow is None else known_workflow(reading, workflow)
        if every is None:
            _show(box, escalate(opened_store, clock=box.clock, workflow=name), as_json=as_json)
        else:
            _for_ever(box, opened_store, name, every, as_json=as_json)


def _for_ever(box: Toolbox, store: Store, workflow: str | None, every_s: float, *, as_json: bool) -> None:
    """Says only what is new: what is missing stays so, and was said before."""
    said: frozenset[tuple[str, str, str]] = frozenset()
    while True:
        try:
            swept = escalate(store, clock=box.clock, workflow=workflow)
        except Unavailable as exc:
            box.err.print(Text(f"{exc} Trying again in {every_s:g} s."), soft_wrap=True)
        else:
            fresh = Swept(swept.escalated, swept.refused, tuple(one for one in swept.missing if one not in said))
            said = frozenset(swept.missing)
            if fresh != Swept((), (), ()):
                _show(box, fresh, as_json=as_json, on_one_line=True)
                box.out.file.flush()
        time.sleep(every_s)


def _show(box: Toolbox, swept: Swept, *, as_json: bool, on_one_line: bool = False) -> None:
    if as_json:
        show_json(box, swept, on_one_line=on_one_line)
        return
    lines = [
        f"{one.workflow}: {one.key} ({one.kind}) is late; put to {', '.join(one.to) or 'nobody: no owner is named'}, "
        f"due again {one.due_at}"
        for one in swept.escalated
    ]
    lines += [
        f"{workflow}: {key} is refused: nobody decided in time, nothing is applied" for workflow, key in swept.refused
    ]
    lines += [f"{workflow}: {key} ({kind}) is MISSING: late a second time" for workflow, key, kind in swept.missing]
    for line in lines or ["Nothing is late."]:
        box.out.print(Text(printable(line)), soft_wrap=True)
