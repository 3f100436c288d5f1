"""`interlock tools`: look at the tools of a server, take a call back."""

from collections.abc import Callable

from interlock.surfaces.cli.tools.look import look_command
from interlock.surfaces.cli.tools.undo import undo_command

TOOLS_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (("look", look_command), ("undo", undo_command))
