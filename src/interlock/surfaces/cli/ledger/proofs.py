"""`interlock ledger prove` and `check`."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from interlock.flows.ledger.prove import check_proof, prove_consistency, prove_inclusion
from interlock.flows.ledger.seal import sealed
from interlock.surfaces.cli.store_options import StoreOption, opened, show_json
from interlock.surfaces.cli.toolbox import toolbox
from interlock.terms.errors import BadInput


def prove_command(
    context: typer.Context,
    entry: Annotated[int | None, typer.Option(help="Prove that this entry is in the ledger.")] = None,
    since: Annotated[int | None, typer.Option(help="Prove that it only grew since it had this many entries.")] = None,
    store: StoreOption = None,
) -> None:
    """Print a proof (RFC 9162) as JSON: of one entry, or that nothing was rewritten since a checkpoint."""
    box = toolbox(context)
    if (entry is None) == (since is None):
        raise BadInput("say either --entry NUMBER or --since NUMBER")
    with opened(box, store) as opened_store, sealed(opened_store) as reading:
        proof = prove_inclusion(reading, entry) if entry is not None else prove_consistency(reading, since or 0)
    show_json(box, proof)


def check_command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A proof that `interlock ledger prove` printed.", show_default=False)],
) -> None:
    """Check a proof on its own; compare the root that it names with one you trust. Exit status 1 if it fails."""
    box = toolbox(context)
    try:
        proof = json.loads(file.read_bytes())
    except (OSError, ValueError) as exc:
        raise BadInput(f"{file} is no proof: {exc}") from exc
    good = check_proof(proof)
    box.out.print(Text(f"{'Holds' if good else 'FAILED'}: {proof['kind']}, root {proof['root']}"), soft_wrap=True)
    if not good:
        raise typer.Exit(1)
