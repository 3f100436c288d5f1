"""How a command ends when a person or a pipe ends it, and what that leaves."""

from typing import Any

from typer.core import TyperGroup

WHOLE_OR_NOTHING = frozenset({"try", "life", "plan", "certify", "simulate", "backtest", "compare", "drift", "recheck"})
NOTHING_WRITTEN = "stopped; nothing was written."
# Said by the command itself: which part of what was to be made is there.
SAYS_IT_ITSELF = frozenset({"portfolio"})
STAYS_DONE = "stopped; what was done by then stays done (a kill may have fenced already): look with `interlock get`."
STOPPED_SERVING = "stopped serving; what is on record stays in the store (a sample without --store is gone)."


class Stopped(Exception):
    """A person stopped the command; the message says what that leaves."""


class PipeClosed(Exception):
    """Whoever read the output went away."""


class EndingGroup(TyperGroup):
    """Takes these two out of Typer's hands, whose exit codes for them differ from version to version."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as exc:
            raise Stopped(_left_by(ctx.invoked_subcommand)) from exc
        except BrokenPipeError as exc:
            raise PipeClosed from exc


def _left_by(command: str | None) -> str:
    if command in WHOLE_OR_NOTHING:
        return NOTHING_WRITTEN
    if command == "serve":
        return STOPPED_SERVING
    return "stopped." if command in SAYS_IT_ITSELF else STAYS_DONE
