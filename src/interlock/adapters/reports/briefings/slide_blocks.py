"""What goes on slides: one slide a section, in blocks whose heights are measured before anything is placed."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from interlock.adapters.reports.briefings.evidence_notes import as_words
from interlock.adapters.reports.briefings.shortened import first_lines, unknown_grid
from interlock.adapters.reports.briefings.slide_tables import Table, lay_out, wrapped
from interlock.terms import words
from interlock.terms.briefing import APPENDIX, Briefing, Grid, Passage

WIDTH_IN, HEIGHT_IN, MARGIN_IN = 13.333, 7.5, 0.6
TOP_IN, BOTTOM_IN = 1.75, 6.95  # room for blocks, in inches from the top
ROOM_IN = BOTTOM_IN - TOP_IN
INNER_IN = WIDTH_IN - 2 * MARGIN_IN
SLIDES_MAX = 12  # with the first one: more than that, nobody looks at together
LINE_PT = 14.0
LINE_CHARACTERS_MAX = 600
LINES_SHARE = 0.45  # of the room, where tables follow
NOT_ON_SLIDES = "Not on these slides; the PDF, HTML and JSON forms have it"


@dataclass(frozen=True, slots=True)
class Block:
    """A line, or a table; `height_in` is what it takes at the most."""

    line: str
    table: Table | None
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


def slides_of(briefing: Briefing) -> list[Slide]:
    """Every slide after the first, in order: all of the document where it is short, else one slide a section. Words
    alone stand on one.

    Sections of the first page keep every row in any case; the appendix of a long document is only named.
    """
    if not any(passage.grids or passage.figures for passage in briefing.passages):
        return [*_sections((_in_one(briefing),), 1), *_last(briefing, ())]
    whole = [*_sections(briefing.passages, len(briefing.passages)), *_last(briefing, ())]
    if len(whole) < SLIDES_MAX:
        return whole
    told = [passage for passage in briefing.passages if passage.chapter != APPENDIX]
    left = [passage for passage in briefing.passages if passage.chapter == APPENDIX]
    return [*_sections(told, briefing.front), *_last(briefing, left)]


def _in_one(briefing: Briefing) -> Passage:
    """A document of words alone, on one slide."""
    rows = tuple((passage.title, "\n".join(passage.lines)) for passage in briefing.passages)
    return Passage(briefing.title, grids=(Grid(briefing.kind, ("What", "Stated"), rows),))


def _sections(passages: Sequence[Passage], whole: int) -> Iterator[Slide]:
    """The first `whole` of them with every row."""
    for place, passage in enumerate(passages):
        yield from _split(passage.title, _kicker(passage), _blocks(passage, whole=place < whole))


def _last(briefing: Briefing, left: Sequence[Passage]) -> Iterator[Slide]:
    """What is not known, and what only the other forms hold."""
    if not briefing.unknown and not left:
        return
    named = (f"{passage.part or APPENDIX}: {passage.title}. {NOT_ON_SLIDES}." for passage in left)
    blocks = [block for line in named for block in _line(line, ())]
    title = f"{words.plural(len(left), 'section')} only in the other forms"
    if briefing.unknown:
        title = f"{words.plural(len(briefing.unknown), 'thing is', 'things are')} not known yet"
        room = ROOM_IN - sum(block.height_in for block in blocks)
        blocks = [*(_of(table) for table in lay_out((unknown_grid(briefing),), INNER_IN, room, ROOM_IN)), *blocks]
    yield from _split(title, "", blocks)


def _kicker(passage: Passage) -> str:
    return ": ".join(name for name in (passage.chapter, passage.part) if name)


def _split(title: str, kicker: str, blocks: Sequence[Block]) -> Iterator[Slide]:
    pages: list[list[Block]] = [[]]
    used = 0.0
    for block in blocks:
        if pages[-1] and used + block.height_in > ROOM_IN:
            pages.append([])
            used = 0.0
        pages[-1].append(block)
        used += block.height_in
    for i, page in enumerate(pages, start=1):
        yield Slide(title, kicker, tuple(page), i, len(pages))


def _blocks(passage: Passage, *, whole: bool) -> list[Block]:
    seen = tuple(evidence for figure in passage.figures for evidence in figure.evidence)
    said = [f"{figure.label}: {as_words(figure)}" for figure in passage.figures]
    lines = [*passage.lines, *said]
    blocks = [block for line in lines for block in _line(line, seen)]
    share = ROOM_IN * (LINES_SHARE if passage.grids else 1.0)
    if not whole and sum(block.height_in for block in blocks) > share:
        blocks = _fitting(lines, seen, share)
    room = None if whole else ROOM_IN - sum(block.height_in for block in blocks)
    return [*blocks, *(_of(table) for table in lay_out(passage.grids, INNER_IN, room, ROOM_IN))]


def _fitting(lines: Sequence[str], seen: tuple[str, ...], room: float) -> list[Block]:
    """As many lines as there is room for, and how many more there are."""
    for kept in range(len(lines) - 1, 0, -1):
        blocks = [block for line in first_lines(lines, kept) for block in _line(line, seen)]
        if sum(block.height_in for block in blocks) <= room:
            return blocks
    return [block for line in first_lines(lines, 1) for block in _line(words.brief(line, 300), seen)]


def _line(line: str, seen: tuple[str, ...]) -> Iterator[Block]:
    for said in textwrap.wrap(words.clean(line), LINE_CHARACTERS_MAX):
        height = wrapped(said, INNER_IN - 0.3, LINE_PT) * LINE_PT * 1.25 / 72 + 0.08
        yield Block(said, None, seen, height)


def _of(table: Table) -> Block:
    return Block(table.empty, table if table.rows else None, table.evidence, table.height_in)


def cited(slide: Slide) -> Mapping[str, None]:
    """The evidence behind a slide, each once."""
    return dict.fromkeys(evidence for block in slide.blocks for evidence in block.evidence)
