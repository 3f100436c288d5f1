"""`interlock apply`: definitions become releases."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from interlock.flows.rollout.define import define
from interlock.surfaces.cli.store_options import AsOption, JsonOption, StoreOption, opened, person, show_json
from interlock.surfaces.cli.toolbox import toolbox


def apply_command(
    context: typer.Context,
    file: Annotated[list[Path], typer.Option("--file", "-f", help="Definition to apply; repeat for several.")],
    by: AsOption,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make definitions the releases in force.

    A release is the digest of everything that acts. Whatever evidence, approval or grant an earlier release had does
    not hold for a changed one; `interlock diff` shows that beforehand. Where only words and figures changed that no
    decision reads (problem, KPIs, service levels, spending, risks, costs), the release stays and is amended.

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
            box,
            [
                {
                    "release": a.release.digest,
                    "workflow": a.release.workflow,
                    "changed": a.changed,
                    "amended": a.amended,
                }
                for a in applied
            ],
        )
        return
    for one in applied:
        word = "amended" if one.amended else "applied" if one.changed else "unchanged"
        grant = "; its grant was ended" if one.voided_grant else ""
        box.out.print(Text(f"{one.release.workflow}: {word}, release {one.release.digest}{grant}"), soft_wrap=True)
