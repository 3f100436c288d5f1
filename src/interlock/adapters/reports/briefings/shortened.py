"""Tables and lists that are too long for paper or a slide: the first of them, and how many there are in all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from interlock.terms import words
from interlock.terms.briefing import APPENDIX, Briefing, Grid

ELSEWHERE = "the HTML and JSON forms have all"


@dataclass(frozen=True, slots=True)
class Lengths:
    """How much of a document one form holds: rows a table, rows a table behind the document, lines a section, pieces of
    evidence a figure.
    """

    rows: int
    rows_behind: int
    lines: int
    cited: int


# Nobody reads a table of a thousand rows on paper, and laying it out would take minutes.
PAPER = Lengths(rows=100, rows_behind=40, lines=40, cited=20)


def first_rows(grid: Grid, rows_max: int) -> Grid:
    """The table with its first rows; its caption says how many there are."""
    if len(grid.rows) <= rows_max:
        return grid
    said = f"{grid.caption}: the first {rows_max:,} of {len(grid.rows):,} rows; {ELSEWHERE}"
    return replace(grid, caption=said, rows=grid.rows[:rows_max])


def first_lines(lines: Sequence[str], lines_max: int) -> tuple[str, ...]:
    """The first lines, and a last one that says how many more there are."""
    more = len(lines) - lines_max
    if more <= 0:
        return tuple(lines)
    return (*lines[:lines_max], f"And {more:,} more; {ELSEWHERE}.")


def about(briefing: Briefing) -> str:
    """Whom a document is about, and until when records were read."""
    return f"{briefing.subject or briefing.kind}. As of {words.moment(briefing.as_of)}."


def unknown_grid(briefing: Briefing) -> Grid:
    """What is not known yet, as a table."""
    rows = tuple((each.what, each.owner) for each in briefing.unknown)
    return Grid("What is not known yet, and who is to find out", ("What", "Who is to find out"), rows)


def shortened(briefing: Briefing, to: Lengths) -> Briefing:
    """The document with its tables and lines cut; what is not known is cut by whoever writes it."""
    passages = tuple(
        replace(
            passage,
            lines=first_lines(passage.lines, to.lines),
            grids=tuple(
                first_rows(grid, to.rows_behind if passage.chapter == APPENDIX else to.rows) for grid in passage.grids
            ),
        )
        for passage in briefing.passages
    )
    return replace(briefing, passages=passages)
