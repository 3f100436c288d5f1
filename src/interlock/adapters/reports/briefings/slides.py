"""A document as PowerPoint slides: one conclusion a slide, native tables, evidence in the notes."""

import datetime as dt
import io
import zipfile
from typing import Any

from interlock.adapters.reports.briefings import slide_blocks as blocks
from interlock.adapters.reports.briefings import slide_tables as tables
from interlock.adapters.reports.briefings.shortened import about
from interlock.adapters.reports.briefings.slide_blocks import Block, Slide, slides_of
from interlock.adapters.reports.briefings.slide_tables import Table
from interlock.adapters.reports.direction import is_right_to_left
from interlock.terms import words
from interlock.terms.briefing import Briefing
from interlock.terms.errors import Unavailable

MISSING = "slides need python-pptx: pip install 'interlock[reports]'"
INK, INK_SOFT, ACCENT, HEAD = 0x14181D, 0x5F6975, 0x0B4F8A, 0xE8F0F8
SAMPLE = "Authored sample: invented records, not real data"
TITLE_PTS = (26.0, 22.0, 18.0, 15.0)
TITLE_LINES_IN = 1.0
SUMMARIES = ((600, 16.0), (600, 13.0), (240, 13.0), (90, 12.0))  # characters a line, and the size of its letters
EARLIEST = (1980, 1, 1, 0, 0, 0)  # what a zip archive can hold


def as_pptx(briefing: Briefing) -> bytes:
    """The whole deck; the same document gives the same bytes. Raises Unavailable where the library is missing."""
    try:
        import pptx
    except ImportError as exc:
        raise Unavailable(MISSING) from exc
    from pptx.util import Inches

    deck = pptx.Presentation()
    deck.slide_width, deck.slide_height = Inches(blocks.WIDTH_IN), Inches(blocks.HEIGHT_IN)
    _first(deck, briefing)
    for slide in slides_of(briefing):
        _one(deck, briefing, slide)
    _say_what_it_is(deck, briefing)
    out = io.BytesIO()
    deck.save(out)
    return _timeless(out.getvalue())


def _say_what_it_is(deck: Any, briefing: Briefing) -> None:
    about, at = deck.core_properties, dt.datetime.fromisoformat(briefing.as_of).replace(tzinfo=None, microsecond=0)
    about.title, about.subject, about.author = words.one_line(briefing.title, 240), briefing.kind, "Interlock"
    about.created = about.modified = at
    about.last_modified_by, about.revision = "Interlock", 1


