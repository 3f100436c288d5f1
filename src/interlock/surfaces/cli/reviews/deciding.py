"""`interlock review`, `interlock reviews decide` and `second`: a person says what is right."""

from typing import Annotated

import typer
from rich.text import Text

from interlock.flows.review.decide import close_review
from interlock.flows.review.settle import ask_second
from interlock.ports.store import Store
from interlock.surfaces.cli.reviews.case import Key, KindOption, check_case, show_case
from interlock.surfaces.cli.store_options import (
    AsOption,
    JsonOption,
    StoreOption,
    Workflow,
    known_workflow,
    opened,
    person,
)
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.terms.errors import BadInput
from interlock.terms.person import Person
from interlock.terms.review import ReviewKind

ReasonOption = Annotated[
    str, typer.Option(help="Why, by the id of one of the definition's reasons.", show_default=False)
]
NoteOption = Annotated[
    str, typer.Option(help="Why, in your own words; kept where they can be erased.", show_default=False)
]
ApproveOption = Annotated[
    bool, typer.Option("--approve", help="What was proposed may be done now, once, in your name.")
]


def review_command(
    context: typer.Context,
    workflow: Workflow,
    key: Key,
    kind: KindOption = ReviewKind.DECISION,
    label: Annotated[str | None, typer.Option(help="What you decide; left out, the case is only shown.")] = None,
    by: Annotated[str | None, typer.Option("--as", help="Your name; needed to decide.")] = None,
    reason: ReasonOption = "",
    note: NoteOption = "",
    approve: ApproveOption = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look at a case that waits for a person, or decide it. Audits are blind until you have decided.

    The same as `interlock reviews decide`, and it may be only looked at; `interlock reviews next` hands out the queue.
    """
    box = toolbox(context)
    who = None if label is None else person(by or "")
    if label is None and (reason or note or approve):
        raise BadInput("--reason, --note and --approve belong to a decision: say what you decide with --label")
    with opened(box, store) as opened_store:
        with opened_store.reading() as reading:
            check_case(reading, workflow, key, kind)
        if label is not None and who is not None:
            _close(box, opened_store, workflow, key, kind, label, who, reason, note, approve)
        show_case(box, opened_store, key, kind, viewer=by, as_json=as_json)


def decide_command(
    context: typer.Context,
    workflow: Workflow,
    key: Key,
    label: Annotated[str, typer.Option(help="What you decide.")],
    by: AsOption,
    kind: KindOption = ReviewKind.DECISION,
    reason: ReasonOption = "",
    note: NoteOption = "",
    approve: ApproveOption = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Decide a case. What you say is its outcome, and a label for those who make the next release.

      interlock reviews decide triage message-17 --label billing --as "Dev Patel"

    Who decides otherwise than was proposed says why (--reason or --note). With --approve what was proposed is done when
    the case's key comes again, or by `interlock recover`: once, within the time that the definition gives, and never
    while its scope is halted or where its label is forbidden.
    """
    box = toolbox(context)
    who = person(by)
    with opened(box, store) as opened_store:
        with opened_store.reading() as reading:
            check_case(reading, workflow, key, kind)
        _close(box, opened_store, workflow, key, kind, label, who, reason, note, approve)
        show_case(box, opened_store, key, kind, viewer=who.name, as_json=as_json)


def second_command(
    context: typer.Context, workflow: Workflow, key: Key, by: AsOption, store: StoreOption = None
) -> None:
    """Have another person look at an audit blind, whatever the draw says.

      interlock reviews second triage message-17 --as "Ana Ruiz"

    Where the two disagree, a third person settles it. An outcome that is known already stays as it is.
    """
    box = toolbox(context)
    who = person(by)
    with opened(box, store) as opened_store:
        with opened_store.reading() as reading:
            known_workflow(reading, workflow)
        ask_second(opened_store, workflow, key, by=who, clock=box.clock)
    box.out.print(Text(f"{key} waits for a second person"))


def _close(
    box: Toolbox,
    store: Store,
    workflow: str,
    key: str,
    kind: str,
    label: str,
    by: Person,
    reason: str,
    note: str,
    approve: bool,  # noqa: FBT001 - handed on as it was given
) -> None:
    close_review(
        store,
        workflow,
        key,
        kind,
        label=label,
        by=by,
        clock=box.clock,
        reason=reason,
        note=note,
        approve=approve,
        randomness=box.randomness,
    )
