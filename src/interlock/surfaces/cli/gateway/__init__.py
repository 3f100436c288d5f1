"""`interlock gateway`: serve it, define it, let clients in, look at what it did."""

from collections.abc import Callable

from interlock.surfaces.cli.gateway.defining import apply_command, show_command

GATEWAY_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("apply", apply_command),
    ("show", show_command),
)
