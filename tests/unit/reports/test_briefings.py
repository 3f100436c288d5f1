"""Documents for leaders: the same figures in every form, nothing cut, nothing unknown left unsaid."""

import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import portfolio_made
from interlock.adapters.reports.briefings import slide_blocks, slide_tables
from interlock.adapters.reports.briefings.forms import FORMS, written
from interlock.adapters.reports.briefings.html import as_html
from interlock.adapters.reports.briefings.shortened import PAPER
from interlock.adapters.reports.html import HtmlReports
from interlock.engine.reporting.monthly import monthly_update
from interlock.engine.reporting.priorities import LEAST, priorities
from interlock.terms.briefing import APPENDIX, Briefing, Figure, Grid, Passage, Unknown
from interlock.terms.errors import BadInput, Unavailable

HOSTILE = "משלוח <b>|`* 👩‍🚀 " + "Donaudampfschifffahrtsgesellschaft" * 4


@pytest.fixture(scope="module")
def update() -> Briefing:
    return monthly_update(portfolio_made.portfolio(), portfolio_made.agenda())


@pytest.fixture(scope="module")
def hostile() -> Briefing:
    seen = Figure("cost of " + HOSTILE, "USD 1,234.50", 1234.5, "USD", "(USD 1.00 to USD 2.00)", "n 3", ("entry 1",))
    rows = tuple((f"{i} {HOSTILE}", seen, HOSTILE * 3) for i in range(200))
    passage = Passage(HOSTILE * 3, (HOSTILE * 12,), (seen,), (Grid(HOSTILE, ("a", "b", "c"), rows),))
    as_of = portfolio_made.AS_OF
    return Briefing("test", HOSTILE, HOSTILE, as_of, (HOSTILE,), (passage,), (Unknown(HOSTILE, HOSTILE),))


def as_pdf_or_skip(briefing: Briefing) -> bytes:
    """A PDF; where WeasyPrint or the Pango library beside it is missing the test is skipped and says so."""
    try:
        return written(briefing, ".pdf")
    except Unavailable as exc:
        pytest.skip(str(exc))


@pytest.fixture(scope="module")
def pdf(update: Briefing) -> bytes:
    return as_pdf_or_skip(update)


def squeezed(text: str) -> str:
    return re.sub(r"\s|\u200b", "", text.replace("\x02", "-"))  # that is how pdfium reads a hyphen at a line's end


def figures_in_json(briefing: Briefing) -> list[str]:
    return [squeezed(figure["shown"]) for figure in json.loads(written(briefing, ".json"))["figures"]]


def slide_texts(deck: Any) -> list[str]:
    shapes = [shape for slide in deck.slides for shape in slide.shapes]
    cells = [list(shape.table.iter_cells()) if shape.has_table else [shape] for shape in shapes]
    return [cell.text_frame.text for shape in cells for cell in shape]


def test_html_says_the_figures_that_json_says(update: Briefing) -> None:
    html = written(update, ".html").decode()
    found = re.findall(r'data-figure="[^"]*">([^<]*)<', html)
    assert [squeezed(each) for each in found] == figures_in_json(update)


def test_markdown_says_the_figures_that_json_says(update: Briefing) -> None:
    text, at = squeezed(written(update, ".md").decode()), 0
    for shown in figures_in_json(update):
        at = text.index(shown, at) + len(shown)


def decks(briefing: Briefing) -> Any:
    pptx = pytest.importorskip("pptx")
    return pptx.Presentation(io.BytesIO(written(briefing, ".pptx")))


def tables_of(deck: Any) -> list[tuple[str, list[list[str]]]]:
    """Each table's caption and its cells, without the header."""
    shapes = [shape for slide in deck.slides for shape in slide.shapes if shape.has_table]
    captions = [shape._element.nvGraphicFramePr.cNvPr.get("descr") for shape in shapes]
    return [
        (caption, [[squeezed(cell.text_frame.text) for cell in row.cells] for row in list(shape.table.rows)[1:]])
        for caption, shape in zip(captions, shapes, strict=True)
    ]


