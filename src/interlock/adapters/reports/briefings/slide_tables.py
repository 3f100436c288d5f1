"""Tables on slides: columns as wide as their words ask for, and as many rows as there is room for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from interlock.adapters.reports.briefings.columns import cell_text, column_widths, wide
from interlock.adapters.reports.briefings.shortened import first_rows
from interlock.terms import words
from interlock.terms.briefing import Cell, Figure, Grid

CELL_PT = 10.5
CELL_PAD_IN = 0.09
CAPTION_PT = 11.0
ROW_LINES_MAX, HEADER_LINES_MAX = 14, 3
CELL_CHARACTERS_MIN = 12
GAP_IN = 0.15  # under a table


@dataclass(frozen=True, slots=True)
class Table:
    """Some rows of a table with its header, in inches; `heights_in` has the header first.

    Without rows, `empty` says what would fill it.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths_in: tuple[float, ...]
    heights_in: tuple[float, ...]
    evidence: tuple[str, ...]
    caption_in: float
    empty: str = ""

    @property
    def around_in(self) -> float:
        """What it takes without its rows: caption, header, the gap under it."""
        return self.caption_in + self.heights_in[0] + GAP_IN

    @property
    def height_in(self) -> float:
        """What it takes in all."""
        return self.around_in + sum(self.heights_in[1:])


def wrapped(text: str, width_in: float, size_pt: float, *, bold: bool = False) -> int:
    """How many lines `text` takes at the most in a box of this width."""
    return sum(_lines(line, width_in * 72, size_pt, bold=bold) for line in text.split("\n"))


def _lines(line: str, room: float, size_pt: float, *, bold: bool) -> int:
    lines, used = 1, 0.0
    for word in line.split():
        length = wide(word + " ", size_pt, bold=bold)
        if used and used + length > room:
            lines, used = lines + 1, 0.0
        lines += int(length // room)
        used = used + length if length <= room else length % room
    return lines


def lay_out(grids: Sequence[Grid], width_in: float, room_in: float | None, slide_in: float) -> Iterator[Table]:
    """The tables one after the other. `room_in` is shared between them and rows are cut; None: every row is kept, in
    tables of at most `slide_in`.
    """
    whole = [_measured(grid, width_in) for grid in grids]
    if room_in is None:
        for table, grid in zip(whole, grids, strict=True):
            yield from _in_parts(grid, table, slide_in)
        return
    shares = _shared([table.height_in for table in whole], room_in)
    for table, grid, share in zip(whole, grids, shares, strict=True):
        yield _cut(grid, table, width_in, share)


def _shared(wanted: Sequence[float], room: float) -> list[float]:
    """Room for each: whoever wants less than an equal share leaves the rest to the others."""
    shares = [0.0] * len(wanted)
    left = room
    for done, place in enumerate(sorted(range(len(wanted)), key=lambda i: wanted[i])):
        shares[place] = min(wanted[place], left / (len(wanted) - done))
        left -= shares[place]
    return shares


def _cut(grid: Grid, table: Table, width_in: float, room_in: float) -> Table:
    """The table with the rows that fit; one at least."""
    if table.height_in <= room_in or len(grid.rows) <= 1:
        return table
    rows, used = 0, table.around_in
    for height in table.heights_in[1:]:
        used += height
        if used > room_in:
            break
        rows += 1
    return _measured(first_rows(grid, max(rows, 1)), width_in, table.widths_in)


def _in_parts(grid: Grid, table: Table, slide_in: float) -> Iterator[Table]:
    """The same rows in tables that each fit on a slide."""
    if not table.rows:
        yield table
        return
    start, used = 0, table.around_in
    for i, height in enumerate(table.heights_in[1:]):
        if i > start and used + height > slide_in:
            yield _part(grid, table, start, i)
            start, used = i, table.around_in
        used += height
    yield _part(grid, table, start, len(table.rows))


def _part(grid: Grid, table: Table, first: int, last: int) -> Table:
    heights = (table.heights_in[0], *table.heights_in[first + 1 : last + 1])
    seen = _evidence(grid.rows[first:last])
    return replace(table, rows=table.rows[first:last], heights_in=heights, evidence=seen)


def _measured(grid: Grid, width_in: float, widths: tuple[float, ...] = ()) -> Table:
    if not grid.rows:
        said = f"{grid.caption}: {grid.empty}"
        return Table("", (), (), (), (0.4,), (), 0.0, said)
    rows = tuple(tuple(cell_text(cell) for cell in row) for row in grid.rows)
    header = tuple(map(cell_text, grid.header))
    widths = widths or _widths(header, rows, width_in)
    header = _fitted(header, widths, HEADER_LINES_MAX)
    rows = tuple(_fitted(row, widths, ROW_LINES_MAX) for row in rows)
    heights = (_row_height(header, widths, bold=True), *(_row_height(row, widths) for row in rows))
    caption = cell_text(grid.caption)
    caption_in = wrapped(caption, width_in, CAPTION_PT) * CAPTION_PT * 1.25 / 72 + 0.12
    return Table(caption, header, rows, widths, heights, _evidence(grid.rows), caption_in)


def _evidence(rows: Sequence[Sequence[Cell]]) -> tuple[str, ...]:
    seen = (evidence for row in rows for cell in row if isinstance(cell, Figure) for evidence in cell.evidence)
    return tuple(dict.fromkeys(seen))


def _fitted(row: Sequence[str], widths: Sequence[float], lines_max: int) -> tuple[str, ...]:
    """Cells of a few lines each: a row has to fit on a slide, whatever somebody wrote into it."""
    return tuple(_cell(text, width - 2 * CELL_PAD_IN, lines_max) for text, width in zip(row, widths, strict=True))


def _cell(text: str, width_in: float, lines_max: int) -> str:
    kept = len(text)
    while kept > CELL_CHARACTERS_MIN and wrapped(words.brief(text, kept), width_in, CELL_PT, bold=True) > lines_max:
        kept = kept * 3 // 4
    return words.brief(text, kept)


def _widths(header: Sequence[str], rows: Sequence[Sequence[str]], width_in: float) -> tuple[float, ...]:
    widths = column_widths(header, rows, width_in * 72, CELL_PT, CELL_PAD_IN * 72)
    return tuple(width / 72 for width in widths)


def _row_height(row: Sequence[str], widths: Sequence[float], *, bold: bool = False) -> float:
    """The first cell is bold, as all of the header is."""
    rooms = [width - 2 * CELL_PAD_IN for width in widths]
    lines = max(wrapped(row[i], rooms[i], CELL_PT, bold=bold or i == 0) for i in range(len(row)))
    return lines * CELL_PT * 1.25 / 72 + 0.1
