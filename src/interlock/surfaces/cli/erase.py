"""`interlock erase`: what is kept of cases goes, its records stay."""

from typing import Annotated

import typer
from rich.text import Text

from interlock.flows.erasure.erase import Order, erase_case, erase_due, erase_older, ordered
from interlock.ports.store import Store
from interlock.surfaces.cli.store_options import (
    AsOption,
    JsonOption,
    StoreOption,
    known_workflow,
    opened,
    person,
    show_json,
)
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.surfaces.cli.watching import printable
from interlock.terms.erasure import Erased
from interlock.terms.errors import BadInput

DAYS_MAX = 36_600


def erase_command(
    context: typer.Context,
    by: AsOption,
    reason: Annotated[str, typer.Option(help="Why; it is recorded.")],
    key: Annotated[str | None, typer.Option(help="Of this case.", show_default=False)] = None,
    workflow: Annotated[str | None, typer.Option(help="Of cases of this workflow.", show_default=False)] = None,
    older_than: Annotated[
        int | None,
        typer.Option(min=0, max=DAYS_MAX, help="Of cases decided more than so many days ago.", show_default=False),
    ] = None,
    due: Annotated[
        bool, typer.Option("--due", help="Of cases older than their definition says (`retention_days`).")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be erased.")] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Erase the content of cases; records, digests and proofs stay, and who erased what is recorded.

      interlock erase --key ticket-1042 --as "Ana Ruiz" --reason "the customer asked for it"

      interlock erase --due --as "Ana Ruiz" --reason "retention"

    Content is a case's text, and what was kept of it to be carried out, reviewed and undone. What somebody may still
    need stays: an effect in progress or in doubt, an undo within `undo_days`, an open review. Backups made before, and
    copies that others made, are not touched. Exit status 1 where bytes are left in the store's files.
    """
    box = toolbox(context)
    if sum((key is not None, older_than is not None, due)) != 1 or (older_than is not None and workflow is None):
        raise BadInput("say what to erase: --key KEY, or --workflow W --older-than DAYS, or --due [--workflow W]")
    with opened(box, store) as opened_store:
        if workflow is not None:
            with opened_store.reading() as reading:
                known_workflow(reading, workflow)
        order = ordered(person(by), reason, box.clock, dry_run=dry_run)
        erased = _erased(opened_store, order, key=key, workflow=workflow, older_than=older_than)
    if as_json:
        show_json(box, erased)
    else:
        _tell(box, erased)
    if not erased.is_purged:
        raise typer.Exit(1)


def _erased(store: Store, order: Order, *, key: str | None, workflow: str | None, older_than: int | None) -> Erased:
    if key is not None:
        return erase_case(store, key, order)
    if older_than is not None and workflow is not None:
        return erase_older(store, workflow, older_than, order)
    return erase_due(store, order, workflow=workflow)


def _tell(box: Toolbox, erased: Erased) -> None:
    would = "would be erased" if erased.dry_run else "erased"
    cases = "1 case" if erased.cases == 1 else f"{erased.cases:,} cases"
    entries = "1 entry" if erased.payloads == 1 else f"{erased.payloads:,} entries"
    texts = "1 text" if erased.texts == 1 else f"{erased.texts:,} texts"
    box.out.print(Text(f"{would}: what was kept of {cases} ({entries}, {texts})"), soft_wrap=True)
    for one in erased.kept:
        box.out.print(Text(printable(f"  kept: {one.key}: {one.reason}")), soft_wrap=True)
    if erased.n_kept > len(erased.kept):
        box.out.print(Text(f"  and {erased.n_kept - len(erased.kept):,} others"))
    if erased.in_records:
        words = "records of ledger format 1 hold the state before and after of some cases, and records stay"
        box.out.print(Text(f"  {words} ({erased.in_records:,})"), soft_wrap=True)
    if not erased.is_purged:
        box.err.print(
            Text(
                "Somebody has been reading the store since before: bytes of what was erased are left in its log. Run "
                "it again when they are done; it gets them out even where nothing else is to be erased."
            ),
            soft_wrap=True,
        )
