"""`interlock demo`: the life of one workflow unless another demonstration is named."""

from collections.abc import Callable
from typing import Any

from interlock.surfaces.cli.demo.command import demo_command
from interlock.surfaces.cli.demo.portfolio.command import portfolio_demo_command
from interlock.surfaces.cli.ending import EndingGroup

USUAL = "life"
DEMO_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    (USUAL, demo_command),
    ("portfolio", portfolio_demo_command),
)


class DemoGroup(EndingGroup):
    """Whatever names none of its demonstrations is meant for the usual one: a file, its options, nothing at all."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Name the usual one where none is named."""
        named = bool(args) and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named else [USUAL, *args])
