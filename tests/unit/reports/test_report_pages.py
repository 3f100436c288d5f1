"""The written pages: nothing unescaped, nothing fetched, no script, every number in words."""

import base64
import dataclasses
import hashlib
import html
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from interlock.adapters.reports import evaluation_page, promises
from interlock.adapters.reports.environment import style_sheet
from interlock.adapters.reports.html import HtmlReports
from interlock.adapters.reports.promises import CONFIRMED, CONSISTENT, CONTRADICTED, NOT_CHECKED
from interlock.terms.estimate import Estimate
from interlock.terms.evaluation import Assumption, Evaluation
from interlock.terms.story import Story
from interlock.terms.words import NBSP

ELEMENTS = frozenset(
    {
        "html",
        "head",
        "meta",
        "title",
        "link",
        "style",
        "body",
        "a",
        "header",
        "p",
        "svg",
        "rect",
        "path",
        "circle",
        "text",
        "desc",
        "main",
        "footer",
        "h1",
        "h2",
        "h3",
        "div",
        "section",
        "ol",
        "ul",
        "li",
        "dl",
        "dt",
        "dd",
        "figure",
        "figcaption",
        "details",
        "summary",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "span",
        "strong",
        "bdi",
        "code",
        "nav",
        "wbr",
    }
)


