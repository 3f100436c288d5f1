"""Where a workflow stands among the rollout stages, and moving it."""

from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.rollout.gates import judge_gate
from interlock.engine.rollout.stages import HIGHEST, LEAVES
from interlock.flows.rollout.facts import moves_of
from interlock.flows.rollout.stage import move_stage
from interlock.surfaces.cli.rollout.gates import PackOption, judged_with, show_verdict
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
from interlock.terms.errors import BadInput
from interlock.terms.stage import RolloutStage

StageArgument = Annotated[
    str, typer.Argument(help=f"One of: {', '.join(stage.replace(' ', '-') for stage in RolloutStage)}.")
]


def show_command(
    context: typer.Context, workflow: Workflow, store: StoreOption = None, as_json: JsonOption = False
) -> None:
    """Show the stage, the most that it allows, and what keeps its gate shut. Nothing is recorded.

    interlock stage show triage
    """
    box = toolbox(context)
    gates = judged_with(box)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        facts = gates.facts(reading, known_workflow(reading, workflow), box.clock())
        moves = moves_of(reading, workflow)
    gate = facts.gates[LEAVES[facts.stage]]
    verdict = judge_gate(gate, facts)
    if as_json:
        highest = HIGHEST[facts.stage]
        show_json(
            box, {"workflow": workflow, "stage": facts.stage, "highest": highest, "gate": verdict, "moves": moves}
        )
        return
    box.out.print(Text(f"{workflow}: {facts.stage}; at most {HIGHEST[facts.stage]}"), style="bold")
    show_verdict(box, gate, verdict)
    for move in moves:
        box.out.print(Text(f"  {move.at}: {move.left} to {move.entered}, {move.by}: {move.reason}"), soft_wrap=True)
    if not moves:
        box.out.print("  It was never moved; `interlock stage move` does.")


def move_command(
    context: typer.Context,
    workflow: Workflow,
    stage: StageArgument,
    by: AsOption,
    reason: Annotated[str, typer.Option(help="Why; it is recorded.")],
    pack: PackOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Move a workflow to another rollout stage.

      interlock stage move triage pilot --as "Ana Ruiz" --reason "people wait four hours"

    Up: one stage at a time, by a named person with the right who did not propose the release, and only where the gate
    of the stage passed today. Down: anybody named, at once; a grant ends with it. Exit status 4 where a rule refuses.
    """
    box = toolbox(context)
    names = {one.value.replace(" ", "-"): one for one in RolloutStage}
    entered = names.get(stage.strip().lower().replace(" ", "-"))
    if entered is None:
        raise BadInput(f"there is no stage '{stage}'; there are: {', '.join(names)}")
    with opened(box, store) as opened_store:
        gates = judged_with(box, pack)
        moved = move_stage(
            opened_store,
            workflow,
            entered,
            gates.packs,
            by=person(by),
            reason=reason,
            clock=box.clock,
            signing=gates.signing,
            scorecard=gates.scorecard,
        )
    if as_json:
        show_json(box, moved)
        return
    box.out.print(Text(f"{workflow}: {moved.left} to {moved.entered} (entry {moved.entry})"))
