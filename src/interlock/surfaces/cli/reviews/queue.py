"""`interlock reviews list`, `next`, `claim`, `release`: which case is in whose hands."""

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from interlock.engine.timestamp import stamp
from interlock.flows.review.claim import claim, claim_next, release
from interlock.flows.review.escalate import is_missing
from interlock.ports.queue import ReviewRow
from interlock.surfaces.cli.reviews.case import (
    Key,
    KindOption,
    MinutesOption,
    OneWorkflow,
    check_case,
    show_case,
)
from interlock.surfaces.cli.store_options import (
    AsOption,
    JsonOption,
    StoreOption,
    Workflow,
    known_workflow,
    opened,
    person,
    show_json,
)
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.terms.review import ReviewKind


def list_command(
    context: typer.Context,
    workflow: OneWorkflow = None,
    limit: Annotated[int, typer.Option(min=1, help="At most this many, the most urgent.")] = 50,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what waits for a person, the most urgent first: what was escalated, then what is due first.

    interlock reviews list triage
    """
    box = toolbox(context)
    at = stamp(box.clock())
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        name = None if workflow is None else known_workflow(reading, workflow)
        rows = [_row(review, at) for review in reading.queue(name, limit=limit)]
    if as_json:
        show_json(box, rows)
    elif rows:
        _print(box, rows)
    else:
        box.out.print(Text("Nothing waits for a person."))


def next_command(
    context: typer.Context,
    by: AsOption,
    workflow: OneWorkflow = None,
    minutes: MinutesOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take the most urgent case that you may decide, and look at it. Nobody else is given it meanwhile.

      interlock reviews next --as "Dev Patel"

    A case that you have in hand comes back to you. You are not given what you decided before in another review: a
    second look is by another person. Exit status 1 where nothing waits for you.
    """
    box = toolbox(context)
    who = person(by)
    with opened(box, store) as opened_store:
        with opened_store.reading() as reading:
            name = None if workflow is None else known_workflow(reading, workflow)
        claimed = claim_next(opened_store, by=who, clock=box.clock, workflow=name, minutes=minutes)
        if claimed is None:
            if as_json:
                show_json(box, None)
            else:
                box.out.print(Text(f"Nothing waits for {who.name}."))
            raise typer.Exit(1)
        if not as_json and name is None:
            box.out.print(Text(claimed.workflow))
        show_case(
            box, opened_store, claimed.key, claimed.kind, viewer=who.name, as_json=as_json, workflow=claimed.workflow
        )


def claim_command(
    context: typer.Context,
    workflow: Workflow,
    key: Key,
    by: AsOption,
    kind: KindOption = ReviewKind.DECISION,
    minutes: MinutesOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take one case, or keep it longer. A claim ends by itself.

    interlock reviews claim triage message-17 --as "Dev Patel"
    """
    box = toolbox(context)
    who = person(by)
    with opened(box, store) as opened_store:
        with opened_store.reading() as reading:
            check_case(reading, workflow, key, kind)
        claim(opened_store, workflow, key, kind, by=who, clock=box.clock, minutes=minutes)
        show_case(box, opened_store, key, kind, viewer=who.name, as_json=as_json, workflow=workflow)


def release_command(
    context: typer.Context,
    workflow: Workflow,
    key: Key,
    by: AsOption,
    kind: KindOption = ReviewKind.DECISION,
    store: StoreOption = None,
) -> None:
    """Give a case back that you have in hand.

    interlock reviews release triage message-17 --as "Dev Patel"
    """
    box = toolbox(context)
    who = person(by)
    with opened(box, store) as opened_store:
        with opened_store.reading() as reading:
            check_case(reading, workflow, key, kind)
        release(opened_store, workflow, key, kind, by=who, clock=box.clock)
    box.out.print(Text(f"{key} ({kind}) waits for somebody else"))


def _row(review: ReviewRow, at: str) -> dict[str, object]:
    return {
        "key": review.key,
        "kind": review.kind,
        "workflow": review.workflow,
        "due_at": review.due_at,
        "state": _state(review, at),
        "claimed_by": review.holder(at),
        "asked": list(review.asked),
    }


def _state(review: ReviewRow, at: str) -> str:
    if is_missing(review, at):
        return "missing"
    if review.escalations:
        return "escalated"
    return "late" if review.due_at < at else "open"


def _print(box: Toolbox, rows: list[dict[str, object]]) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in rows[0]:
        table.add_column(name.replace("_", " "), overflow="fold")
    for row in rows:
        words = (", ".join(value) if isinstance(value, list) else str(value or "") for value in row.values())
        table.add_row(*map(Text, words))
    box.out.print(table)
