"""`interlock diff`: what applying a definition would change, and what that would void."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from interlock.flows.rollout.compare import Difference, compare
from interlock.surfaces.cli.store_options import JsonOption, StoreOption, opened, show_json
from interlock.surfaces.cli.toolbox import Toolbox, toolbox


def diff_command(
    context: typer.Context,
    file: Annotated[list[Path], typer.Option("--file", "-f", help="Definition to compare; repeat for several.")],
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what applying a definition would change, and what it would void. Exit status 1 where anything differs.

    Evidence is bound to what acts and to what constrains it. A change of that makes another release, and what the
    release in force has earned no longer holds. Other words and figures amend the release and void nothing.

      interlock diff -f workflows/triage.yaml
    """
    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        found = [compare(reading, box.read_definition(path), code_version=box.version) for path in file]
    if as_json:
        show_json(box, [_as_json(one) for one in found])
    else:
        for one in found:
            _print(box, one)
    if not all(one.same for one in found):
        raise typer.Exit(1)


def _as_json(one: Difference) -> dict[str, Any]:
    return {
        "workflow": one.workflow,
        "new": one.new,
        "same": one.same,
        "amends": one.amends,
        "changes": [[change.field, change.old, change.new] for change in one.changes],
        "voiding": [change.field for change in one.changes if change.voids],
        "void": list(one.void),
    }


def _print(box: Toolbox, one: Difference) -> None:
    if one.same:
        box.out.print(Text(f"{one.workflow}: no difference"))
        return
    what = "new workflow" if one.new else "the same release, amended" if one.amends else "another release"
    box.out.print(Text(f"{one.workflow}: {what}"))
    for change in one.changes:
        mark = "" if one.new or one.amends or change.voids else " (voids nothing by itself)"
        box.out.print(Text(f"  {change.field}: {change.old} -> {change.new}{mark}"), soft_wrap=True)
    if one.new_code:
        box.out.print(Text("  the code that enforces it is another"))
    for void in one.void:
        box.out.print(Text(f"  voids {void}"), soft_wrap=True)
    if not one.new and not one.void:
        box.out.print(Text("  voids nothing"))
