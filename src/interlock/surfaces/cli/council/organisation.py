"""`interlock organisation`: who answers for what."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.council.ownership import ownership_faults
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
    """Show who answers for what, where nobody or more than one does, and what enforces each governing question."""
    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        portfolio = read_portfolio(reading, box.clock())
    faults = ownership_faults(portfolio)
    if as_json:
        show_json(box, {"organisation": portfolio.organisation, "faults": faults})
        return
    if portfolio.organisation is not None:
        box.out.print(Text(portfolio.organisation.name), style="bold")
        for one in portfolio.organisation.responsibilities:
            consulted = f"; consulted {', '.join(one.consulted)}" if one.consulted else ""
            box.out.print(Text(f"  {one.id}: {', '.join(one.owners) or 'NOBODY'}{consulted}"), soft_wrap=True)
        for question, control in portfolio.organisation.governance:
            box.out.print(Text(f"  {question}: {control}"), soft_wrap=True)
    box.out.print(Text(f"{len(faults)} gaps and double owners"), style="bold")
    for fault in faults:
        box.out.print(Text(f"  {fault.subject} {fault.fault}"), soft_wrap=True)
