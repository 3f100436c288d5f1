"""Reports as a browser shows them: on a desk and a phone, in light and dark, on paper, and to assistive technology."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
OVERSIGHT = ("oversight-plan", "oversight-certify", "oversight-simulate", "oversight-backtest")
REPORTS = ("full", "none", "joint", "unmeasured", "hostile", "story", "hostile-story", "update", *OVERSIGHT)
Scheme = Literal["light", "dark"]

# Text boxes of the pictures that are shown: pairs that touch, and texts that leave their picture.
TOUCHING = """() => [...document.querySelectorAll('svg.chart')].flatMap(svg => {
  const sheet = svg.getBoundingClientRect();
  if (!sheet.width) return [];
  const boxes = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
  const out = boxes.filter(([, b]) => b.left < sheet.left - 1 || b.right > sheet.right + 1
    || b.top < sheet.top - 1 || b.bottom > sheet.bottom + 1).map(([t]) => ['outside', t]);
  boxes.forEach(([t, a], i) => boxes.slice(i + 1).forEach(([u, b]) => {
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 0.5 && high > 1.5) out.push([t, u]);
  }));
  return out;
})"""
# Elements that stick out of the window although they are in no scrolling region.
STICKING_OUT = """() => [...document.querySelectorAll('body *')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width > 0 && box.right > innerWidth + 0.5 && !e.closest('.scroll') && !e.closest('svg svg');
}).map(e => e.tagName + '.' + e.getAttribute('class'))"""
SMALL_TARGETS = """() => [...document.querySelectorAll('nav a, summary')].map(e => e.getBoundingClientRect())
  .filter(box => box.height < 24 || box.width < 24).length"""


@contextmanager
def opened(
    browser: Browser, path: Path, size: dict[str, int], scheme: Scheme = "light"
) -> Iterator[tuple[Page, list[str]]]:
    """The page, and everything that the browser complained about or tried to fetch."""
    page = browser.new_page(viewport={"width": size["width"], "height": size["height"]}, color_scheme=scheme)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: None if request.url == path.as_uri() else complaints.append(request.url))
    try:
        page.goto(path.as_uri())
        yield page, complaints
    finally:
        page.close()


def violations(page: Page, *rules: str) -> list[Any]:
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    found: list[Any] = Axe().run(page, options=options).response["violations"]
    return [(v["id"], v["nodes"][0]["html"], v["nodes"][0]["failureSummary"]) for v in found]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("report", REPORTS)
def test_a_report_fits(chromium: Browser, report_files: dict[str, Path], report: str, size: dict[str, int]) -> None:
    with opened(chromium, report_files[report], size) as (page, complaints):
        for summary in page.locator("summary").all():
            summary.click()
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
        assert page.evaluate(STICKING_OUT) == []
        assert page.evaluate(TOUCHING) == []
        assert page.evaluate(SMALL_TARGETS) == 0
        assert complaints == []


@pytest.mark.parametrize(
    ("report", "size"),
    [
        ("full", DESK),
        ("full", PHONE),
        ("none", DESK),
        ("unmeasured", PHONE),
        ("hostile", DESK),
        ("story", PHONE),
        ("hostile-story", DESK),
        ("update", PHONE),
        *((report, size) for report in OVERSIGHT for size in (DESK, PHONE)),
    ],
)
def test_a_report_is_accessible_in_light_and_dark(
    chromium: Browser, report_files: dict[str, Path], report: str, size: dict[str, int]
) -> None:
    with opened(chromium, report_files[report], size) as (page, complaints):
        if report in {"none", "story"}:
            for summary in page.locator("summary").all():
                summary.click()
        assert violations(page) == []
        page.emulate_media(color_scheme="dark")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 19, 23)"
        if "hostile" not in report:  # their texts differ, their colours do not
            assert violations(page, "color-contrast") == []
        assert complaints == []


@pytest.mark.parametrize("report", ["full", "none", "joint", "story"])
def test_the_conclusion_the_picture_and_what_to_do_are_in_the_first_screen(
    chromium: Browser, report_files: dict[str, Path], report: str
) -> None:
    with opened(chromium, report_files[report], DESK) as (page, _):
        first = ["h1", ".steps li:last-child"] if report == "story" else ["h1", "svg.chart.wide", ".next", ".figures"]
        ends = {what: page.locator(what).first.bounding_box() for what in first}
        assert {what: box is not None and box["y"] + box["height"] <= DESK["height"] for what, box in ends.items()} == (
            dict.fromkeys(first, True)
        )


@pytest.mark.parametrize("report", OVERSIGHT)
def test_the_conclusion_and_the_one_picture_are_in_the_first_screen(
    chromium: Browser, report_files: dict[str, Path], report: str
) -> None:
    with opened(chromium, report_files[report], DESK) as (page, _):
        boxes = [page.locator(what).first.bounding_box() for what in ("h1", ".lede", "svg.chart.wide")]
        assert [box is not None and box["y"] + box["height"] <= DESK["height"] for box in boxes] == [True] * 3


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_prints(chromium: Browser, report_files: dict[str, Path], report: str) -> None:
    with opened(chromium, report_files[report], DESK, "dark") as (page, _):
        assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF-")


def test_paper_is_white_and_has_the_numbers_of_the_pictures(chromium: Browser, report_files: dict[str, Path]) -> None:
    # 690 px are the width of A4 between the margins.
    with opened(chromium, report_files["full"], {"width": 690, "height": 980}, "dark") as (page, _):
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.locator("details").first.is_hidden()
        assert page.locator(".appendix table").count() == page.locator("details").count() == 2
        assert page.locator(".appendix table").first.is_visible()
        assert page.locator(".sample").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 690
        assert page.evaluate(TOUCHING) == []


def test_the_keyboard_reaches_every_region_that_scrolls(chromium: Browser, report_files: dict[str, Path]) -> None:
    with opened(chromium, report_files["full"], PHONE) as (page, _):
        unreachable = page.evaluate(
            "() => [...document.querySelectorAll('*')].filter(e => e.scrollWidth > e.clientWidth + 1"
            " && getComputedStyle(e).overflowX === 'auto' && e.tabIndex !== 0).length"
        )
        assert unreachable == 0
        page.keyboard.press("Tab")
        skip = page.locator(".skip").bounding_box()
        assert skip is not None
        assert skip["y"] >= 0


def test_states_are_said_in_words(chromium: Browser, report_files: dict[str, Path]) -> None:
    with opened(chromium, report_files["story"], DESK) as (page, _):
        said = {text.strip() for text in page.locator(".steps li .status").all_inner_texts()}
        assert said == {"✓ Passed", "✗ Failed", "? Inconclusive", "• Noted"}
