"""`interlock incident`: what went wrong, until it is closed with a lesson."""

from typing import Annotated

import typer
from rich.text import Text

from interlock.flows.measure.incident import Report, close_incident, incidents_of, open_incident
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
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.terms.measured import Incident, Severity

MitigationOption = Annotated[str | None, typer.Option(help="What was done so that it harms no more.")]
CostOption = Annotated[float | None, typer.Option("--cost-usd", help="What it cost in USD, where that is known.")]


def open_command(
    context: typer.Context,
    workflow: Workflow,
    title: Annotated[str, typer.Option(help="What went wrong, in a line.")],
    severity: Annotated[Severity, typer.Option(help="How bad it is.")],
    owner: Annotated[str, typer.Option(help="Who answers for it until it is closed.")],
    by: AsOption,
    redline: Annotated[bool, typer.Option("--redline", help="A line was crossed that must never be.")] = False,
    mitigation: MitigationOption = None,
    cost_usd: CostOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put an incident on record. Nothing is stopped by it: `interlock kill` stops, and needs no right.

    interlock incident open triage --title "wrong refunds" --severity high --owner "Ben Okafor" --as "Ana Ruiz"
    """
    box = toolbox(context)
    report = Report(title, severity, owner, redline, mitigation, cost_usd)
    with opened(box, store) as opened_store:
        incident = open_incident(opened_store, workflow, report, by=person(by), clock=box.clock)
    _tell(box, (incident,), as_json=as_json)


def close_command(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help="Number of the incident: its ledger entry.", show_default=False)],
    lesson: Annotated[str, typer.Option(help="What was learned.")],
    by: AsOption,
    mitigation: MitigationOption = None,
    cost_usd: CostOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Close an incident with what was learned.

    The crossing of a redline is closed by somebody who did not propose or amend the release (else exit status 4).

    interlock incident close 131 --lesson "alert after two minutes, not after an hour" --as "Ben Okafor"
    """
    box = toolbox(context)
    with opened(box, store) as opened_store:
        incident = close_incident(
            opened_store,
            number,
            lesson=lesson,
            by=person(by),
            clock=box.clock,
            mitigation=mitigation,
            cost_usd=cost_usd,
        )
    _tell(box, (incident,), as_json=as_json)


def list_command(
    context: typer.Context,
    workflow: Annotated[str | None, typer.Argument(help="Only of this workflow.", show_default=False)] = None,
    every: Annotated[bool, typer.Option("--all", help="Closed ones as well.")] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """List incidents that are open, with who answers for each."""
    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        name = None if workflow is None else known_workflow(reading, workflow)
        found = tuple(one for one in incidents_of(reading, name) if every or one.closed_at is None)
    if not found and not as_json:
        more = "" if every else "; --all shows closed ones"
        box.out.print(Text(f"No incident is open{more}. `interlock incident open WORKFLOW` reports one."))
        return
    _tell(box, found, as_json=as_json)


def _tell(box: Toolbox, incidents: tuple[Incident, ...], *, as_json: bool) -> None:
    if as_json:
        show_json(box, incidents)
        return
    for one in incidents:
        redline = ", a redline" if one.redline else ""
        state = "open" if one.closed_at is None else f"closed {one.closed_at[:10]} by {one.closed_by}"
        box.out.print(Text(f"{one.entry}  {one.workflow}: {one.title}"), style="bold", soft_wrap=True)
        cost = "" if one.cost_usd is None else f"; cost {one.cost_usd:,.2f} USD"
        words = f"  {one.severity}{redline}, opened {one.opened_at[:10]}, {state}; owner {one.owner}{cost}"
        box.out.print(Text(words), soft_wrap=True)
        if one.lesson:
            box.out.print(Text(f"  learned: {one.lesson}"), soft_wrap=True)
