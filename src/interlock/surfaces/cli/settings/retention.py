"""`interlock retention set` and `list`."""

from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.rollout.definition import definition_of
from interlock.flows.erasure.retention import preview, retentions, set_retention
from interlock.surfaces.cli.store_options import AsOption, JsonOption, StoreOption, Workflow, opened, person, show_json
from interlock.surfaces.cli.toolbox import toolbox
from interlock.terms.erasure import Retention
from interlock.terms.errors import BadInput


def list_retention_command(context: typer.Context, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List for how long content of each workflow's cases is kept before a server erases it by itself.

    interlock retention list
    """
    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        said = retentions(reading)
        stated = {row.name: definition_of(row.definition).retention_days for row in reading.workflows()}
    rows = [
        {"workflow": name, "erased_after_days": said.get(name, Retention(name)).in_force(days), "definition_days": days,
         "said": said.get(name)}
        for name, days in stated.items()
    ]  # fmt: skip
    if as_json:
        show_json(box, rows)
        return
    for row in rows:
        days, one = row["erased_after_days"], row["said"]
        words = "kept until somebody erases it" if days is None else f"erased after {days} days"
        by = f" ({one.by}: {one.reason})" if isinstance(one, Retention) else ""
        box.out.print(Text(f"{row['workflow']}: {words}{by}"), soft_wrap=True)


def set_retention_command(
    context: typer.Context,
    workflow: Workflow,
    by: AsOption,
    reason: Annotated[str, typer.Option(help="Why; it is recorded, and stands in each erasure.")],
    days: Annotated[int | None, typer.Option(help="Days after a case was decided.", show_default=False)] = None,
    never: Annotated[bool, typer.Option("--never", help="Erase nothing by itself.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would be erased at once.")] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say after how many days a server erases content of a workflow's cases by itself, once an hour.

      interlock retention set triage --days 90 --dry-run --as "Ana Ruiz" --reason "data policy 4.2"

      interlock retention set triage --days 90 --as "Ana Ruiz" --reason "data policy 4.2"

    What somebody may still need is never erased: `interlock erase --help` says what that is.
    """
    box = toolbox(context)
    if (days is None) is not never or (never and dry_run):
        raise BadInput("say --days N, or --never; --dry-run goes with --days")
    who = person(by)
    with opened(box, store) as opened_store:
        if dry_run and days is not None:
            seen = preview(opened_store, workflow, days, by=who, clock=box.clock)
            if as_json:
                show_json(box, seen)
            else:
                least = "at least " if seen.is_cut else ""
                words = (
                    f"would be erased at once: what was kept of {least}{seen.cases:,} cases; {seen.n_kept:,} older stay"
                )
                box.out.print(Text(words), soft_wrap=True)
            return
        done = set_retention(opened_store, workflow, days, reason=reason, by=who, clock=box.clock)
    if as_json:
        show_json(box, done)
    else:
        words = "nothing is erased by itself" if done.days is None else f"content is erased after {done.days} days"
        box.out.print(Text(f"{workflow}: from now on {words} (entry {done.entry})"), soft_wrap=True)
