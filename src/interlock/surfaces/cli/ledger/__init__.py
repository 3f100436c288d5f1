"""`interlock ledger`: verify, export, prove, and keep checkpoints elsewhere."""

from collections.abc import Callable

from interlock.surfaces.cli.ledger.checkpoints import checkpoint_command, keygen_command, witness_command
from interlock.surfaces.cli.ledger.export import export_command
from interlock.surfaces.cli.ledger.find import find_command
from interlock.surfaces.cli.ledger.proofs import check_command, prove_command
from interlock.surfaces.cli.ledger.show import show_command
from interlock.surfaces.cli.ledger.verify import verify_command

# (name, function), in the order of use: a new command is one more line here.
LEDGER_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("verify", verify_command),
    ("find", find_command),
    ("show", show_command),
    ("export", export_command),
    ("checkpoint", checkpoint_command),
    ("keygen", keygen_command),
    ("witness", witness_command),
    ("prove", prove_command),
    ("check", check_command),
)