def in_json(briefing: Briefing) -> list[dict[str, Any]]:
    passages = json.loads(written(briefing, ".json"))["passages"]
    return [grid for passage in passages if passage["chapter"] != APPENDIX for grid in passage["grids"] if grid["rows"]]


def test_tables_on_slides_say_what_json_says_row_by_row_and_how_many_rows_are_left_out(update: Briefing) -> None:
    shown, grids, cut = tables_of(decks(update)), in_json(update), 0
    assert len(shown) == len(grids) + 1  # what is not known comes last
    for (caption, rows), grid in zip(shown, grids, strict=False):
        cut += len(rows) < len(grid["rows"])
        more = f": the first {len(rows)} of {len(grid['rows'])} rows; the HTML and JSON forms have all"
        assert caption == grid["caption"] + (more if len(rows) < len(grid["rows"]) else "")
        for row, told in zip(rows, grid["rows"], strict=False):
            said = [squeezed(cell if isinstance(cell, str) else cell["shown"]) for cell in told]
            assert [text[: len(each)] for text, each in zip(row, said, strict=True)] == said
    assert cut > 0


def test_a_board_deck_has_twelve_slides_at_most_and_only_names_its_appendix(update: Briefing) -> None:
    deck = decks(update)
    assert len(deck.slides) == slide_blocks.SLIDES_MAX == 12
    assert "Open gates: 2 gates of 2 workflows not passed. Not on these slides" in " ".join(slide_texts(deck))
    short = replace(update, passages=update.passages[:4])
    kept = [len(rows) for _, rows in tables_of(decks(short))][:4]
    assert kept == [len(grid["rows"]) for grid in in_json(short)]


def test_pdf_says_the_figures_that_json_says_on_a4_under_its_title(update: Briefing, pdf: bytes) -> None:
    pdfium = pytest.importorskip("pypdfium2")
    opened = pdfium.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_bounded() for page in opened]
    text = squeezed("".join(pages))
    assert [shown for shown in figures_in_json(update) if shown not in text] == []
    assert opened.get_metadata_dict()["Title"].endswith(f"{update.title} – Interlock")
    assert {(round(page.get_width()), round(page.get_height())) for page in opened} == {(595, 842)}


def test_a_pdf_is_the_same_each_time_and_tagged(update: Briefing) -> None:
    pdfium = pytest.importorskip("pypdfium2")
    short = replace(update, passages=update.passages[:1], unknown=())
    content = as_pdf_or_skip(short)
    assert written(short, ".pdf") == content
    assert pdfium.PdfDocument(content).is_tagged()


def test_one_page_tells_a_board_what_to_decide_even_with_eight_decisions() -> None:
    pdfium = pytest.importorskip("pypdfium2")
    made = portfolio_made.agenda()
    asked = tuple(replace(made[i % 3], id=str(i), question=f"{i}: {made[i % 3].question}") for i in range(8))
    portfolio = portfolio_made.portfolio()
    eight = monthly_update(portfolio, asked)
    short = replace(eight, passages=eight.passages[:3], unknown=())
    first = squeezed(pdfium.PdfDocument(as_pdf_or_skip(short))[0].get_textpage().get_text_bounded())
    assert [squeezed(item.question) in first for item in asked] == [True] * 5 + [False] * 3
    told = [squeezed(each.due) in first and squeezed(each.owner) in first for each in priorities(portfolio, asked)]
    assert told == [True] * LEAST
    assert squeezed("Portfolio by stage") not in first


def test_the_first_page_says_what_to_decide_and_what_comes_next(pdf: bytes) -> None:
    pdfium = pytest.importorskip("pypdfium2")
    first = squeezed(pdfium.PdfDocument(pdf)[0].get_textpage().get_text_bounded())
    for item in portfolio_made.agenda():
        assert squeezed(item.question) in first
        assert all(squeezed(option.title) in first for option in item.options)
    assert squeezed("Next priorities") in first
    assert squeezed("Readiness to scale") not in first


@pytest.mark.parametrize("form", [".html", ".md", ".json", ".pptx"])
def test_the_same_document_gives_the_same_bytes(update: Briefing, form: str) -> None:
    if form == ".pptx":
        pytest.importorskip("pptx")
    assert written(update, form) == written(update, form)


