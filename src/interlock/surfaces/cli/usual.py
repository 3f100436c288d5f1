"""Groups of commands one of which is meant where none is named."""

from typing import Any, ClassVar

from interlock.surfaces.cli.ending import EndingGroup


class UsualGroup(EndingGroup):
    """`usual` is meant where nothing, or an option, follows the name of the group."""

    usual: ClassVar[str]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Name the usual one where none is named."""
        is_named = bool(args) and (self.is_name(args[0]) or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if is_named else [self.usual, *args])

    def is_name(self, first: str) -> bool:
        """Whether the first argument is meant as the name of a command, right or wrong."""
        return not first.startswith("-")
