"""`interlock demo`: the life of one workflow unless another demonstration is named."""

from collections.abc import Callable

from interlock.surfaces.cli.demo.command import demo_command
from interlock.surfaces.cli.demo.gateway.command import gateway_demo_command
from interlock.surfaces.cli.demo.gateway.model import model_demo_command
from interlock.surfaces.cli.demo.portfolio.command import portfolio_demo_command
from interlock.surfaces.cli.usual import UsualGroup

USUAL = "life"
DEMO_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    (USUAL, demo_command),
    ("portfolio", portfolio_demo_command),
    ("gateway", gateway_demo_command),
    ("model", model_demo_command),
)


class DemoGroup(UsualGroup):
    """Whatever names none of its demonstrations is meant for the usual one: a file, its options, nothing at all."""

    usual = USUAL

    def is_name(self, first: str) -> bool:
        """Only what is one: anything else is a file for the usual one."""
        return first in self.commands
