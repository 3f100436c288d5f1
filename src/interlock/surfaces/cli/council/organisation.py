"""`interlock organisation`: who answers for what."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.council.ownership import UseCase, ownership_faults, ownership_said, use_case
from interlock.flows.council.decide import define_organisation
from interlock.flows.portfolio.read import read_portfolio
from interlock.surfaces.cli.store_options import AsOption, JsonOption, StoreOption, opened, person, show_json
from interlock.surfaces.cli.toolbox import toolbox


def apply_command(
    context: typer.Context,
    file: Annotated[Path, typer.Option("--file", "-f", help="YAML file that describes the organisation.")],
    by: AsOption,
    store: StoreOption = None,
) -> None:
    """Say who answers for each of eleven responsibilities, and who sits in the council.

      organisation: Nordlicht Retail
      council: [Chris Ode, Sami Noor]
      responsibilities:
        vendors: {owner: Iva Kos, consulted: [Pia Lund]}

    What is left out has no owner, and `interlock organisation show` says so.
    """
    box = toolbox(context)
    who, organisation = person(by), box.read_organisation(file)
    with opened(box, store, create=True) as opened_store:
        done = define_organisation(opened_store, organisation, by=who, clock=box.clock)
    held = sum(bool(one.owners) for one in done.responsibilities)
    box.out.print(Text(f"{done.name}: {held} of {len(done.responsibilities)} responsibilities have an owner"))


def show_command(context: typer.Context, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Show who answers for what and may decide what, where nobody or more than one does, and what enforces it.

    For each workflow: its owners, who may approve, resume, waive, stop it for good, and whom to turn to. Anybody may
    pause one at once (`interlock kill`): that takes a name and no right.
    """
    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        portfolio = read_portfolio(reading, box.clock())
    faults, cases = ownership_faults(portfolio), tuple(use_case(one.definition) for one in portfolio.standings)
    if as_json:
        show_json(box, {"organisation": portfolio.organisation, "use_cases": cases, "faults": faults})
        return
    if portfolio.organisation is not None:
        box.out.print(Text(portfolio.organisation.name), style="bold")
        for one in portfolio.organisation.responsibilities:
            consulted = f"; consulted {', '.join(one.consulted)}" if one.consulted else ""
            box.out.print(Text(f"  {one.id}: {', '.join(one.owners) or 'NOBODY'}{consulted}"), soft_wrap=True)
        for question, control in portfolio.organisation.governance:
            box.out.print(Text(f"  {question}: {control}"), soft_wrap=True)
    for case in cases:
        for words in _said(case):
            box.out.print(Text(words), soft_wrap=True)
    box.out.print(Text(ownership_said(faults)), style="bold")
    for fault in faults:
        box.out.print(Text(f"  {fault.subject} {fault.fault}"), soft_wrap=True)


def _said(case: UseCase) -> tuple[str, ...]:
    owners = {"value": case.value, "delivery": case.delivery, "safety": case.safety}
    may = {"approve": case.approve, "stop it for good": case.stop, "resume": case.resume, "waive": case.waive}
    return (
        f"{case.workflow}: " + ", ".join(f"{role} {name or 'NOBODY'}" for role, name in owners.items()),
        "  may " + "; ".join(f"{what}: {', '.join(names) or 'NOBODY'}" for what, names in may.items()),
        f"  may pause it at once: {', '.join(case.pause)} (`interlock kill workflow:{case.workflow}`); "
        f"turn to: {', '.join(case.escalate) or 'NOBODY'}",
    )
