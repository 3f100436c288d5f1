"""`interlock calendar` and `interlock retention`."""

from collections.abc import Callable

from interlock.surfaces.cli.settings.calendar import set_calendar_command, show_calendar_command
from interlock.surfaces.cli.settings.retention import list_retention_command, set_retention_command

# (name, function), in the order of use: a new command is one more line here.
CALENDAR_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("show", show_calendar_command),
    ("set", set_calendar_command),
)
RETENTION_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("list", list_retention_command),
    ("set", set_retention_command),
)