@pytest.mark.parametrize("front", [0, 1])
def test_nothing_leaves_a_slide_with_long_names_two_hundred_rows_right_to_left_and_emoji(
    hostile: Briefing, front: int
) -> None:
    deck = decks(replace(hostile, front=front))
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height
    numbers = {text.split()[0] for text in slide_texts(deck) if "Donau" in text}
    assert ({str(i) for i in range(200)} <= numbers) is (front == 1)
    assert len(deck.slides) < (200 if front else 6)


def test_a_table_on_slides_stays_over_the_footer(hostile: Briefing) -> None:
    for front in (0, 1):
        for slide in slide_blocks.slides_of(replace(hostile, front=front)):
            if len(slide.blocks) > 1:
                assert sum(block.height_in for block in slide.blocks) <= slide_blocks.ROOM_IN


def test_every_slide_has_a_title_and_notes_that_name_the_evidence_of_its_figures(update: Briefing) -> None:
    first, *slides = decks(update).slides
    assert first.shapes.title.text_frame.text == update.title
    assert all(slide.shapes.title.text_frame.text and slide.has_notes_slide for slide in slides)
    for slide, passage in zip(slides, update.passages[:10], strict=False):
        notes = slide.notes_slide.notes_text_frame.text
        rows = [len(list(shape.table.rows)) - 1 for shape in slide.shapes if shape.has_table]
        told = [row for n, grid in zip(rows, passage.grids, strict=False) for row in grid.rows[:n]]
        cited = {e for row in told for cell in row if isinstance(cell, Figure) for e in cell.evidence}
        assert [each for each in cited if each not in notes] == []


def test_a_column_of_slides_is_as_wide_as_its_longest_word() -> None:
    grid = Grid("g", ("Question", "Options and what follows", "Evidence"), (("q", "o " * 150, "3"),))
    table = next(iter(slide_tables.lay_out((grid,), slide_blocks.INNER_IN, None, slide_blocks.ROOM_IN)))
    room = table.widths_in[2] - 2 * slide_tables.CELL_PAD_IN
    assert slide_tables.wrapped("Evidence", room, slide_tables.CELL_PT, bold=True) == 1


@pytest.mark.parametrize(
    ("text", "said"), [("משלוח AI", True), ("«שלום»", True), ("12: مرحبا", True), ("AI משלוח", False), ("12 %", False)]
)
def test_a_paragraph_starts_at_the_right_where_its_first_letter_does(text: str, said: bool) -> None:
    passage = Passage(text, (text,), grids=(Grid("g", ("a", "b"), ((text, text),)),))
    briefing = Briefing("test", text, text, portfolio_made.AS_OF, (text,), (passage,))
    html = written(briefing, ".html").decode()
    assert [f"<{tag} dir=" in html for tag in ("h1", "p", "td")] == [said] * 3
    deck = decks(briefing)
    turned = [p._p.find(".//{*}pPr[@rtl='1']") is not None for s in deck.slides[1].shapes if s.has_text_frame
              for p in s.text_frame.paragraphs if p.text == text]  # fmt: skip
    assert turned == [said] * 2


def test_paper_holds_a_hundred_rows_and_twenty_pieces_of_evidence_a_figure_and_says_what_it_leaves_out() -> None:
    many = tuple(f"sha256:{i:064d}" for i in range(30))
    seen = Figure("cases", "7 cases", 7.0, "cases", evidence=many)
    rows = tuple((f"row {i}", seen) for i in range(130))
    passage = Passage("t", tuple(f"line {i}." for i in range(50)), grids=(Grid("Cases", ("a", "b"), rows),))
    unknown = tuple(Unknown(f"what {i}", "Vera") for i in range(110))
    long = Briefing("test", "t", "s", portfolio_made.AS_OF, (), (passage,), unknown)
    paper = as_html(long, PAPER).decode()
    assert (paper.count('<th scope="row">'), PAPER.rows, PAPER.cited) == (200, 100, 20)
    assert "Cases: the first 100 of 130 rows; the HTML and JSON forms have all" in paper.replace("<wbr>", "")
    assert "the first 100 of 110 rows" in paper
    assert "And 10 more; the HTML and JSON forms have all." in paper
    assert "Of each figure the first 20 pieces of evidence are here" in paper
    assert paper.count('<li id="e-') == 20
    html = as_html(long).decode()
    assert (html.count('<th scope="row">'), html.count('<li id="e-')) == (240, 30)
    assert "the HTML and JSON forms" not in html


