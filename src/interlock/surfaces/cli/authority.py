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
from interlock.terms.evidence import Verdict

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
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Grant authority to a release whose gate passed. You must have the right, and not be the one who proposed it.

      interlock promote triage --release sha256:... --as "Ana Ruiz"

    Exit status 4 where a rule refuses; the refusal is recorded.
    """
    box = toolbox(context)
    with opened(box, store) as opened_store:
        grant = promote(opened_store, workflow, release=release, by=person(by), clock=box.clock)
    if as_json:
        show_json(box, grant)
        return
    box.out.print(Text(f"{workflow}: {grant.level} until {grant.expires_at}, at or over {grant.threshold:.4f}"))


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