class Reader(HTMLParser):
    """Collects elements, attributes and visible text."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in {"style", "title", "desc"}:
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if "style" not in self.inside:
            self.text.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader


def said(page: str) -> str:
    return " ".join(" ".join(read(page).text).split())


def written(tmp_path: Path, content: Evaluation | Story) -> str:
    path = tmp_path / "r.html"
    if isinstance(content, Evaluation):
        HtmlReports().evaluation(content, path)
    else:
        HtmlReports().story(content, path)
    return path.read_text(encoding="utf-8")


def test_only_our_own_elements_are_written(any_html: str) -> None:
    assert {tag for tag, _ in read(any_html).elements} <= ELEMENTS


def test_no_script_no_inline_style_nothing_fetched(any_html: str) -> None:
    for tag, attributes in read(any_html).elements:
        assert tag != "script"
        assert not [name for name in attributes if name.startswith("on") or name in {"style", "src", "srcset"}]
        assert (attributes.get("href") or "#").startswith(("#", "data:"))


def test_the_policy_allows_exactly_the_style_that_is_there(any_html: str) -> None:
    style = re.search(r"<style>(.*?)</style>", any_html, re.DOTALL)
    policy = next(a["content"] for _, a in read(any_html).elements if a.get("http-equiv") == "Content-Security-Policy")
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def test_the_style_sheet_is_small_and_cannot_end_its_element() -> None:
    style = style_sheet()
    assert len(style.encode()) <= 20_000
    assert "<" not in style
    assert "url(" not in style


def test_nothing_reads_as_none_or_nan(any_html: str) -> None:
    assert re.findall(r"\b(None|nan|NaN|inf|undefined)\b", said(any_html)) == []


def test_hostile_texts_are_shown_as_texts(any_html: str, hostile_texts: tuple[str, ...]) -> None:
    for text in hostile_texts:
        if "<" in text:
            assert text not in any_html
    assert "49" not in re.findall(r"\{\{ 7 \* 7 \}\}|(?<!\d)49(?!\d)(?= \{%)", any_html)
    assert "\u202e" not in any_html
    assert "\x00" not in any_html
    assert max((len(word) for word in said(any_html).split()), default=0) <= 600


def test_ids_are_unique_and_references_exist(any_html: str) -> None:
    elements = read(any_html).elements
    ids = [a["id"] for _, a in elements if "id" in a]
    assert len(ids) == len(set(ids))
    named = {ref for _, a in elements for ref in (a.get("aria-labelledby") or "").split()}
    links = {(a["href"] or "")[1:] for _, a in elements if (a.get("href") or "").startswith("#")}
    assert named | links <= set(ids)


def test_every_picture_has_a_title_and_its_numbers_as_a_table(any_html: str) -> None:
    pictures = re.findall(r'<figure class="picture">.*?</figure>', any_html, re.DOTALL)
    for picture in pictures:
        charts = re.findall(r'<svg class="chart.*?</svg>.*?</svg>', picture, re.DOTALL)
        assert len(charts) == 2
        assert all('role="img"' in chart and "<title" in chart and "<desc" in chart for chart in charts)
        assert re.search(r"<details>.*<caption>.*</details>", picture, re.DOTALL) is not None


def test_tables_have_captions_and_header_scopes(any_html: str) -> None:
    for table in re.findall(r"<table.*?</table>", any_html, re.DOTALL):
        assert table.count("<caption>") == 1
        assert [th for th in re.findall(r"<th\b[^>]*>", table) if "scope=" not in th] == []


def test_an_evaluation_concludes_in_its_title(full_evaluation: Evaluation, tmp_path: Path) -> None:
    page = written(tmp_path, full_evaluation)
    title = re.search(r"<title>(.*?)</title>", page)
    headline = re.search(r"<h1>(.*?)</h1>", page)
    assert title is not None
    assert headline is not None
    assert html.unescape(title[1]) == f"Authored sample: {full_evaluation.recommendation.sentence} – Interlock"
    assert re.sub("<.*?>", "", headline[1]).replace(NBSP, " ") == full_evaluation.recommendation.sentence
    assert "Authored sample : invented messages, not real data." in said(page)
    assert page.index('class="sample"') < page.index("<h1>")


def test_what_is_not_authored_says_nothing_of_a_sample(nothing_certified: Evaluation, tmp_path: Path) -> None:
    assert "Authored sample" not in said(written(tmp_path, nothing_certified))


def test_key_figures_carry_their_denominators(full_evaluation: Evaluation) -> None:
    figures = evaluation_page.page(full_evaluation).figures
    assert [(f.label, f.shown.main.replace(NBSP, " "), f.shown.behind.replace(NBSP, " ")) for f in figures] == [
        ("May be applied automatically", "62.4 %", "n 2,600"),
        ("Right, if it decided all cases", "91.8 %", "±1.1, n 2,617"),
        ("Time to answer, slowest 5 %", "0.93 ms", "(0.88–1.07), n 2,617"),
        ("Cost per successful outcome", "USD 0.47", "(0.44–0.51), n 2,617"),
        ("Labels used to certify", "2,600", ""),
    ]


def test_nothing_certified_says_what_would_help(nothing_certified: Evaluation, tmp_path: Path) -> None:
    page = evaluation_page.page(nothing_certified)
    first = page.figures[0]
    assert (first.shown.main, first.note) == ("none", "298 more labelled cases needed")
    assert [f.shown.main for f in page.figures[2:4]] == ["not measured", "not measured"]
    assert page.promise_title == "Nothing may be automated on this evidence yet"
    text = said(written(tmp_path, nothing_certified))
    assert "none: 298 more labelled cases needed" in text
    assert "not measured: no address was given" in text


def test_candidates_stand_in_order_of_complexity(full_evaluation: Evaluation) -> None:
    rows = evaluation_page.page(full_evaluation).bake_off
    assert [(row.name, row.recommended, bool(row.unavailable)) for row in rows] == [
        ("most frequent decision", False, False),
        ("nearest centroid", False, False),
        ("words, linear", True, False),
        ("MiniLM sentence embeddings", False, True),
    ]


@pytest.mark.parametrize(
    ("risk", "state"),
    [
        (None, NOT_CHECKED),
        (Estimate(None, None, None, 0, ""), NOT_CHECKED),
        (Estimate(0.004, 0.002, 0.009, 900, ""), CONFIRMED),
        (Estimate(0.004, 0.002, 0.012, 300, ""), CONSISTENT),
        (Estimate(0.03, 0.011, 0.05, 300, ""), CONTRADICTED),
        (Estimate(0.03, None, None, 300, ""), CONSISTENT),
    ],
)
def test_the_evaluation_set_confirms_contradicts_or_neither(risk: Estimate | None, state: promises.State) -> None:
    assert promises.check(risk, 0.01) == state


def test_a_story_tells_its_steps_with_their_states(long_story: Story, tmp_path: Path) -> None:
    page = written(tmp_path, long_story)
    nav = re.search(r"<nav.*?</nav>", page, re.DOTALL)
    assert nav is not None
    steps = re.findall(r'<span class="step-name">(?:<bdi.*?>)?(.*?)(?:</bdi>)?</span>', nav[0])
    assert steps == [*(s.step for s in long_story.sections), "What to do next"]
    assert said(nav[0]).startswith("12 steps ✓ Passed 6 ✗ Failed 1 ? Inconclusive 2 • Noted 3")
    titles = re.findall(r'<h2 id="h-\d+"><bdi.*?>(.*?)</bdi>', page)
    assert [html.unescape(title).replace(NBSP, " ") for title in titles] == [s.title for s in long_story.sections]


def test_the_same_evaluation_gives_the_same_bytes(full_evaluation: Evaluation, tmp_path: Path) -> None:
    assert written(tmp_path, full_evaluation) == written(tmp_path, full_evaluation)


def test_assumptions_are_called_by_words(full_evaluation: Evaluation) -> None:
    assert full_evaluation.audit is not None
    plan = dataclasses.replace(
        full_evaluation.audit,
        assumptions=(Assumption("drift_error_rate", 0.186, "share wrong after a drift", "assumed"),),
        driver="cost_wrong_usd",
    )
    page = evaluation_page.page(dataclasses.replace(full_evaluation, audit=plan))
    assert (page.driver, page.assumptions) == (
        "Cost of a wrong action",
        (("Error rate after a drift", f"18.6{NBSP}% wrong after a drift", "assumed"),),
    )


def test_every_row_of_the_file_is_accounted_for(full_evaluation: Evaluation) -> None:
    split = dataclasses.replace(full_evaluation.split, n_train=3686)
    rows = evaluation_page.page(dataclasses.replace(full_evaluation, split=split)).source_rows
    assert rows == (
        ("Rows read", "10,131", ""),
        ("No decision recorded", "−211", "lines 14, 97, 102, 388, 401 and 206 more"),
        ("Same text decided in two ways", "−17", "lines 1,020, 1,187, 2,005 and 14 more"),
        ("Not in the sample", "−900", ""),
        ("Cases used", "9,003", ""),
        ("of these to learn from", "3,686", ""),
        ("of these to certify", "2,600", ""),
        ("of these to judge", "2,617", ""),
        ("of these in no set", "100", "left out by the split below"),
    )
