"""Documents for leaders: the same figures in every form, nothing cut, nothing unknown left unsaid."""

import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import portfolio_made
from interlock.adapters.reports.briefings import slide_blocks
from interlock.adapters.reports.briefings.forms import FORMS, written
from interlock.adapters.reports.html import HtmlReports
from interlock.engine.reporting.monthly import monthly_update
from interlock.engine.reporting.priorities import LEAST, priorities
from interlock.terms.briefing import Briefing, Figure, Grid, Passage, Unknown
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
    return re.sub(r"\s|\u200b", "", text)


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


def test_slides_say_the_figures_that_json_says(update: Briefing) -> None:
    pptx = pytest.importorskip("pptx")
    deck = pptx.Presentation(io.BytesIO(written(update, ".pptx")))
    said = [squeezed(text) for text in slide_texts(deck)]
    at = 0
    for shown in figures_in_json(update):
        at = next(i for i in range(at, len(said)) if said[i].startswith(shown)) + 1


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
    first = " ".join(pdfium.PdfDocument(as_pdf_or_skip(short))[0].get_textpage().get_text_bounded().split())
    assert [item.question in first for item in asked] == [True] * 5 + [False] * 3
    assert [each.due in first and each.owner in first for each in priorities(portfolio, asked)] == [True] * LEAST
    assert "Portfolio by stage" not in first


def test_the_first_page_says_what_to_decide_and_what_comes_next(pdf: bytes) -> None:
    pdfium = pytest.importorskip("pypdfium2")
    first = " ".join(pdfium.PdfDocument(pdf)[0].get_textpage().get_text_bounded().split())
    for item in portfolio_made.agenda():
        assert item.question in first
        assert all(option.title in first for option in item.options)
    assert "Next priorities" in first
    assert "Readiness to scale" not in first


@pytest.mark.parametrize("form", [".html", ".md", ".json", ".pptx"])
def test_the_same_document_gives_the_same_bytes(update: Briefing, form: str) -> None:
    if form == ".pptx":
        pytest.importorskip("pptx")
    assert written(update, form) == written(update, form)


def test_nothing_leaves_a_slide_with_long_names_two_hundred_rows_right_to_left_and_emoji(hostile: Briefing) -> None:
    pptx = pytest.importorskip("pptx")
    deck = pptx.Presentation(io.BytesIO(written(hostile, ".pptx")))
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height
    numbers = {text.split()[0] for text in slide_texts(deck) if "Donau" in text}
    assert {str(i) for i in range(200)} <= numbers


def test_a_table_on_slides_stays_over_the_footer(hostile: Briefing) -> None:
    for slide in slide_blocks.slides_of(hostile):
        if len(slide.blocks) > 1:
            assert sum(block.height_in for block in slide.blocks) <= slide_blocks.BOTTOM_IN - slide_blocks.TOP_IN


def test_every_slide_has_a_title_and_notes_that_name_its_evidence(update: Briefing) -> None:
    pptx = pytest.importorskip("pptx")
    first, *slides = pptx.Presentation(io.BytesIO(written(update, ".pptx"))).slides
    assert first.shapes.title.text_frame.text == update.title
    assert all(slide.shapes.title.text_frame.text and slide.has_notes_slide for slide in slides)
    notes = "\n".join(slide.notes_slide.notes_text_frame.text for slide in slides)
    cited = {e for figure in json.loads(written(update, ".json"))["figures"] for e in figure["evidence"]}
    assert [each for each in cited if each not in notes] == []


def test_markup_in_a_name_stays_text(hostile: Briefing) -> None:
    assert "<b>" not in written(hostile, ".html").decode()
    assert "<b>" not in written(hostile, ".md").decode().replace("\\<b\\>", "")


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
