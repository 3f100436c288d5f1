"""`interlock apply` and `interlock diff`: definitions become releases."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from interlock.engine.ledger.canonical import plain
from interlock.engine.rollout.definition import changed_fields
from interlock.flows.rollout.define import define, release_digest
from interlock.surfaces.cli.store_options import AsOption, JsonOption, StoreOption, opened, person, show_json
from interlock.surfaces.cli.toolbox import Toolbox, toolbox


def apply_command(
    context: typer.Context,
    file: Annotated[list[Path], typer.Option("--file", "-f", help="Definition to apply; repeat for several.")],
    by: AsOption,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make definitions the releases in force.

    A release is the digest of everything that acts. Whatever evidence, approval or grant an earlier release had does
    not hold for a changed one; `interlock diff` shows that beforehand.

      interlock apply -f workflows/triage.yaml --as "Carla Nunes"
    """
    box = toolbox(context)
    who = person(by)  # before the store: a mistake must not leave an empty one behind
    definitions = [box.read_definition(path) for path in file]
    with opened(box, store, create=True) as opened_store:
        applied = [
            define(
                opened_store,
                definition,
                by=who,
                code_version=box.version,
                clock=box.clock,
                randomness=box.randomness,
            )
            for definition in definitions
        ]
    if as_json:
        show_json(
            box, [{"release": a.release.digest, "workflow": a.release.workflow, "changed": a.changed} for a in applied]
        )
        return
    for one in applied:
        word = "applied" if one.changed else "unchanged"
        grant = "; its grant was ended" if one.voided_grant else ""
        box.out.print(Text(f"{one.release.workflow}: {word}, release {one.release.digest}{grant}"), soft_wrap=True)


def diff_command(
    context: typer.Context,
    file: Annotated[list[Path], typer.Option("--file", "-f", help="Definition to compare; repeat for several.")],
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what applying a definition would change, and what it would void. Exit status 1 where anything differs."""
    box = toolbox(context)
    found = []
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        for path in file:
            definition = box.read_definition(path)
            row = reading.workflow(definition.name)
            changes = changed_fields(row.definition if row else {}, plain(definition))
            same = row is not None and row.release == release_digest(definition, code_version=box.version)
            void = (
                [] if row is None or same else _void(reading.evidence(row.name), row.release, granted=bool(row.grant))
            )
            found.append(
                {"workflow": definition.name, "new": row is None, "same": same, "changes": changes, "void": void}
            )
    if as_json:
        show_json(box, found)
    else:
        for one in found:
            _print_diff(box, one)
    if not all(one["same"] for one in found):
        raise typer.Exit(1)


def _void(evidence: Sequence[Any], release: str, *, granted: bool) -> list[str]:
    kinds = sorted({item.kind for item in evidence if item.release == release})
    return [*(f"evidence: {kind}" for kind in kinds), *(["the grant in force"] if granted else [])]


def _print_diff(box: Toolbox, one: dict[str, Any]) -> None:
    if one["same"]:
        box.out.print(Text(f"{one['workflow']}: no difference"))
        return
    box.out.print(Text(f"{one['workflow']}: {'new workflow' if one['new'] else 'another release'}"))
    for name, old, new in one["changes"]:
        box.out.print(Text(f"  {name}: {old} -> {new}"), soft_wrap=True)
    if not one["changes"]:
        box.out.print(Text("  the definition is the same, the code that enforces it is not"))
    for void in one["void"]:
        box.out.print(Text(f"  voids {void}"))
