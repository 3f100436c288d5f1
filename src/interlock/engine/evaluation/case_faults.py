"""Rows whose cells cannot be used: left out and counted, or told to the person who can mend them."""

from collections.abc import Sequence

from interlock.terms.errors import BadInput
from interlock.terms.evaluation import Exclusion

LINES_NAMED = 5
LINES_KEPT = 20
_MEND = "Fix them or pass --skip-broken to leave them out; they will be counted in the report."


class LeftOut:
    """Counts rows by reason and keeps their first lines."""

    def __init__(self) -> None:
        self._lines: dict[str, list[int]] = {}
        self._rows: dict[str, int] = {}

    def add(self, reason: str, line: int) -> None:
        """One more row for this reason."""
        lines = self._lines.setdefault(reason, [])
        self._rows[reason] = self._rows.get(reason, 0) + 1
        if len(lines) < LINES_KEPT:
            lines.append(line)

    def exclusions(self) -> tuple[Exclusion, ...]:
        """In the order in which the reasons were met."""
        return tuple(Exclusion(reason, rows, tuple(self._lines[reason])) for reason, rows in self._rows.items())


class Faults:
    """Cells of one column that are not what they must be."""

    def __init__(self, *, file: str, column: str, must: str) -> None:
        self.count = 0
        self._first: list[tuple[int, str]] = []
        self._opening = f"{file}: '{column}' {must}"

    def add(self, line: int, detail: str) -> None:
        """One more cell."""
        self.count += 1
        if len(self._first) < LINES_NAMED:
            self._first.append((line, detail))

    def error(self, *, rows: int, mend: str = _MEND) -> BadInput:
        """What to raise: how many, the first five lines, the mend."""
        first = "" if self.count <= LINES_NAMED else f"; the first {LINES_NAMED}"
        lines = "".join(f"\n  line {line}: {detail}" for line, detail in self._first)
        return BadInput(f"{self._opening}; not so in {self.count:,} of {rows:,} rows{first}:{lines}\n{mend}")


def shown(cell: str) -> str:
    """A cell as a message quotes it."""
    return f"'{cell}'" if len(cell) <= 40 else f"'{cell[:37]}...'"


def left_out(exclusion: Exclusion, *, lines: bool = True) -> str:
    """ "left out: 3 rows, no label; lines 5, 8, 13"."""
    words = f"left out: {counted(exclusion.rows, 'row', 'rows')}, {exclusion.reason}"
    if not lines:
        return words
    named = ", ".join(f"{line:,}" for line in exclusion.lines[:LINES_NAMED])
    more = ", ..." if exclusion.rows > LINES_NAMED else ""
    return f"{words}; {'line' if exclusion.rows == 1 else 'lines'} {named}{more}"


def counted(count: int, one: str, many: str) -> str:
    """ "1 row was", "1,234 rows were"."""
    return f"{count:,} {one if count == 1 else many}"


def listed(names: Sequence[str], count: int) -> str:
    """The first names, quoted, and how many more there are."""
    more = f" and {len(names) - count:,} more" if len(names) > count else ""
    return ", ".join(f"'{name}'" for name in names[:count]) + more
