"""All commands in one list, of which only what is called is loaded: an answer need not wait for all the others."""

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperGroup

from interlock import __version__
from interlock.surfaces.cli.ending import EndingGroup
from interlock.surfaces.cli.subgroup import SubGroup

VERSION = "--version"

# (name, where its function is): a new command is one more line here. Only what is called is loaded.
COMMANDS: tuple[tuple[str, str], ...] = (
    ("try", "try_:try_command"),
    ("init", "definitions.init:init_command"),
    ("apply", "definitions.apply:apply_command"),
    ("diff", "definitions.diff:diff_command"),
    ("check", "definitions.check:check_command"),
    ("schema", "definitions.schema:schema_command"),
    ("get", "get:get_command"),
    ("portfolio", "portfolio.show:portfolio_command"),
    ("judge", "authority:judge_command"),
    ("promote", "authority:promote_command"),
    ("demote", "authority:demote_command"),
    ("gates", "rollout.gates:gates_command"),
    ("conditions", "rollout.gates:conditions_command"),
    ("waive", "rollout.waivers:waive_command"),
    ("waivers", "rollout.waivers:waivers_command"),
    ("unwaive", "rollout.waivers:unwaive_command"),
    ("unauthorised", "rollout.unauthorised:unauthorised_command"),
    ("kill", "authority:kill_command"),
    ("resume", "authority:resume_command"),
    ("drill", "drill:drill_command"),
    ("recover", "recover:recover_command"),
    ("settle", "recover:settle_command"),
    ("erase", "erase:erase_command"),
    ("clock", "clock:clock_command"),
    ("backup", "upkeep.backup:backup_command"),
    ("restore", "upkeep.backup:restore_command"),
    ("upgrade", "upkeep.upgrade:upgrade_command"),
    ("report", "reports.command:report_command"),
    ("review", "reviews.deciding:review_command"),
    ("replay", "cases:replay_command"),
    ("choke-points", "selection.choke_points:choke_points_command"),
    ("select", "selection.select:select_command"),
    ("ai-fit", "selection.ai_fit:ai_fit_command"),
    ("serve", "serve:serve_command"),
    ("mcp", "tools.stdio:mcp_command"),
    ("trace", "trace:trace_command"),
    ("traces", "trace:traces_command"),
)


class Group(NamedTuple):
    """Commands under one name: what it is for, and where the list of them and the class of the group are."""

    name: str
    words: str
    commands: str
    kind: str | None = None


# In the order of `--help`: a new group is one more line here.
GROUPS: tuple[Group, ...] = (
    Group(
        "demo",
        "See it work: `life` (what plain `demo` runs), a portfolio, the gateway.",
        "demo.group:DEMO_COMMANDS",
        "demo.group:DemoGroup",
    ),
    Group("ledger", "Verify, export and prove the tamper-evident ledger.", "ledger:LEDGER_COMMANDS"),
    Group("instrument", "Answer and score scorecards, checklists, diagnostics.", "instruments:INSTRUMENT_COMMANDS"),
    Group("stage", "See and change how far a workflow has come.", "rollout:STAGE_COMMANDS"),
    Group("policy", "Look at limits at the edge: what they became, what they would say.", "policy:POLICY_COMMANDS"),
    Group(
        "evidence", "Bring evidence from other tools, sign statements, see what counts.", "evidence:EVIDENCE_COMMANDS"
    ),
    Group("problem", "Find what a problem statement lacks; write it as a page.", "problem:PROBLEM_COMMANDS"),
    Group("account", "Give people accounts and roles.", "access:ACCOUNT_COMMANDS"),
    Group("token", "Make and revoke the tokens that a server asks for.", "access:TOKEN_COMMANDS"),
    Group("hook", "Make and revoke the web hooks by which monitors halt.", "access:HOOK_COMMANDS"),
    Group("tenant", "Say whose each workflow is.", "access:TENANT_COMMANDS"),
    Group("reviews", "Work off the queue of cases that wait for a person.", "reviews:REVIEWS_COMMANDS"),
    Group(
        "gateway",
        "Govern model traffic: serve (plain `gateway`), define, let clients in, look.\n\n"
        "To begin: `apply` says where models are, `key create` who may ask, then `interlock gateway` serves. "
        "`interlock demo gateway` shows it in seconds, without a vendor.",
        "gateway:GATEWAY_COMMANDS",
        "gateway.group:GatewayGroup",
    ),
    Group("tools", "Look at an agent's tools, take a call of one back.", "tools:TOOLS_COMMANDS"),
    Group("organisation", "Say who answers for what, and see where nobody does.", "council:ORGANISATION_COMMANDS"),
    Group("calendar", "Say when the organisation works and meets.", "settings:CALENDAR_COMMANDS"),
    Group("retention", "Say when a server erases content by itself.", "settings:RETENTION_COMMANDS"),
    Group("council", "See what needs deciding, decide it, and look back.", "council:COUNCIL_COMMANDS"),
    Group("standup", "Hold a stand-up: lights, actions that are checked.", "standup:STANDUP_COMMANDS"),
    Group("schedule", "Have documents sent each week or month.", "schedules:SCHEDULE_COMMANDS"),
    Group("measure", "Put on record what was measured, spent and done.", "measure:MEASURE_COMMANDS"),
    Group("incident", "Report what went wrong, and close it with what was learned.", "measure:INCIDENT_COMMANDS"),
    Group("api", "Know interfaces and tools: what they may do, what is wrong with them.", "inventory:API_COMMANDS"),
    Group(
        "oversight",
        "Size human review, certify a threshold, rehearse both.",
        "oversight:OVERSIGHT_COMMANDS",
        "ending:EndingGroup",
    ),
)

NAMES = frozenset(name for name, _ in COMMANDS) | frozenset(group.name for group in GROUPS)


def build_app(first: str | None = None) -> typer.Typer:
    """The command line; where its first argument is known and names a command, with that one alone."""
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
    every = first not in NAMES | {VERSION}  # help, or a name that is wrong and may be near one
    for name, place in COMMANDS:
        if every or name == first:
            app.command(name)(_found(place))
    for group in GROUPS:
        if every or group.name == first:
            app.add_typer(_built(group), name=group.name)
    return app


def _built(group: Group) -> typer.Typer:
    kind = TyperGroup if group.kind is None else _found(group.kind)
    built = typer.Typer(cls=kind, help=group.words, no_args_is_help=True)
    return _filled(built, _found(group.commands))


def _filled(built: typer.Typer, commands: Iterable[tuple[str, Callable[..., None] | SubGroup]]) -> typer.Typer:
    for name, entry in commands:
        if isinstance(entry, SubGroup):
            built.add_typer(_filled(typer.Typer(help=entry.words, no_args_is_help=True), entry.commands), name=name)
        else:
            built.command(name)(entry)
    return built


def _found(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(import_module(f"interlock.surfaces.cli.{module}"), name)


def _show_version(asked: bool) -> None:  # noqa: FBT001 - Typer calls it with the option's value
    if asked:
        typer.echo(f"interlock {__version__}")
        raise typer.Exit


def _root(
    *,
    version: Annotated[
        bool, typer.Option(VERSION, help="Show the version and exit.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    del version  # its callback has done it all
