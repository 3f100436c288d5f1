"""`interlock ledger verify`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.ledger.canonical import plain
from interlock.flows.ledger.kept import Kept, kept_in
from interlock.flows.ledger.verify import verify, verify_export
from interlock.surfaces.cli.ledger.options import VerifierOption, text_of, verifier_keys, watching
from interlock.surfaces.cli.ledger.traffic import tell_traffic, traffic_checked
from interlock.surfaces.cli.store_options import JsonOption, StoreOption, opened, show_json, store_there
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.surfaces.cli.watching import printable
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.gateway.traffic_check import TrafficCheck
from interlock.terms.ledger import LedgerCheck

SQLITE_MAGIC = b"SQLite format 3\x00"
VERIFYING = "verifying the ledger"


def verify_command(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="An exported ledger, or a store; default: the store.", show_default=False)
    ] = None,
    checkpoint_file: Annotated[
        Path | None, typer.Option("--checkpoint", help="A checkpoint kept elsewhere, to compare with.")
    ] = None,
    witness_file: Annotated[
        Path | None, typer.Option("--witness", help="A file of checkpoints kept elsewhere, all compared.")
    ] = None,
    verifier: VerifierOption = None,
    traffic: Annotated[
        bool, typer.Option(help="Compare model traffic of a store with its traces too; --no-traffic: do not.")
    ] = True,
    traces: Annotated[
        Path | None,
        typer.Option(help="The folder of a machine's traces; default: INTERLOCK_TRACES, or the one of the gateway."),
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Verify every entry; an exported file is verified on its own. Exit status 1 where anything was changed.

      interlock ledger verify ledger.jsonl --witness witness.txt

    Where model traffic is on record in a store, its rows, its daily sums and the traces that lie here are compared with
    the ledger too.
    """
    box = toolbox(context)
    kept = _kept(box, checkpoint_file, witness_file, verifier)
    found: tuple[TrafficCheck, bool] | None = None
    if file is None or _is_store(file):
        address = store_there(box, str(file) if file else store)
        with opened(box, address) as opened_store:
            with watching(box, VERIFYING) as progress:
                checked = verify(opened_store, kept=kept, progress=progress)
            if traffic and checked.holds:  # it is compared with the ledger, which must be true for that
                found = traffic_checked(box, opened_store, address, traces)
    else:
        with watching(box, VERIFYING) as progress, file.open("rb") as lines:
            checked = verify_export(lines, kept=kept, progress=progress)
    holds = checked.holds and not (found and found[0].faults)
    if as_json:
        show_json(box, {"holds": holds, **plain(checked), "traffic": found and plain(found[0])})
    else:
        tell(box, checked)
        if found is not None and (found[0].segments or found[0].faults):
            tell_traffic(box, found[0], compared=found[1])
    if not holds:
        raise typer.Exit(1)


def tell(box: Toolbox, checked: LedgerCheck) -> None:
    """What a verification found, in words."""
    if not checked.holds:
        box.out.print(Text(f"FAILED: {checked.entries:,} entries read, {len(checked.faults)} faults"), style="bold")
        for fault in checked.faults:
            place = "ledger" if fault.index is None else f"entry {fault.index}"
            box.out.print(Text(f"  {place}: {printable(fault.reason)}"), soft_wrap=True)
        return
    box.out.print(Text(f"Verified: {checked.entries:,} entries, root {checked.root}"), soft_wrap=True)
    if checked.checkpoints:
        number = "1 checkpoint" if checked.checkpoints == 1 else f"{checked.checkpoints:,} checkpoints"
        box.out.print(Text(f"It begins with what {number} saw."))
    if checked.payloads_gone:
        number = "1 entry" if checked.payloads_gone == 1 else f"{checked.payloads_gone:,} entries"
        box.out.print(Text(f"The erasable content of {number} is not here; its digest is recorded."), soft_wrap=True)
    if checked.caveat:
        box.out.print(Text(checked.caveat), soft_wrap=True)


def _kept(box: Toolbox, checkpoint_file: Path | None, witness_file: Path | None, verifier: list[str] | None) -> Kept:
    keys, kept = verifier_keys(verifier), Kept()
    files = [file for file in (checkpoint_file, witness_file) if file is not None]
    if keys and not files:
        raise BadInput("--verifier checks the signatures of checkpoints: name them with --checkpoint or --witness")
    for file in files:
        kept += kept_in(text_of(file), place=str(file), signing=box.signing(), verifiers=keys, all_signed=bool(keys))
    return kept


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
