"""`interlock evidence`: bring reports of other tools, sign statements, see what counts."""

from collections.abc import Callable

from interlock.surfaces.cli.evidence.adding import add_command, verify_command
from interlock.surfaces.cli.evidence.listing import list_command, show_command
from interlock.surfaces.cli.evidence.signed import attest_command, end_key_command, key_command

# (name, function), in the order of use: a new command is one more line here.
EVIDENCE_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("add", add_command),
    ("list", list_command),
    ("show", show_command),
    ("verify", verify_command),
    ("key", key_command),
    ("end-key", end_key_command),
    ("attest", attest_command),
)
