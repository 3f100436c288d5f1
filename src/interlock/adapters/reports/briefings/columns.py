"""How wide the columns of a table are: at least their longest word, and beyond that by how much text they hold."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from interlock.adapters.reports.briefings.evidence_notes import as_words
from interlock.adapters.reports.labels import text_width
from interlock.terms import words
from interlock.terms.briefing import Cell, Figure, Grid

# Documents are set in Arial: but for a few, its letters are narrower than the widest common font; bold ones are wider.
ARIAL, BOLD = 0.93, 1.02
BROAD, BROAD_EM = frozenset("MWmw@%GOQ"), 0.12
CELL_CHARACTERS_MAX = 420
WHOLE_CHARACTERS_MAX = 16  # a shorter figure is never broken
NAME_CHARACTERS_MAX = 14
CITED_CHARACTERS = 8  # the numbers of evidence behind a figure
ROWS_MEASURED = 200  # columns of a long table are as wide as its first rows ask for


def column_widths(
    header: Sequence[str], rows: Sequence[Sequence[str]], width_pt: float, size_pt: float, pad_pt: float
) -> tuple[float, ...]:
    """Together `width_pt`: every text on one line where all of them fit. A word longer than an equal share has to
    break.
    """
    texts = [[each, *(row[i] for row in rows[:ROWS_MEASURED])] for i, each in enumerate(header)]
    whole = [_longest([line for text in each for line in text.split("\n")], size_pt) + 2 * pad_pt for each in texts]
    if sum(whole) <= width_pt:
        return tuple(each * width_pt / sum(whole) for each in whole)
    cap = width_pt / len(header)
    least = [min(_least(each, size_pt) + 2 * pad_pt, cap) for each in texts]
    asked = [max(min(len(text), CELL_CHARACTERS_MAX) ** 0.8 for text in each) for each in texts]
    return _filled(least, asked, width_pt)


def _filled(least: Sequence[float], asked: Sequence[float], whole: float) -> tuple[float, ...]:
    """`whole` in the ratio of `asked`, where that is enough; the others get their least."""
    held: set[int] = set()
    while True:
        free = whole - sum(least[i] for i in held)
        ratio = free / (sum(each for i, each in enumerate(asked) if i not in held) or 1.0)
        short = {i for i, each in enumerate(asked) if i not in held and each * ratio < least[i]}
        if not short:
            return tuple(least[i] if i in held else each * ratio for i, each in enumerate(asked))
        held |= short


def column_shares(grid: Grid, width_pt: float, size_pt: float, pad_pt: float, *, parts: int) -> tuple[int, ...]:
    """The same for a page, in whole parts of the width that add up to `parts`."""
    rows = [[_on_page(cell) for cell in row] for row in grid.rows[:ROWS_MEASURED]]
    widths = column_widths(grid.header, rows, width_pt, size_pt, pad_pt)
    edges = [round(parts * sum(widths[:i]) / width_pt) for i in range(len(widths) + 1)]
    return tuple(max(after - before, 1) for before, after in pairwise(edges))


def cell_text(cell: Cell) -> str:
    """What a cell says, in lines of plain words; where it is long, its beginning and how long it is in all."""
    said = as_words(cell) if isinstance(cell, Figure) else cell
    lines = (" ".join(line.split()) for line in words.clean(said).split("\n"))
    return words.brief("\n".join(line for line in lines if line), CELL_CHARACTERS_MAX)


def wide(text: str, size_pt: float, *, bold: bool) -> float:
    """An upper estimate of a text's width, in points."""
    broad = sum(letter in BROAD for letter in text) * BROAD_EM * size_pt
    return text_width(text, size_pt) * (BOLD if bold or not text.isascii() else ARIAL) + broad


def _on_page(cell: Cell) -> str:
    """A figure stands in one piece, with its numbers of evidence behind it."""
    if not isinstance(cell, Figure):
        return cell_text(cell)
    shown = cell.shown.replace(" ", "-") if len(cell.shown) <= WHOLE_CHARACTERS_MAX else cell.shown
    said = cell_text(replace(cell, shown=shown))
    return f"{said} {'-' * CITED_CHARACTERS}" if cell.evidence else said


def _least(texts: Sequence[str], size_pt: float) -> float:
    """The longest word; a name or a date is read as one, and a header takes two lines at most."""
    words_ = [word for text in texts for word in ([text] if len(text) <= NAME_CHARACTERS_MAX else text.split())]
    return max(_longest(words_, size_pt), wide(texts[0], size_pt, bold=True) / 2)


def _longest(texts: Sequence[str], size_pt: float) -> float:
    return max((wide(text + " ", size_pt, bold=True) for text in texts), default=0.0)