def _timeless(content: bytes) -> bytes:
    """The same archive without the times at which its parts were written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, EARLIEST)
            part.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(part, old.read(name))
    return out.getvalue()


def _first(deck: Any, briefing: Briefing) -> None:
    """The title and what is read in ten seconds, in the largest letters in which all of it fits."""
    slide = _titled(deck, briefing.title, briefing.kind, briefing)
    said = [about(briefing), *briefing.summary]
    tried = (([words.brief(words.clean(line), n) for line in said], pt) for n, pt in SUMMARIES)
    fits = (each for each in tried if sum(_height(line, each[1]) for line in each[0]) <= blocks.ROOM_IN)
    lines, pt = next(fits, (["This document is summarised in its other forms."], SUMMARIES[-1][1]))
    top = blocks.TOP_IN
    for line in lines:
        _write(slide, line, (blocks.MARGIN_IN, top, blocks.INNER_IN, _height(line, pt)), pt)
        top += _height(line, pt)


def _height(line: str, size_pt: float) -> float:
    return tables.wrapped(line, blocks.INNER_IN, size_pt) * size_pt * 1.25 / 72 + 0.1


def _one(deck: Any, briefing: Briefing, slide: Slide) -> None:
    more = f" ({slide.part} of {slide.parts})" if slide.parts > 1 else ""
    page = _titled(deck, slide.title + more, slide.kicker, briefing)
    top = blocks.TOP_IN
    for block in slide.blocks:
        _place(page, block, top)
        top += block.height_in
    seen = blocks.cited(slide)
    notes = "Evidence:\n" + "\n".join(seen) if seen else "No figure on this slide cites evidence."
    page.notes_slide.notes_text_frame.text = "\n\n".join((notes, *briefing.records))


def _titled(deck: Any, title: str, kicker: str, briefing: Briefing) -> Any:
    from pptx.util import Inches

    slide = deck.slides.add_slide(deck.slide_layouts[5])
    box = slide.shapes.title
    box.left, box.top = Inches(blocks.MARGIN_IN), Inches(0.65)
    box.width, box.height = Inches(blocks.INNER_IN), Inches(TITLE_LINES_IN)
    said = words.one_line(title, 240)
    fits = (
        pt for pt in TITLE_PTS if tables.wrapped(said, blocks.INNER_IN, pt, bold=True) * pt * 1.2 / 72 <= TITLE_LINES_IN
    )
    frame = box.text_frame
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    _fill(frame, said, next(fits, TITLE_PTS[-1]), bold=True)
    _write(slide, kicker, (blocks.MARGIN_IN, 0.35, blocks.INNER_IN, 0.32), 12.0, ink=ACCENT)
    dated = f"{words.one_line(briefing.subject or briefing.kind, 90)}, as of {briefing.as_of[:10]}"
    foot = f"{SAMPLE}. {dated}" if briefing.authored_sample else dated
    _write(slide, foot, (blocks.MARGIN_IN, 7.05, blocks.INNER_IN, 0.3), 10.0, ink=INK_SOFT)
    return slide


def _place(slide: Any, block: Block, top: float) -> None:
    if block.table is None:
        _write(slide, block.line, (blocks.MARGIN_IN, top, blocks.INNER_IN, block.height_in), blocks.LINE_PT)
        return
    caption = (blocks.MARGIN_IN, top, blocks.INNER_IN, block.table.caption_in)
    _write(slide, block.table.caption, caption, tables.CAPTION_PT, ink=INK_SOFT)
    _draw(slide, block.table, top + block.table.caption_in)


def _draw(slide: Any, drawn: Table, top: float) -> None:
    from pptx.dml.color import RGBColor
    from pptx.util import Inches

    place = (Inches(blocks.MARGIN_IN), Inches(top), Inches(blocks.INNER_IN), Inches(sum(drawn.heights_in)))
    shape = slide.shapes.add_table(len(drawn.rows) + 1, len(drawn.header), *place)
    shape._element.nvGraphicFramePr.cNvPr.set("descr", drawn.caption)  # noqa: SLF001 - python-pptx offers no other way
    table = shape.table
    table.first_col = True
    for i, width in enumerate(drawn.widths_in):
        table.columns[i].width = Inches(width)
    for r, row in enumerate((drawn.header, *drawn.rows)):
        table.rows[r].height = Inches(drawn.heights_in[r])
        for c, text in enumerate(row):
            cell = table.cell(r, c)
            cell.margin_left = cell.margin_right = Inches(tables.CELL_PAD_IN)
            cell.margin_top = cell.margin_bottom = Inches(0.03)
            cell.fill.solid()
            cell.fill.fore_color.rgb = RGBColor(*((HEAD if r == 0 else 0xFFFFFF).to_bytes(3)))  # type: ignore[no-untyped-call]
            _fill(cell.text_frame, text, tables.CELL_PT, bold=r == 0 or c == 0)


def _write(slide: Any, text: str, box: tuple[float, float, float, float], size_pt: float, *, ink: int = INK) -> None:
    from pptx.util import Inches

    frame = slide.shapes.add_textbox(*(Inches(each) for each in box)).text_frame
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    _fill(frame, text, size_pt, ink=ink)


def _fill(frame: Any, text: str, size_pt: float, *, bold: bool = False, ink: int = INK) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Pt

    frame.word_wrap = True
    frame.vertical_anchor = MSO_ANCHOR.TOP
    frame.text = words.clean(text)
    for paragraph in frame.paragraphs:
        turned = is_right_to_left(paragraph.text)
        paragraph.alignment = PP_ALIGN.RIGHT if turned else PP_ALIGN.LEFT
        if turned:
            paragraph._p.get_or_add_pPr().set("rtl", "1")  # noqa: SLF001 - python-pptx offers no other way
        for run in paragraph.runs:
            run.font.size, run.font.bold, run.font.name = Pt(size_pt), bold, "Arial"
            run.font.color.rgb = RGBColor(*ink.to_bytes(3))  # type: ignore[no-untyped-call]
