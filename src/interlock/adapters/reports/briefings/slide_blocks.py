"""What goes on slides: a document in blocks whose heights are measured before anything is placed."""

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from interlock.adapters.reports import words
from interlock.adapters.reports.briefings.evidence_notes import as_words
from interlock.adapters.reports.labels import text_width
from interlock.terms.briefing import Briefing, Cell, Figure, Grid, Passage

WIDTH_IN, HEIGHT_IN, MARGIN_IN = 13.333, 7.5, 0.6
TOP_IN, BOTTOM_IN = 1.75, 6.95  # room for blocks, in inches from the top
INNER_IN = WIDTH_IN - 2 * MARGIN_IN
CELL_PT, LINE_PT = 10.5, 14.0
CELL_PAD_IN = 0.09
CELL_CHARACTERS_MAX = 420
LINE_CHARACTERS_MAX = 600


@dataclass(frozen=True, slots=True)
class Block:
    """A few lines, or some rows of a table with its header; `height_in` is what it takes at the most."""

    lines: tuple[str, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths_in: tuple[float, ...]
    heights_in: tuple[float, ...]
    caption: str
    evidence: tuple[str, ...]
    height_in: float


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide: its title is the conclusion, `part` of `parts` where it goes on over several."""

    title: str
    kicker: str
    blocks: tuple[Block, ...]
    part: int
    parts: int


def slides_of(briefing: Briefing) -> Iterator[Slide]:
    """Every slide after the first, in order."""
    for passage in briefing.passages:
        yield from _split(passage.title, _kicker(passage), list(_blocks(passage)))
    if briefing.unknown:
        rows = tuple((each.what, each.owner) for each in briefing.unknown)
        grid = Grid("Unknown", ("What", "Who is to find out"), rows)
        yield from _split(f"{words.plural(len(rows), 'thing is', 'things are')} not known yet", "", [*_tables(grid)])


def _kicker(passage: Passage) -> str:
    return ": ".join(name for name in (passage.chapter, passage.part) if name)


def wrapped(text: str, width_in: float, size_pt: float) -> int:
    """How many lines `text` takes at the most in a box of this width."""
    room = width_in * 72
    lines, used = 1, 0.0
    for word in text.split():
        wide = text_width(word + " ", size_pt)
        if used and used + wide > room:
            lines, used = lines + 1, 0.0
        lines += int(wide // room)
        used = used + wide if wide <= room else wide % room
    return lines


def _split(title: str, kicker: str, blocks: list[Block]) -> Iterator[Slide]:
    pages: list[list[Block]] = [[]]
    used = 0.0
    for block in blocks:
        if pages[-1] and used + block.height_in > BOTTOM_IN - TOP_IN:
            pages.append([])
            used = 0.0
        pages[-1].append(block)
        used += block.height_in
    for i, page in enumerate(pages, start=1):
        yield Slide(title, kicker, tuple(page), i, len(pages))


def _blocks(passage: Passage) -> Iterator[Block]:
    lines = [*passage.lines, *(f"{figure.label}: {as_words(figure)}" for figure in passage.figures)]
    seen = tuple(evidence for figure in passage.figures for evidence in figure.evidence)
    for line in lines:
        for said in textwrap.wrap(words.clean(line), LINE_CHARACTERS_MAX):
            height = wrapped(said, INNER_IN - 0.3, LINE_PT) * LINE_PT * 1.25 / 72 + 0.08
            yield Block((said,), (), (), (), (), "", seen, height)
    for grid in passage.grids:
        yield from _tables(grid)


def _tables(grid: Grid) -> Iterator[Block]:
    if not grid.rows:
        yield Block((f"{grid.caption}: {grid.empty}",), (), (), (), (), "", (), 0.6)
        return
    texts = [tuple(_text(cell) for cell in row) for row in grid.rows]
    widths = _widths(grid.header, texts)
    head = _row_height(grid.header, widths)
    start, used = 0, head + 0.35
    heights = [_row_height(row, widths) for row in texts]
    for i, height in enumerate(heights):
        if i > start and used + height > BOTTOM_IN - TOP_IN:
            yield _table(grid, texts, heights, widths, (start, i), used, head)
            start, used = i, head + 0.35
        used += height
    yield _table(grid, texts, heights, widths, (start, len(texts)), used, head)


def _table(
    grid: Grid,
    texts: list[tuple[str, ...]],
    heights: list[float],
    widths: tuple[float, ...],
    rows: tuple[int, int],
    used: float,
    head: float,
) -> Block:
    first, last = rows
    seen = (e for row in grid.rows[first:last] for cell in row if isinstance(cell, Figure) for e in cell.evidence)
    kept = tuple(dict.fromkeys(seen))
    return Block(
        (), grid.header, tuple(texts[first:last]), widths, (head, *heights[first:last]), grid.caption, kept, used
    )


def _text(cell: Cell) -> str:
    said = as_words(cell) if isinstance(cell, Figure) else cell
    return words.brief(" ".join(words.clean(said).split()), CELL_CHARACTERS_MAX)


def _widths(header: tuple[str, ...], texts: list[tuple[str, ...]]) -> tuple[float, ...]:
    """Columns as wide as their texts ask for, within limits, in inches; together the whole width."""
    asked = [
        min(max(len(header[i]) + 2.0, *(min(len(row[i]), 90.0) ** 0.8 * 1.6 for row in texts)), 60.0)
        for i in range(len(header))
    ]
    return tuple(INNER_IN * each / sum(asked) for each in asked)


def _row_height(row: tuple[str, ...], widths: tuple[float, ...]) -> float:
    lines = max(wrapped(text, width - 2 * CELL_PAD_IN, CELL_PT) for text, width in zip(row, widths, strict=True))
    return lines * CELL_PT * 1.25 / 72 + 0.1


def cited(slide: Slide) -> Mapping[str, None]:
    """The evidence behind a slide, each once."""
    return dict.fromkeys(evidence for block in slide.blocks for evidence in block.evidence)
