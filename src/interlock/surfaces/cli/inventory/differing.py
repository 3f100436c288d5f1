"""`interlock api diff`: what another version of interfaces may do that the last one could not."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.inventory.audit import audit
from interlock.engine.inventory.differences import compare, rises
from interlock.surfaces.cli.inventory.rows import row_of
from interlock.surfaces.cli.inventory.told import tell_unread
from interlock.surfaces.cli.store_options import JsonOption, show_json
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.terms.inventory import Audited, Differences
from interlock.terms.words import clean

HELP = """Compare two versions of interfaces or tools: what is new, gone or changed, and what may do more harm.

OLD and NEW are files, archives or folders, as `interlock api audit` reads them. Operations are the same where service,
method and path (or the tool's name) are; where each side is one service, whatever it calls itself. A schema that an
operation refers to is part of it.

- `interlock api diff openapi-v1.yaml openapi-v2.yaml`
- `interlock api diff old/ new/ --fail-on-rise --json`

Exit status: 0 compared; 1 with `--fail-on-rise` where a tier rose, credentials are asked for less, or an operation of
high risk is new, and where a file could not be read; 2 a side holds nothing that can be read.
"""


def diff_command(
    context: typer.Context,
    old: Annotated[Path, typer.Argument(help="What was.", show_default=False)],
    new: Annotated[Path, typer.Argument(help="What is.", show_default=False)],
    *,
    fail_on_rise: Annotated[bool, typer.Option("--fail-on-rise", help="Exit 1 where more harm can be done.")] = False,
    as_json: JsonOption = False,
) -> None:
    box = toolbox(context)
    pack = box.inventory_pack()
    before, after = box.read_interfaces([old]), box.read_interfaces([new])
    found = compare(audit(before.operations, pack), audit(after.operations, pack))
    if as_json:
        changed = [
            {"what": list(one.what), "rises": one.rises, "old": row_of(one.old, pack), "new": row_of(one.new, pack)}
            for one in found.changed
        ]
        show_json(
            box,
            {
                "rises": rises(found),
                "same": found.same,
                "added": [row_of(one, pack) for one in found.added],
                "removed": [row_of(one, pack) for one in found.removed],
                "changed": changed,
            },
        )
    else:
        _tell(box, found)
    for side in (before, after):
        tell_unread(box, side)
    if (fail_on_rise and rises(found)) or before.unread or after.unread:
        raise typer.Exit(1)


diff_command.__doc__ = HELP


def _tell(box: Toolbox, found: Differences) -> None:
    risen = sum(one.rises for one in found.changed)
    box.out.print(
        f"{len(found.added):,} new, {len(found.removed):,} gone, {len(found.changed):,} changed "
        f"({risen:,} may do more harm), {found.same:,} the same"
    )
    for sign, side in (("+", found.added), ("-", found.removed)):
        for one in side:
            _say(box, f"{sign} {_named(one)}: {one.function}, {one.tier} ({one.tier_because.rule})")
    for change in found.changed:
        mark = "!" if change.rises else "~"
        _say(box, f"{mark} {_named(change.new)}: {'; '.join(change.what)}")


def _named(one: Audited) -> str:
    return f"{one.operation.service}, {one.operation.name}"


def _say(box: Toolbox, line: str) -> None:
    box.out.print(Text(clean(line)), soft_wrap=True)
