"""All commands in one list."""

from collections.abc import Callable
from typing import Annotated

import typer
from typer.core import TyperGroup

from interlock import __version__
from interlock.surfaces.cli import authority, cases, get, recover
from interlock.surfaces.cli.access import HOOK_COMMANDS, TOKEN_COMMANDS
from interlock.surfaces.cli.clock import clock_command
from interlock.surfaces.cli.council import COUNCIL_COMMANDS, ORGANISATION_COMMANDS
from interlock.surfaces.cli.definitions.apply import apply_command
from interlock.surfaces.cli.definitions.check import check_command
from interlock.surfaces.cli.definitions.diff import diff_command
from interlock.surfaces.cli.definitions.init import init_command
from interlock.surfaces.cli.definitions.schema import schema_command
from interlock.surfaces.cli.demo.group import DEMO_COMMANDS, DemoGroup
from interlock.surfaces.cli.drill import drill_command
from interlock.surfaces.cli.ending import EndingGroup
from interlock.surfaces.cli.erase import erase_command
from interlock.surfaces.cli.evidence import EVIDENCE_COMMANDS
from interlock.surfaces.cli.instruments import INSTRUMENT_COMMANDS
from interlock.surfaces.cli.ledger import LEDGER_COMMANDS
from interlock.surfaces.cli.measure import INCIDENT_COMMANDS, MEASURE_COMMANDS
from interlock.surfaces.cli.oversight import OVERSIGHT_COMMANDS
from interlock.surfaces.cli.policy import POLICY_COMMANDS
from interlock.surfaces.cli.portfolio.show import portfolio_command
from interlock.surfaces.cli.problem import PROBLEM_COMMANDS
from interlock.surfaces.cli.reports.command import report_command
from interlock.surfaces.cli.reviews import REVIEWS_COMMANDS
from interlock.surfaces.cli.reviews.deciding import review_command
from interlock.surfaces.cli.rollout import ROLLOUT_COMMANDS, STAGE_COMMANDS
from interlock.surfaces.cli.selection.ai_fit import ai_fit_command
from interlock.surfaces.cli.selection.choke_points import choke_points_command
from interlock.surfaces.cli.selection.select import select_command
from interlock.surfaces.cli.serve import serve_command
from interlock.surfaces.cli.trace import trace_command, traces_command
from interlock.surfaces.cli.try_ import try_command
from interlock.surfaces.cli.upkeep import backup
from interlock.surfaces.cli.upkeep.upgrade import upgrade_command

# (name, function): a new command is one more line here.
COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("try", try_command),
    ("init", init_command),
    ("apply", apply_command),
    ("diff", diff_command),
    ("check", check_command),
    ("schema", schema_command),
    ("get", get.get_command),
    ("portfolio", portfolio_command),
    ("judge", authority.judge_command),
    ("promote", authority.promote_command),
    ("demote", authority.demote_command),
    *ROLLOUT_COMMANDS,
    ("kill", authority.kill_command),
    ("resume", authority.resume_command),
    ("drill", drill_command),
    ("recover", recover.recover_command),
    ("settle", recover.settle_command),
    ("erase", erase_command),
    ("clock", clock_command),
    ("backup", backup.backup_command),
    ("restore", backup.restore_command),
    ("upgrade", upgrade_command),
    ("report", report_command),
    ("review", review_command),
    ("replay", cases.replay_command),
    ("choke-points", choke_points_command),
    ("select", select_command),
    ("ai-fit", ai_fit_command),
    ("serve", serve_command),
    ("trace", trace_command),
    ("traces", traces_command),
)


# (name, what it is for, its commands), in the order of `--help`: a new group is one more line here.
GROUPS: tuple[tuple[str, str, tuple[tuple[str, Callable[..., None]], ...]], ...] = (
    ("ledger", "Verify, export and prove the tamper-evident ledger.", LEDGER_COMMANDS),
    ("instrument", "Answer and score scorecards, checklists, diagnostics.", INSTRUMENT_COMMANDS),
    ("stage", "See and change how far a workflow has come.", STAGE_COMMANDS),
    ("policy", "Look at limits at the edge: what they became, what they would say.", POLICY_COMMANDS),
    ("evidence", "Bring evidence from other tools, sign statements, see what counts.", EVIDENCE_COMMANDS),
    ("problem", "Find what a problem statement lacks; write it as a page.", PROBLEM_COMMANDS),
    ("token", "Make and revoke the tokens that a server asks for.", TOKEN_COMMANDS),
    ("hook", "Make and revoke the web hooks by which monitors halt.", HOOK_COMMANDS),
    ("reviews", "Work off the queue of cases that wait for a person.", REVIEWS_COMMANDS),
    ("organisation", "Say who answers for what, and see where nobody does.", ORGANISATION_COMMANDS),
    ("council", "See what needs deciding, decide it, and look back.", COUNCIL_COMMANDS),
    ("measure", "Put on record what was measured, spent and done.", MEASURE_COMMANDS),
    ("incident", "Report what went wrong, and close it with what was learned.", INCIDENT_COMMANDS),
)


def build_app() -> typer.Typer:
    """The command line with every command registered."""
    app = typer.Typer(
        cls=EndingGroup,
        name="interlock",
        help="An AI workflow gets exactly as much authority as its evidence supports, and the run time enforces it.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="markdown",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    for name, function in COMMANDS:
        app.command(name)(function)
    for_demo = typer.Typer(cls=DemoGroup, help="See it work: `life` (what plain `demo` runs), or a portfolio.")
    for name, function in DEMO_COMMANDS:
        for_demo.command(name)(function)
    app.add_typer(for_demo, name="demo")
    for group, words, commands in GROUPS:
        _add_group(app, group, words, commands)
    if OVERSIGHT_COMMANDS:
        words = "Size human review, certify a threshold, rehearse both."
        _add_group(app, "oversight", words, OVERSIGHT_COMMANDS, cls=EndingGroup)
    return app


def _add_group(
    app: typer.Typer,
    name: str,
    words: str,
    commands: tuple[tuple[str, Callable[..., None]], ...],
    cls: type[TyperGroup] = TyperGroup,
) -> None:
    group = typer.Typer(cls=cls, help=words, no_args_is_help=True)
    for own, function in commands:
        group.command(own)(function)
    app.add_typer(group, name=name)


def _show_version(asked: bool) -> None:  # noqa: FBT001 - Typer calls it with the option's value
    if asked:
        typer.echo(f"interlock {__version__}")
        raise typer.Exit


def _root(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    del version  # its callback has done it all
