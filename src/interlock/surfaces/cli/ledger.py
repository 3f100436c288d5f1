"""`interlock ledger`: verify, export, checkpoint, prove, check a proof."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from interlock.engine.ledger.canonical import plain
from interlock.flows.ledger.verify import (
    check_proof,
    checkpoint,
    export,
    prove_consistency,
    prove_inclusion,
    verify_export,
    verify_store,
)
from interlock.surfaces.cli.store_options import JsonOption, StoreOption, opened, show_json
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.ledger import LedgerCheck

SQLITE_MAGIC = b"SQLite format 3\x00"


def verify_command(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="An exported ledger, or a store; default: the store.", show_default=False)
    ] = None,
    checkpoint_file: Annotated[
        Path | None, typer.Option("--checkpoint", help="A checkpoint kept elsewhere, to compare with.")
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Verify every entry; an exported file is verified on its own. Exit status 1 where anything was changed.

    interlock ledger verify ledger.jsonl --checkpoint checkpoint.json
    """
    box = toolbox(context)
    seen = None if checkpoint_file is None else _read_checkpoint(checkpoint_file)
    if file is None or _is_store(file):
        with opened(box, str(file) if file else store) as opened_store, opened_store.reading() as reading:
            checked = verify_store(reading, checkpoint=seen)
    else:
        checked = _verify_file(file, seen)
    _tell(box, checked, as_json=as_json)
    if not checked.holds:
        raise typer.Exit(1)


def _is_store(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            return stream.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC
    except IsADirectoryError:
        raise BadInput(f"{file} is a folder; name an exported ledger") from None
    except FileNotFoundError:
        raise BadInput(f"there is no file {file}; `interlock ledger export` writes one") from None
    except OSError as exc:
        raise Unavailable(f"{file} cannot be read: {exc.strerror}") from exc


def _verify_file(file: Path, seen: dict[str, Any] | None) -> LedgerCheck:
    with file.open("rb") as lines:
        return verify_export(lines, checkpoint=seen)


def _read_checkpoint(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_bytes())
        if isinstance(content["entries"], int) and isinstance(content["root"], str):
            return dict(content)
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise BadInput(f"{file} is no checkpoint of a ledger: {exc}") from exc
    raise BadInput(f"{file} is no checkpoint of a ledger; `interlock ledger checkpoint` makes one")


def _tell(box: Toolbox, checked: LedgerCheck, *, as_json: bool) -> None:
    if as_json:
        show_json(box, {"holds": checked.holds, **plain(checked)})
        return
    if checked.holds:
        box.out.print(Text(f"Verified: {checked.entries:,} entries, root {checked.root}"), soft_wrap=True)
        if checked.caveat:
            box.out.print(Text(checked.caveat), soft_wrap=True)
        return
    box.out.print(Text(f"FAILED: {checked.entries:,} entries read, {len(checked.faults)} faults"), style="bold")
    for fault in checked.faults:
        place = "ledger" if fault.index is None else f"entry {fault.index}"
        box.out.print(Text(f"  {place}: {fault.reason}"), soft_wrap=True)


def export_command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="File to write (JSON Lines).", show_default=False)],
    store: StoreOption = None,
) -> None:
    """Write the ledger to a file that can be verified anywhere, without the store."""
    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        lines = b"".join(export(reading)).decode()
    box.write_text(file, lines)
    box.out.print(Text(f"{file}: {lines.count(chr(10)) - 1:,} entries"))


def checkpoint_command(context: typer.Context, store: StoreOption = None) -> None:
    """Print the tree head as JSON; keep it where the audited party cannot change it."""
    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        show_json(box, checkpoint(reading))


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
    with opened(box, store) as opened_store, opened_store.reading() as reading:
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
