"""`interlock policy`: what limits became in Cedar, and what they would say of a case."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.ledger.canonical import plain
from interlock.engine.policy.attributes import action_of, schema_of
from interlock.engine.policy.rules import rules_of
from interlock.engine.policy.shown import as_text
from interlock.engine.rollout.definition import definition_of
from interlock.engine.timestamp import stamp
from interlock.flows.policy.check import CaseChecked, check_case
from interlock.surfaces.cli.store_options import JsonOption, StoreOption, known_workflow, opened, show_json
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.terms.decision import Verb
from interlock.terms.errors import BadInput
from interlock.terms.workflow import WorkflowDefinition

_WORDS = {
    Verb.APPLY: "APPLY: no limit stands in the way",
    Verb.REVIEW: "REVIEW: a person decides",
    Verb.DENY: "DENY: the workflow never does this",
}


def show_command(
    context: typer.Context,
    workflow: Annotated[
        str | None, typer.Argument(help="A workflow of the store; or name a file with -f.", show_default=False)
    ] = None,
    file: Annotated[Path | None, typer.Option("--file", "-f", help="A definition file.")] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print what hand-written rules may read, as a Cedar schema.")
    ] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the Cedar rules that the limits of a workflow became.

    interlock policy show -f workflows/refunds.yaml
    """
    box = toolbox(context)
    definition = _definition(box, workflow, file, store)
    if as_json:
        show_json(
            box,
            {
                "workflow": definition.name,
                "action": action_of(definition),
                "asked": definition.limits.at_the_edge,
                "rules": [{"id": rule.id, "cedar": rule.cedar} for rule in rules_of(definition)],
                "targets": definition.limits.targets,
                "hand_written": definition.limits.policy,
                "schema": schema_of(definition),
            },
        )
        return
    box.out.file.write(schema_of(definition) if schema else as_text(definition))


def _definition(box: Toolbox, workflow: str | None, file: Path | None, store: str | None) -> WorkflowDefinition:
    if (workflow is None) == (file is None):
        raise BadInput("name either a workflow of the store, or a definition file with -f FILE")
    if file is not None:
        return box.read_definition(file)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        row = reading.workflow(known_workflow(reading, workflow or ""))
        return definition_of(row.definition if row else {})


def check_command(
    context: typer.Context,
    file: Annotated[Path, typer.Option("--file", "-f", help="The definition file.")],
    facts: Annotated[Path, typer.Option("--facts", help="A case as JSON: its label, amount_usd, target and so on.")],
    as_json: JsonOption = False,
) -> None:
    """Say what the limits would do with a case, by which rule, and why. Exit status 1 unless it may be applied.

    Only the limits are asked. Whether there is a grant, a certified threshold or a halt is left out. Nothing is
    recorded.

    interlock policy check -f workflows/refunds.yaml --facts case.json
    """
    box = toolbox(context)
    checked = check_case(box.guardrail(), box.read_definition(file), box.read_facts(facts), now=stamp(box.clock()))
    if as_json:
        show_json(box, plain(checked))
    else:
        _tell(box, checked)
    if checked.decision.verb is not Verb.APPLY:
        raise typer.Exit(1)


def _tell(box: Toolbox, checked: CaseChecked) -> None:
    decision, policy = checked.decision, checked.policy
    box.out.print(Text(f"{_WORDS[decision.verb]} (at {checked.at})"), soft_wrap=True)
    if decision.verb is not Verb.APPLY:
        for reason in decision.reasons:
            box.out.print(Text(f"  {reason}"), soft_wrap=True)
    if policy is not None and policy.rules:
        box.out.print(Text(f"decided by: {', '.join(policy.rules)}"), soft_wrap=True)


POLICY_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("show", show_command),
    ("check", check_command),
)
