"""The console that commands print to."""

from rich.console import Console


class PipedConsole(Console):
    """A console that leaves a closed pipe to whoever ends the process; rich would end it with 1, which means "no"."""

    def on_broken_pipe(self) -> None:
        """Say that whoever read the output went away."""
        raise BrokenPipeError
