"""Gates and conditions of one workflow, judged today."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.rollout.gates import open_findings
from interlock.flows.rollout.judge_gates import judge_gates
from interlock.flows.rollout.judging import Judging, judging
from interlock.surfaces.cli.store_options import JsonOption, StoreOption, Workflow, opened, show_json
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.terms.evidence import GateVerdict, Verdict
from interlock.terms.gate import Gate, GatePack

PackOption = Annotated[Path | None, typer.Option("--pack", help="A file with gates of your own, judged too.")]


def gates_command(
    context: typer.Context,
    workflow: Workflow,
    pack: PackOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge the eight readiness gates and the gates of the five stages on the evidence of today.

      interlock gates triage

    What never ran is inconclusive, not passed. Each gate that does not open says the smallest piece of work that would
    change it. The verdicts are recorded. Exit status 1 unless all eight readiness gates passed.
    """
    box = toolbox(context)
    gates = judged_with(box, pack)
    verdicts = _judged(box, store, workflow, gates, [one.id for one in gates.packs if one.id != "conditions"])
    _show(box, workflow, gates.packs, verdicts, as_json=as_json)
    ready = {gate.id for one in gates.packs if one.id not in {"stages", "conditions"} for gate in one.gates}
    _exit([verdict for verdict in verdicts if verdict.gate in ready])


def conditions_command(
    context: typer.Context, workflow: Workflow, store: StoreOption = None, as_json: JsonOption = False
) -> None:
    """Judge the five conditions to rise to a higher level of autonomy: precision, safety, stability, observability,
    business proof.

      interlock conditions triage

    All five have to pass. The verdicts are recorded. Exit status 1 unless they did.
    """
    box = toolbox(context)
    gates = judged_with(box)
    verdicts = _judged(box, store, workflow, gates, ["conditions"])
    _show(box, workflow, gates.packs, verdicts, as_json=as_json)
    _exit(verdicts)


def _judged(
    box: Toolbox, store: str | None, workflow: str, gates: Judging, of: Sequence[str]
) -> tuple[GateVerdict, ...]:
    with opened(box, store) as opened_store:
        return judge_gates(
            opened_store,
            workflow,
            gates.packs,
            of=of,
            clock=box.clock,
            signing=gates.signing,
            scorecard=gates.scorecard,
        )


def judged_with(box: Toolbox, pack: Path | None = None) -> Judging:
    """The gates of the product and of a file, and what else they are judged with."""
    return judging(box.read_gates(pack), box.read_instruments(None), box.signing())


def _show(
    box: Toolbox, workflow: str, packs: Sequence[GatePack], verdicts: Sequence[GateVerdict], *, as_json: bool
) -> None:
    if as_json:
        show_json(box, verdicts)
        return
    gates = {gate.id: gate for pack in packs for gate in pack.gates}
    passed = sum(verdict.verdict is Verdict.PASSED for verdict in verdicts)
    box.out.print(Text(f"{workflow}: {passed} of {len(verdicts)} passed"), style="bold")
    for verdict in verdicts:
        show_verdict(box, gates[verdict.gate], verdict)


def show_verdict(box: Toolbox, gate: Gate, verdict: GateVerdict) -> None:
    """One gate with what keeps it shut, what was waived, and what to do next."""
    still = open_findings(verdict)
    box.out.print(Text(f"{gate.id}: {verdict.verdict}"), style="bold")
    for finding in still:
        box.out.print(Text(f"  {finding.check}: {finding.verdict} - {finding.reason}"), soft_wrap=True)
    for finding in verdict.findings:
        if finding.waived:
            box.out.print(Text(f"  {finding.check}: {finding.verdict}, waived {finding.waived}"), soft_wrap=True)
    if still:
        box.out.print(Text(f"  Next: {still[0].next_step}. It prevents {gate.prevents}."), soft_wrap=True)


def _exit(verdicts: Sequence[GateVerdict]) -> None:
    if any(verdict.verdict is not Verdict.PASSED for verdict in verdicts):
        raise typer.Exit(1)
