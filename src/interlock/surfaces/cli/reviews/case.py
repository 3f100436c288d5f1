"""What a reviewer is shown of one case, and the arguments that name one."""

import json
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.text import Text

from interlock.engine.ledger.canonical import plain
from interlock.flows.review.show import ReviewView, show_review
from interlock.ports.store import Reading, Store
from interlock.surfaces.cli.store_options import known_workflow, show_json
from interlock.surfaces.cli.toolbox import Toolbox
from interlock.surfaces.cli.watching import printable
from interlock.terms.errors import BadInput
from interlock.terms.review import ReviewKind

Key = Annotated[str, typer.Argument(help="The case; `interlock reviews list` lists them.", show_default=False)]
KindOption = Annotated[ReviewKind, typer.Option(help="Why it waits.")]
MinutesOption = Annotated[
    float | None, typer.Option(min=0, help="How long you keep it; default: as the definition says, else 30 minutes.")
]
OneWorkflow = Annotated[str | None, typer.Argument(help="Only of this workflow.", show_default=False)]


def check_case(reading: Reading, workflow: str, key: str, kind: str) -> None:
    """Raises BadInput where the workflow has no such review."""
    known_workflow(reading, workflow)
    review = reading.review(key, kind)
    if review is None or review.workflow != workflow:
        raise BadInput(
            f"there is no {kind} review of case '{key}' in '{workflow}'; `interlock reviews list` lists them"
        )


def show_case(
    box: Toolbox, store: Store, key: str, kind: str, *, viewer: str | None, as_json: bool, **more: Any
) -> None:
    """Print a case as the viewer may see it; `more` goes into the JSON."""
    with store.reading() as reading:
        view = show_review(reading, key, kind, viewer=viewer)
    if as_json:
        show_json(box, {**plain(view), **plain(more)})
        return
    for number, line in enumerate(_lines(view)):
        box.out.print(Text(printable(line), style="" if number else "bold"), soft_wrap=True)


def _lines(view: ReviewView) -> Iterator[str]:
    yield f"{view.key} ({view.kind}, due {view.due_at})"
    gone = f"its content was {view.erased}" if view.erased else "its content is not kept here"
    yield f"  {view.text or gone}"
    yield f"  proposed: {'hidden until you decide' if view.proposed is None else view.proposed}"
    if view.arguments is not None:
        yield f"  with: {json.dumps(view.arguments, ensure_ascii=False)}"
    yield from (f"  because: {reason}" for reason in view.reasons)
    if view.claimed_by is not None:
        yield f"  claimed by {view.claimed_by} until {view.claimed_until}"
    if view.asked:
        yield f"  put to: {', '.join(view.asked)}"
    if view.kind == ReviewKind.DECISION:
        yield from (f"  reason {one.id}: {one.words}" for one in view.canned)
