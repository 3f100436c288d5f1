"""`interlock oversight`: how much review, with what guarantee, and what happened to it."""

from collections.abc import Callable

# (name, function), in the order of use: a new command is one more line here.
OVERSIGHT_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = ()
