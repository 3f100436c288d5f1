"""Authority given and taken: judge, promote, demote, kill, resume."""

from typing import Annotated

import typer
from rich.text import Text

from interlock.flows.action.kill import kill, resume
from interlock.flows.rollout.demote import demote
from interlock.flows.rollout.judge import judge
from interlock.flows.rollout.promote import promote
from interlock.surfaces.cli.store_options import (
    AsOption,
    JsonOption,
    StoreOption,
    Workflow,
    opened,
    person,
    run_time,
    show_json,
)
from interlock.surfaces.cli.toolbox import toolbox
from interlock.terms.errors import BadInput
from interlock.terms.evidence import Verdict
from interlock.terms.grant import AutonomyLevel

SCOPE_HELP = "'global', or tenant:NAME, workflow:NAME, action:NAME, segment:NAME."


def judge_command(
    context: typer.Context, workflow: Workflow, store: StoreOption = None, as_json: JsonOption = False
) -> None:
    """Judge the promotion gate on the evidence of today; may be done on any day. Exit status 1 unless it passed."""
    box = toolbox(context)
    with opened(box, store) as opened_store:
        verdict = judge(opened_store, workflow, clock=box.clock)
    if as_json:
        show_json(box, verdict)
    else:
        box.out.print(Text(f"Gate '{verdict.gate}' of {workflow}: {verdict.verdict}"), style="bold")
        for finding in verdict.findings:
            step = f" Next: {finding.next_step}." if finding.next_step else ""
            box.out.print(Text(f"  {finding.check}: {finding.verdict} - {finding.reason}.{step}"), soft_wrap=True)
    if verdict.verdict is not Verdict.PASSED:
        raise typer.Exit(1)


def promote_command(
    context: typer.Context,
    workflow: Workflow,
    release: Annotated[str, typer.Option(help="The release that you looked at, by its digest.")],
    by: AsOption,
    level: Annotated[str, typer.Option(help="assistant, agent or automated-workflow.")] = "agent",
    segments: Annotated[str, typer.Option(help="Segments that it covers, with commas between; none: all.")] = "",
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Grant authority to a release whose gate passed. You must have the right, and not be the one who proposed it.

      interlock promote triage --release sha256:... --as "Ana Ruiz"

      interlock promote triage --release sha256:... --level agent --segments Nordics --as "Ana Ruiz"

    An assistant suggests and a person applies. An agent acts where its confidence allows. An automated workflow acts in
    several steps, and leaves those of high harm to people. No level is above what the rollout stage allows, and a rise
    takes the five conditions (`interlock conditions`) and a limited segment first.

    Exit status 4 where a rule refuses; the refusal is recorded.
    """
    box = toolbox(context)
    with opened(box, store) as opened_store:
        grant = promote(
            opened_store,
            workflow,
            release=release,
            by=person(by),
            clock=box.clock,
            level=_level(level),
            segments=tuple(name.strip() for name in segments.split(",") if name.strip()),
            packs=box.read_gates(None),
            signing=box.signing(),
        )
    if as_json:
        show_json(box, grant)
        return
    over = f" in {', '.join(grant.segments)}" if grant.segments else ""
    how = f"at or over {grant.threshold:.4f}" if grant.labels else "a person applies every case"
    box.out.print(Text(f"{workflow}: {grant.level} until {grant.expires_at}{over}, {how}"), soft_wrap=True)


def _level(word: str) -> AutonomyLevel:
    names = {one.value.replace(" ", "-"): one for one in AutonomyLevel if one is not AutonomyLevel.SHADOW}
    if word not in names:
        raise BadInput(f"--level: there is no level '{word}'; there are: {', '.join(names)}")
    return names[word]


def demote_command(
    context: typer.Context,
    workflow: Workflow,
    by: AsOption,
    reason: Annotated[str, typer.Option(help="Why; it is recorded.")],
    store: StoreOption = None,
) -> None:
    """Take a workflow's authority away. Anybody may; the run time does it by itself when the audits say so."""
    box = toolbox(context)
    with opened(box, store) as opened_store:
        ended = demote(opened_store, workflow, by=person(by), reason=reason, clock=box.clock)
    box.out.print(Text(f"{workflow}: {'its grant was ended' if ended else 'it held no grant'}"))


def kill_command(
    context: typer.Context,
    scope: Annotated[str, typer.Argument(help=SCOPE_HELP, show_default=False)],
    by: AsOption,
    reason: Annotated[str, typer.Option(help="Why; it is recorded.")],
    wait_s: Annotated[float, typer.Option(min=0, help="Seconds to wait for effects in flight.")] = 10.0,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Halt a scope. Fenced: nothing older can commit. Quiesced: nothing is in flight. Exit status 1 if not quiesced."""
    box = toolbox(context)
    with run_time(box, store) as rt:
        report = kill(
            rt.store,
            rt.drain,
            scope,
            by=person(by),
            reason=reason,
            clock=box.clock,
            timeout_s=wait_s,
        )
    if as_json:
        show_json(box, report)
    else:
        box.out.print(Text(f"{scope}: fenced at {report.fenced_at}"))
        box.out.print(Text(f"  quiesced at: {report.quiesced_at or 'NOT YET - an effect may still be in flight'}"))
        box.out.print(Text(f"  in flight: {', '.join(report.in_flight) or 'none'}"), soft_wrap=True)
        box.out.print(Text(f"  in doubt: {', '.join(report.in_doubt) or 'none'}"), soft_wrap=True)
    if report.quiesced_at is None:
        raise typer.Exit(1)


def resume_command(
    context: typer.Context,
    scope: Annotated[str, typer.Argument(help=SCOPE_HELP, show_default=False)],
    by: AsOption,
    reason: Annotated[str, typer.Option(help="Why; it is recorded.")],
    store: StoreOption = None,
) -> None:
    """Let a halted scope work again; needs a person with the right to resume."""
    box = toolbox(context)
    with opened(box, store) as opened_store:
        epoch = resume(opened_store, scope, by=person(by), reason=reason, clock=box.clock)
    box.out.print(Text(f"{scope}: resumed, epoch {epoch}"))
