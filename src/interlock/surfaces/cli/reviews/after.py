"""`interlock reviews undo`, `together` and `pass-on`: take a decision back, decide several, put a case to others."""

from typing import Annotated

import typer
from rich.text import Text

from interlock.flows.review.escalate import escalate_by
from interlock.flows.review.reopen import reopen_review
from interlock.flows.review.together import close_together
from interlock.surfaces.cli.reviews.case import Key, KindOption, check_case
from interlock.surfaces.cli.reviews.deciding import ApproveOption, NoteOption, ReasonOption
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
from interlock.surfaces.cli.toolbox import toolbox
from interlock.surfaces.cli.watching import printable
from interlock.terms.review import ReviewKind
from interlock.terms.words import plural

Keys = Annotated[list[str], typer.Argument(help="The cases.", show_default=False)]


def undo_command(
    context: typer.Context,
    workflow: Workflow,
    key: Key,
    by: AsOption,
    kind: KindOption = ReviewKind.DECISION,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take back a decision of your own: for ten minutes, and only while nothing was built on it.

      interlock reviews undo triage message-17 --as "Dev Patel"

    The case waits again, in your hands. A blind answer is final: you were shown what the AI had answered. An approved
    effect that was begun, and evidence that was recorded since, stand against it as well. Both entries stay on record.
    """
    box = toolbox(context)
    who = person(by)
    with opened(box, store) as opened_store:
        with opened_store.reading() as reading:
            check_case(reading, workflow, key, kind)
        back = reopen_review(opened_store, workflow, key, kind, by=who, clock=box.clock)
    if as_json:
        show_json(box, back)
    else:
        outcome = "; what you had decided is no outcome any more" if back.withdrawn else ""
        box.out.print(Text(printable(f"{key} ({kind}) waits again, yours until {back.until}{outcome}")))


def together_command(
    context: typer.Context,
    workflow: Workflow,
    keys: Keys,
    label: Annotated[str, typer.Option(help="What you decide for all of them.")],
    by: AsOption,
    reason: ReasonOption = "",
    note: NoteOption = "",
    approve: ApproveOption = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Decide several cases at once, all or none: where the definition allows it, and for one proposal only.

      interlock reviews together triage message-17 message-18 --label billing --as "Dev Patel"

    Each case gets an entry of its own that says how many were decided with it. Audits are never among them. How many
    at most is in the definition (`review.together_max`); without it, each case is decided by itself.
    """
    box = toolbox(context)
    who = person(by)
    with opened(box, store) as opened_store:
        with opened_store.reading() as reading:
            name = known_workflow(reading, workflow)
        observed = close_together(
            opened_store,
            name,
            keys,
            label=label,
            by=who,
            clock=box.clock,
            reason=reason,
            note=note,
            approve=approve,
            randomness=box.randomness,
        )
    if as_json:
        show_json(box, observed)
    else:
        wrong = sum(one.wrong for one in observed)
        told = f"decided '{label}': {plural(len(observed), 'case')}, {wrong:,} of them otherwise than was proposed"
        box.out.print(Text(printable(told)))


def pass_on_command(
    context: typer.Context,
    workflow: Workflow,
    key: Key,
    reason: Annotated[str, typer.Option(help="Why somebody else should decide it; recorded with your name.")],
    by: AsOption,
    kind: KindOption = ReviewKind.DECISION,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a case to those whom the definition names, before it is late.

      interlock reviews pass-on triage message-17 --reason "it names me" --as "Dev Patel"

    It is in nobody's hands afterwards, and among the most urgent. Late again, a decision is refused.
    """
    box = toolbox(context)
    who = person(by)
    with opened(box, store) as opened_store:
        with opened_store.reading() as reading:
            check_case(reading, workflow, key, kind)
        moved = escalate_by(opened_store, workflow, key, kind, by=who, reason=reason, clock=box.clock)
    if as_json:
        show_json(box, moved)
    else:
        asked = ", ".join(moved.to) or "nobody: no owner is named"
        box.out.print(Text(printable(f"{key} ({kind}) is put to {asked}, due {moved.due_at}")))