def test_every_link_of_a_figure_leads_to_its_evidence(update: Briefing) -> None:
    html = written(update, ".html").decode()
    targets = re.findall(r'href="#(e-\d+)"', html)
    assert len(targets) > 60
    assert set(targets) <= set(re.findall(r'<li id="(e-\d+)"', html))


def test_markup_in_a_name_stays_text(hostile: Briefing) -> None:
    assert "<b>" not in written(hostile, ".html").decode()
    assert "<b>" not in written(hostile, ".md").decode().replace("\\<b\\>", "")


def test_markdown_of_somebody_elses_words_makes_no_script_formula_entity_table_cell_or_link() -> None:
    said = "<script>x</script> $x^2$ &lt;b&gt; a|b https://evil.example www.evil.example a@b.example [t](u)"
    passage = Passage("t", (said,), grids=(Grid("g", ("a", "b"), ((said, "line 1\nline 2"),)),))
    text = written(Briefing("test", said, said, portfolio_made.AS_OF, (), (passage,)), ".md").decode()
    marks = ("<", ">", "$", "&", "|", "@", "[", "]")
    assert [mark for mark in marks if re.search(rf"(?<!\\){re.escape(mark)}", text.splitlines()[0])] == []
    assert "https\\://evil" in text
    assert "www\\.evil" in text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert [len(re.findall(r"(?<!\\)\|", row)) for row in rows] == [3, 3, 3]
    assert "line 1; line 2" in text


def test_options_stand_one_a_line_on_page_and_slide() -> None:
    asked = monthly_update(portfolio_made.portfolio(), portfolio_made.agenda())
    first = "– Keep it halted: People send reminders: 3 more hours a day\n– Resume in the Nordics"
    assert first in re.sub("</?bdi>|<wbr>", "", written(asked, ".html").decode())
    assert any(text.startswith(first) for text in slide_texts(decks(asked)))


def test_a_row_of_slides_is_never_higher_than_a_slide_whatever_is_written_into_it() -> None:
    wide = "W" * 400
    rows = tuple((wide, "a\n" * 60, wide) for _ in range(3))
    grid = Grid("g", (wide, "b", "c"), rows)
    made = [*slide_tables.lay_out((grid,), slide_blocks.INNER_IN, None, slide_blocks.ROOM_IN)]
    assert sum(len(table.rows) for table in made) == 3
    assert max(table.height_in for table in made) <= slide_blocks.ROOM_IN
    assert "(119 characters in all)" in made[0].rows[0][1]


def test_an_authored_sample_says_so_in_every_form(update: Briefing) -> None:
    assert "Authored sample" in written(update, ".html").decode()
    assert "Authored sample" in written(update, ".md").decode()
    assert json.loads(written(update, ".json"))["authored_sample"] is True
    plain = replace(update, authored_sample=False)
    assert "Authored sample" not in written(plain, ".md").decode()


def test_an_ending_that_is_no_form_is_told(update: Briefing, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"'\.doc' is no form of a report; end the file's name with one of \.html"):
        HtmlReports().briefing(update, tmp_path / "a.doc")
    assert list(tmp_path.iterdir()) == []


def test_five_forms() -> None:
    assert sorted(FORMS) == [".html", ".json", ".md", ".pdf", ".pptx"]


def test_a_document_of_words_alone_stands_on_one_slide_and_a_document_about_nobody_names_its_kind() -> None:
    passages = tuple(Passage(f"part {i}", ("what is said",)) for i in range(6))
    page = Briefing("problem statement", "t", "", portfolio_made.AS_OF, (), passages, (Unknown("cause", "Vera"),))
    deck = decks(page)
    assert len(deck.slides) == 3
    assert "problem statement, as of 2026-10-31" in slide_texts(deck)
    assert written(page, ".md").decode().splitlines()[2].startswith("problem statement. As of 31 October 2026")
    assert "from the ledger" not in written(page, ".html").decode()
