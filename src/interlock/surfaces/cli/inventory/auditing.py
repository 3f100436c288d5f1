"""`interlock api audit`: what the interfaces and tools in files may do, and what is wrong with them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.inventory.audit import audit
from interlock.engine.inventory.counting import Wanted, wanted_of
from interlock.flows.gateway.inventory import record_inventory
from interlock.surfaces.cli.inventory.options import Failing, failing_on, known_findings
from interlock.surfaces.cli.inventory.rows import as_csv, as_json
from interlock.surfaces.cli.inventory.told import tell_listed, tell_summary, tell_unread
from interlock.surfaces.cli.store_options import JsonOption, StoreOption, opened, person, show_json
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.terms.errors import BadInput
from interlock.terms.initiative import Risk
from interlock.terms.inventory import Audited, Exposure, Function, Interfaces

HELP = """Say what each operation and tool does, how much harm a wrong call does, and what is wrong with it.

FILE is an OpenAPI document (2.0, 3.0, 3.1; JSON or YAML), a list of MCP tools (an array, or the answer to
`tools/list`), one of them packed (`.gz`), an archive (`.tar.gz`) or a folder of them. No model judges: rules go by
names, methods, schemas and hints, and every judgement says which rule gave it. A hint of an author is a claim: what is
not said counts as if the tool changed something. References to other files are never fetched. What comes out is a
proposal; a person decides.

- `interlock api audit openapi.yaml`
- `interlock api audit services/ --tier high`
- `interlock api audit tools.json --finding destructive-unhinted --csv > tools.csv`
- `interlock api audit services/ --fail-on missing-auth --fail-on high`
- `interlock api audit services/ --record --as "Ana Ruiz"`

Options that narrow (`--tier`, `--function`, `--finding`, `--service`) list the operations; without one the services are
summed up. `--record` keeps the whole inventory in the ledger.

Exit status: 0 all was read; 1 something of `--fail-on` was found, or a file could not be read; 2 nothing could be.
"""


def audit_command(
    context: typer.Context,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Documents, archives, folders.", show_default=False)
    ],
    *,
    tier: Annotated[list[Risk] | None, typer.Option(help="Only of this risk tier; may be repeated.")] = None,
    function: Annotated[list[Function] | None, typer.Option(help="Only of this function.")] = None,
    finding: Annotated[list[str] | None, typer.Option(help="Only with this finding, such as missing-auth.")] = None,
    service: Annotated[list[str] | None, typer.Option(help="Only of this service.")] = None,
    exposure: Annotated[Exposure | None, typer.Option(help="Where from all of them can be called.")] = None,
    fail_on: Annotated[
        list[str] | None, typer.Option(help="Exit 1 where this tier or finding is there; may be repeated.")
    ] = None,
    record: Annotated[bool, typer.Option("--record", help="Keep the inventory in the ledger.")] = False,
    by: Annotated[str, typer.Option("--as", help="Your name, where it is recorded.")] = "",
    store: StoreOption = None,
    as_csv_: Annotated[bool, typer.Option("--csv", help="Print CSV, one row an operation.")] = False,
    as_json_: JsonOption = False,
) -> None:
    box = toolbox(context)
    if as_csv_ and as_json_:
        raise BadInput("give --csv or --json, not both")
    pack = box.inventory_pack()
    wanted = Wanted(tuple(tier or ()), tuple(function or ()), known_findings(finding or (), pack), tuple(service or ()))
    failing = failing_on(fail_on or (), pack)
    if record:
        person(by)  # before all the work
    read = box.read_interfaces(files)
    every = audit(read.operations, pack, exposure=exposure)
    _check_services(every, wanted.services)
    shown = wanted_of(every, wanted)
    if as_csv_:
        box.out.file.write(as_csv(shown))
    elif as_json_:
        show_json(box, as_json(shown, read, pack))
    elif wanted:
        tell_listed(box, shown, every)
    else:
        tell_summary(box, every, pack)
    tell_unread(box, read)
    if record:
        _record(box, files, every, read, by=by, store=store)
    _end(box, every, read, failing)


audit_command.__doc__ = HELP


def _check_services(every: Sequence[Audited], named: Sequence[str]) -> None:
    known = list(dict.fromkeys(one.operation.service for one in every))
    for name in named:
        if name not in known:
            raise BadInput(f"there is no service '{name}' in these files; there are: {', '.join(known)}")


def _record(
    box: Toolbox, files: Sequence[Path], every: Sequence[Audited], read: Interfaces, *, by: str, store: str | None
) -> None:
    with opened(box, store, create=True) as opened_store:
        kept = record_inventory(
            opened_store,
            every,
            source=", ".join(path.name for path in files),
            rules_version=box.inventory_pack().version,
            unread=len(read.unread),
            by=person(by),
            clock=box.clock,
        )
    words = f"on record: {len(kept.operations):,} operations ({kept.digest[:19]}, entry {kept.entry})"
    box.err.print(Text(words), soft_wrap=True)


def _end(box: Toolbox, every: Sequence[Audited], read: Interfaces, failing: Failing) -> None:
    found = failing.found(every)
    if found:
        words = ", ".join(f"{name} {count:,} of {len(every):,}" for name, count in found.items())
        box.err.print(Text(f"failed on: {words}"), soft_wrap=True)
    if found or read.unread:
        raise typer.Exit(1)
