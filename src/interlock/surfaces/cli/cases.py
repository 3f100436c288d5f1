"""Cases that wait for a person, and past periods decided again: review, replay."""

from enum import StrEnum
from typing import Annotated

import typer
from rich.text import Text

from interlock.flows.action.replay import Policy, replay
from interlock.flows.review.decide import close_review
from interlock.flows.review.show import show_review
from interlock.ports.store import Reading
from interlock.surfaces.cli.store_options import (
    JsonOption,
    StoreOption,
    Workflow,
    known_workflow,
    opened,
    person,
    show_json,
)
from interlock.surfaces.cli.toolbox import toolbox
from interlock.terms.errors import BadInput


class ReviewKind(StrEnum):
    """Why a case waits for a person."""

    DECISION = "decision"
    AUDIT = "audit"
    UNDO = "undo"


def review_command(
    context: typer.Context,
    workflow: Workflow,
    key: Annotated[str, typer.Argument(help="The case; `interlock get reviews` lists them.", show_default=False)],
    kind: Annotated[ReviewKind, typer.Option(help="Why it waits.")] = ReviewKind.DECISION,
    label: Annotated[str | None, typer.Option(help="What you decide; left out, the case is only shown.")] = None,
    by: Annotated[str | None, typer.Option("--as", help="Your name; needed to decide.")] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look at a case that waits for a person, or decide it. Audits are blind until you have decided."""
    box = toolbox(context)
    who = None if label is None else person(by or "")
    with opened(box, store) as opened_store:
        with opened_store.reading() as reading:
            _check_case(reading, known_workflow(reading, workflow), key, kind)
        if label is not None and who is not None:
            close_review(opened_store, workflow, key, kind, label=label, by=who, clock=box.clock)
        with opened_store.reading() as reading:
            view = show_review(reading, key, kind)
    if as_json:
        show_json(box, view)
        return
    box.out.print(Text(f"{view.key} ({view.kind}, due {view.due_at})"))
    box.out.print(Text(f"  {view.text or 'its content is not kept here'}"), soft_wrap=True)
    proposed = "hidden until you decide" if view.proposed is None else view.proposed
    box.out.print(Text(f"  proposed: {proposed}"))


def _check_case(reading: Reading, workflow: str, key: str, kind: str) -> None:
    review = reading.review(key, kind)
    if review is None or review.workflow != workflow:
        raise BadInput(f"there is no {kind} review of case '{key}' in '{workflow}'; `interlock get reviews` lists them")


def replay_command(
    context: typer.Context,
    workflow: Workflow,
    threshold: Annotated[float | None, typer.Option(min=0, max=1, help="Another threshold.")] = None,
    traffic_share: Annotated[float | None, typer.Option(min=0, max=1, help="Another share of traffic.")] = None,
    since: Annotated[int, typer.Option(min=0, help="From this ledger entry on.")] = 0,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Decide a past period again: as it was, and under another policy. Exit status 1 where it does not reproduce."""
    box = toolbox(context)
    policy = Policy(threshold=threshold, traffic_share=traffic_share)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        test = replay(reading, known_workflow(reading, workflow), policy, since_entry=since)
    if as_json:
        show_json(box, test)
    else:
        box.out.print(Text(f"{test.reproduced:,} of {test.decisions:,} decisions came out the same when decided again"))
        for name, side in (("as it was", test.as_recorded), ("other policy", test.other)):
            counts = ", ".join(f"{verb} {count:,}" for verb, count in sorted(side.verbs.items()))
            error = side.applied_error
            rate = "not known" if error.value is None else f"{error.value:.2%} ({error.low:.2%} to {error.high:.2%})"
            box.out.print(Text(f"  {name}: {counts}; wrong among applied {rate}, n {error.n:,}"), soft_wrap=True)
    if test.differing:
        raise typer.Exit(1)
