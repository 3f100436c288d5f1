"""`interlock ledger checkpoint`, `keygen` and `witness`: what is kept where the audited party cannot change it."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.ledger.checkpoint_text import json_of
from interlock.engine.ledger.note import verifier_text
from interlock.flows.ledger.checkpoint import checkpoint, new_key, signed
from interlock.flows.ledger.seal import sealed
from interlock.flows.ledger.witness import Witnessed, witness
from interlock.surfaces.cli.ledger.options import (
    KeyOption,
    OriginOption,
    VerifierOption,
    signing_key,
    verifier_keys,
    watching,
)
from interlock.surfaces.cli.ledger.verify import VERIFYING, tell
from interlock.surfaces.cli.store_options import StoreOption, opened, show_json
from interlock.surfaces.cli.toolbox import Toolbox, toolbox


def checkpoint_command(
    context: typer.Context, key: KeyOption = None, origin: OriginOption = "", store: StoreOption = None
) -> None:
    """Print what the ledger is now; keep it where the audited party cannot change it.

    With a key it is a signed note (c2sp.org/tlog-checkpoint), without one JSON.

    interlock ledger checkpoint --key ledger.key > checkpoint.txt
    """
    box = toolbox(context)
    signer = signing_key(box, key)
    with opened(box, store) as opened_store, sealed(opened_store) as reading:
        taken = checkpoint(reading, origin=origin)
    if signer is None:
        show_json(box, json_of(taken))
    else:
        box.out.file.write(signed(taken, signer, box.signing()))


def keygen_command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="File for the private key; it must not exist.", show_default=False)],
    name: Annotated[
        str, typer.Option(help="Name of the key, such as example.com/ledger; default: one made of the key itself.")
    ] = "",
) -> None:
    """Make a key to sign checkpoints with; prints the verifier key, which may be handed to anybody.

    Only its owner can read the file. Keep the printed line where the audited party cannot change it.
    """
    box = toolbox(context)
    key, private = new_key(name, randomness=box.randomness, signing=box.signing())
    box.write_private(file, private)
    box.out.file.write(verifier_text(key.verifier) + "\n")


def witness_command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The witness file; made where there is none.", show_default=False)],
    key: KeyOption = None,
    origin: OriginOption = "",
    verifier: VerifierOption = None,
    store: StoreOption = None,
) -> None:
    """Verify the ledger against every checkpoint in a file, then add the present one. Exit status 1 where it fails.

    Keep the file where the audited party cannot change it, and run this on a schedule.

    interlock ledger witness witness.txt --key ledger.key
    """
    box = toolbox(context)
    signer, keys = signing_key(box, key), verifier_keys(verifier)
    with opened(box, store) as opened_store, box.witness_file(file) as held, watching(box, VERIFYING) as progress:
        done = witness(
            opened_store,
            held,
            signing=box.signing(),
            key=signer,
            origin=origin,
            verifiers=keys,
            progress=progress,
        )
    _tell(box, file, done)
    if not done.check.holds:
        raise typer.Exit(1)


def _tell(box: Toolbox, file: Path, done: Witnessed) -> None:
    if not done.check.holds:
        words = f"NOT WITNESSED: the ledger does not hold, or does not extend what {file} saw. No checkpoint was added."
        box.out.print(Text(words), style="bold", soft_wrap=True)
        tell(box, done.check)
    elif done.added is None:
        box.out.print(Text(f"{file} saw these {done.check.entries:,} entries already; nothing was added."))
    else:
        before = done.check.checkpoints
        since = "the first one" if not before else "it extends what the others saw"
        box.out.print(Text(f"{file}: checkpoint of {done.added.size:,} entries added; {since}."), soft_wrap=True)
