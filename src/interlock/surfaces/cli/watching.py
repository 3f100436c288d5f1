"""Progress on standard error: bars on a terminal, one line a stage elsewhere, nothing when quiet."""

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column
from rich.text import Text

from interlock.ports.progress import Progress as Report
from interlock.ports.progress import silent


def printable(text: str) -> str:
    """Text from a file without control characters, which could move the cursor or hide what follows."""
    return "".join(char if char.isprintable() else " " for char in text)


class Watching:
    """Watches a flow for a person (see flows.evaluation.request.Watch)."""

    def __init__(self, console: Console, *, quiet: bool) -> None:
        self._console = console
        self._quiet = quiet
        self._bars = Progress(
            TextColumn(
                "{task.description}", markup=False, table_column=Column(width=50, no_wrap=True, overflow="ellipsis")
            ),
            BarColumn(bar_width=16),
            TimeElapsedColumn(),
            console=console,
            disable=quiet or not console.is_terminal,
        )
        self._running: TaskID | None = None

    def __enter__(self) -> "Watching":
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, reason: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._finish()
        self._bars.stop()

    def stage(self, name: str) -> Report:
        """A new bar; the one before it is done."""
        if self._quiet:
            return silent
        name = printable(name)
        if not self._console.is_terminal:
            self._console.print(Text(name), soft_wrap=True)
            return silent
        self._finish()
        task = self._running = self._bars.add_task(name, total=None)

        def report(done: int, total: int | None) -> None:
            self._bars.update(task, completed=done, total=total)

        return report

    def tell(self, line: str) -> None:
        """A line above the bars."""
        if not self._quiet:
            self._console.print(Text(f"  {printable(line)}"))

    def _finish(self) -> None:
        if self._running is not None:
            self._bars.update(self._running, total=1, completed=1)
            self._running = None
