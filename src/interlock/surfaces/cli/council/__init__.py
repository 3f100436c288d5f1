"""Commands for the organisation and its council."""

from collections.abc import Callable

from interlock.surfaces.cli.council.deciding import agenda_command, decide_command, minutes_command
from interlock.surfaces.cli.council.organisation import apply_command, show_command

COUNCIL_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("agenda", agenda_command),
    ("decide", decide_command),
    ("minutes", minutes_command),
)
ORGANISATION_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("apply", apply_command),
    ("show", show_command),
)
