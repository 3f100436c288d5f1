"""The console that commands print to."""

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from interlock.terms.words import clean


class PipedConsole(Console):
    """A console that leaves a closed pipe to whoever ends the process; rich would end it with 1, which means "no".

    What is printed is often somebody else's: a reason, a title, a name. So no character of it moves the cursor, names
    the window or turns the direction of writing.
    """

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """As any console, without what a terminal would obey."""
        for segment in super().render(renderable, options):
            ours = segment.control is not None or segment.text.isprintable()
            yield segment if ours else Segment(clean(segment.text), segment.style)

    def on_broken_pipe(self) -> None:
        """Say that whoever read the output went away."""
        raise BrokenPipeError
