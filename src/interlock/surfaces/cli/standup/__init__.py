"""Commands of the stand-up."""

from collections.abc import Callable

from interlock.surfaces.cli.standup.holding import agree_command, close_command, hold_command, show_command

STANDUP_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("show", show_command),
    ("agree", agree_command),
    ("close", close_command),
    ("hold", hold_command),
)
