"""What every format hands its rows to: the sample, the count of rows, and the rows that could not be read."""

from collections.abc import Callable
from dataclasses import dataclass

from interlock.adapters.tables.sampling import Reservoir, Row
from interlock.terms.errors import BadInput
from interlock.terms.evaluation import Exclusion

CELL_CHARS_MAX = 100_000
COLUMNS_MAX = 2_000
LINES_NAMED = 5
LINES_KEPT = 20


@dataclass(frozen=True, slots=True)
class Layout:
    """What a format found besides rows: columns in order, its own name, and notes for the reader of the report."""

    columns: tuple[str, ...]
    format: str
    notes: tuple[str, ...] = ()


class Intake:
    """Takes good and broken rows; a broken row is counted and its line kept, so that nothing is left out unseen."""

    def __init__(self, reservoir: Reservoir) -> None:
        self.reservoir = reservoir
        self._broken_rows: dict[str, int] = {}
        self._broken_lines: dict[str, list[int]] = {}
        self._details: list[tuple[int, str]] = []

    @property
    def broken_count(self) -> int:
        """Rows that could not be read."""
        return sum(self._broken_rows.values())

    @property
    def rows_read(self) -> int:
        """Rows met, broken ones too."""
        return self.reservoir.seen + self.broken_count

    def take(self, line: int, row: Row, *, size_chars: int) -> None:
        """Offer a row to the sample, or count it as broken where a cell is too long.

        `size_chars` is any upper limit of the row's text: only rows over the limit of one cell are looked at.
        """
        if size_chars > CELL_CHARS_MAX and any(len(cell) > CELL_CHARS_MAX for cell in row):
            self.refuse(line, "a cell is too long", f"a cell is longer than {CELL_CHARS_MAX:,} characters")
            return
        self.reservoir.offer(line, row)

    def refuse(self, line: int, reason: str, detail: str | Callable[[], str]) -> None:
        """Count a broken row. `detail` is only asked for where it will be shown."""
        self._broken_rows[reason] = self._broken_rows.get(reason, 0) + 1
        lines = self._broken_lines.setdefault(reason, [])
        if len(lines) < LINES_KEPT:
            lines.append(line)
        if len(self._details) < LINES_NAMED:
            self._details.append((line, detail if isinstance(detail, str) else detail()))

    def exclusions(self) -> tuple[Exclusion, ...]:
        """The broken rows by reason, in the order in which the reasons were met."""
        return tuple(
            Exclusion(reason, count, tuple(self._broken_lines[reason])) for reason, count in self._broken_rows.items()
        )

    def check(self, name: str, *, skip_broken: bool) -> None:
        """Raise BadInput where broken rows must not be left out, or nothing else is left."""
        if self.rows_read == 0:
            raise BadInput(f"{name}: only a header, no rows. Export the past cases as well, one row a case.")
        if self.broken_count and (self.reservoir.seen == 0 or not skip_broken):
            raise BadInput(self._complaint(name))

    def _complaint(self, name: str) -> str:
        count = self.broken_count
        rows = "1 row" if count == 1 else f"{count:,} rows"
        shown = "" if count <= LINES_NAMED else f"; the first {LINES_NAMED}"
        lines = "".join(f"\n  line {line}: {detail}" for line, detail in self._details)
        mend = "Fix them or pass --skip-broken to leave them out; they will be counted in the report."
        if self.reservoir.seen == 0:
            mend = "No row can be read: look at how the file was exported."
        return f"{name}: {rows} of {self.rows_read:,} cannot be read{shown}:{lines}\n{mend}"
