"""Commands for documents that are sent again and again."""

from collections.abc import Callable

from interlock.surfaces.cli.schedules.setting import (
    end_command,
    list_command,
    send_command,
    set_command,
)

SCHEDULE_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("set", set_command),
    ("list", list_command),
    ("send", send_command),
    ("end", end_command),
)
