"""`interlock tenant assign`, `list`."""

from typing import Annotated

import typer
from rich.text import Text

from interlock.flows.access.tenants import assign_tenant, tenants
from interlock.surfaces.cli.store_options import AsOption, JsonOption, StoreOption, Workflow, opened, person, show_json
from interlock.surfaces.cli.toolbox import toolbox
from interlock.terms.errors import BadInput


def assign_tenant_command(
    context: typer.Context,
    workflow: Workflow,
    by: AsOption,
    tenant: Annotated[str | None, typer.Argument(help="Whose it is from now on.", show_default=False)] = None,
    nobody: Annotated[bool, typer.Option("--nobody", help="Take it from its tenant instead.")] = False,
    store: StoreOption = None,
) -> None:
    """Give a workflow to a tenant: people whose role is held in that tenant see it, and those of others do not.

      interlock tenant assign triage acme --as "Ana Ruiz"

    A case that names a tenant of its own stays that one's.
    """
    box = toolbox(context)
    if (tenant is None) is not nobody:
        raise BadInput("name the tenant, or say --nobody")
    with opened(box, store) as opened_store:
        assign_tenant(opened_store, workflow, tenant, by=person(by), clock=box.clock)
    words = "given to nobody" if tenant is None else f"given to {tenant.strip()}"
    box.out.print(Text(f"{workflow}: {words}"), soft_wrap=True)


def list_tenants_command(context: typer.Context, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List the workflows that were given to a tenant; roles held everywhere reach all others too."""
    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        given = tenants(reading)
    if as_json:
        show_json(box, [{"workflow": workflow, "tenant": tenant} for workflow, tenant in sorted(given.items())])
        return
    for workflow, tenant in sorted(given.items(), key=lambda pair: (pair[1], pair[0])):
        box.out.print(Text(f"{tenant}: {workflow}"), soft_wrap=True)
    if not given:
        box.out.print(Text("No workflow was given to a tenant; `interlock tenant assign` gives one."), soft_wrap=True)
