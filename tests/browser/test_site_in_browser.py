"""Every page in a real Chromium: accessible in light and dark, on a desk and a phone, silent, and readable without
JavaScript.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from interlock.surfaces.web.visitor import COOKIE
from interlock.terms.access import Role
from interlock.wiring.run_time import open_address, open_run_time
from site_sample import sample_copy
from web_desk import WebDesk, web_desk
from web_pages import addresses
from web_served import pages_served

Scheme = Literal["light", "dark"]
EXAMPLES_MAX = {"/queue/case": 6}  # of one page: hostile texts are among the first
PAGES_MIN = 50
DESK, PHONE = (1280, 900), (390, 844)
PAPER_PX = 718  # of A4 between margins of a centimetre
EVERYTHING = {"everybody": ("Mara Lind", tuple(Role))}
# Elements that stick out of the window although they are in no scrolling region.
STICKING_OUT = """() => [...document.querySelectorAll('body *')].filter(e => {
  const box = e.getBoundingClientRect();
  const kept = e.closest('.scroll, pre, .quoted, .hidden, svg svg');
  return box.width > 1 && box.right > innerWidth + 0.5 && !kept;
}).map(e => e.tagName + '.' + e.getAttribute('class')).slice(0, 5)"""
SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, summary, input, select')].filter(e => {
  const box = e.getBoundingClientRect();
  const inText = e.tagName === 'A' && e.closest('p, li, dd, td, th, caption, .behind, .under, .cite');
  const small = box.width && (box.height < 24 || box.width < 24);
  return small && !inText && e.type !== 'hidden' && !e.closest('.skip, .hidden');
}).map(e => e.outerHTML.slice(0, 120)).slice(0, 5)"""

SMALL_WORDS = """() => [...document.querySelectorAll('svg text')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.height && box.height < 10;
}).map(e => e.textContent.slice(0, 60)).slice(0, 5)"""


def html_pages(desk: WebDesk) -> tuple[str, ...]:
    """The pages that are shown and not downloaded."""
    with desk.site.rt.store.reading() as reading:
        every = list(addresses(reading))
    seen: Counter[str] = Counter()
    kept = []
    for path, address in every:
        answer = desk.get(address, "everybody")
        if answer.status_code == HTTPStatus.OK and answer.headers["content-type"].startswith("text/html"):
            seen[path] += 1
            kept += [address] if seen[path] <= EXAMPLES_MAX.get(path, 1) else []
    assert len(kept) > PAGES_MIN, f"only {kept} can be looked at"
    return tuple(kept)


@dataclass(frozen=True)
class Made:
    """The address of the site, and those of its pages behind it."""

    address: str
    pages: tuple[str, ...]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    opened = open_address(str(sample_copy(tmp_path_factory)))
    try:
        with web_desk(open_run_time(opened), EVERYTHING) as desk, pages_served(desk.client.app) as at:
            yield Made(at, html_pages(desk))
    finally:
        opened.close()


@contextmanager
def looking(
    browser: Browser, at: str, size: tuple[int, int], scheme: Scheme, **more: Any
) -> Iterator[tuple[Page, list[str]]]:
    """A page of somebody who may everything, and what its browser complained about."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, **more)
    context.add_cookies([{"name": COOKIE, "value": "everybody", "url": at}])
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith((at, "data:")) else said.append(request.url))
    try:
        yield page, said
    finally:
        context.close()


# What of a page depends on its size and its colours: everything else is asked on the desk.
OF_THE_LOOK = ("color-contrast", "target-size", "scrollable-region-focusable", "link-in-text-block", "meta-viewport")


def violations(page: Page, *rules: str) -> list[Any]:
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    found = Axe().run(page, options=options).response["violations"]
    return [(v["id"], v["nodes"][0]["html"][:200], v["nodes"][0]["failureSummary"][:300]) for v in found]


@pytest.mark.parametrize(("size", "scheme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk-light", "phone-dark"])
def test_every_page_is_accessible_and_silent(
    chromium: Browser, made: Made, size: tuple[int, int], scheme: Scheme
) -> None:
    wrong: dict[str, Any] = {}
    with looking(chromium, made.address, size, scheme) as (page, said):
        for each in made.pages:
            page.goto(made.address + each, wait_until="load")
            faults = [*violations(page, *(OF_THE_LOOK if size == PHONE else ())), *said]
            faults += [f"sticks out: {one}" for one in page.evaluate(STICKING_OUT)]
            faults += [f"small target: {one}" for one in page.evaluate(SMALL_TARGETS)]
            faults += [f"too small to read: {one}" for one in page.evaluate(SMALL_WORDS)]
            if page.evaluate("document.documentElement.scrollWidth") > size[0]:
                faults.append("the page scrolls sideways")
            said.clear()
            if faults:
                wrong[each] = faults
        page.set_viewport_size({"width": PAPER_PX, "height": 1_000})
        page.emulate_media(media="print")
        for each in ("/portfolio", "/ledger"):  # the widest tables
            page.goto(made.address + each, wait_until="load")
            if (width := page.evaluate("document.documentElement.scrollWidth")) > PAPER_PX:
                wrong[f"{each} on paper"] = width
    assert wrong == {}


def test_every_page_says_the_same_without_javascript(chromium: Browser, made: Made) -> None:
    """What a page says in its heading, and that a keyboard reaches what it offers first."""
    wrong = {}
    with looking(chromium, made.address, DESK, "light", java_script_enabled=False) as (page, _):
        for each in made.pages:
            page.goto(made.address + each, wait_until="load")
            if not page.locator("h1").inner_text().strip() or not page.locator("main").inner_text().strip():
                wrong[each] = "nothing is said"
            page.keyboard.press("Tab")
            if page.locator(":focus").count() != 1:
                wrong[each] = "the keyboard reaches nothing"
    assert wrong == {}


def test_a_form_that_a_person_fills_in_is_taken(chromium: Browser, made: Made) -> None:
    """A browser says itself where a form comes from; a policy on referrers must not keep it from that."""
    with looking(chromium, made.address, DESK, "light") as (page, said):
        page.goto(made.address + "/stand-up")
        page.get_by_label("What is to be done").fill("look at the queue")
        page.get_by_label("Who does it").fill("Ivo Brandt")
        page.get_by_role("button", name="Agree").click()
        page.wait_for_url("**/stand-up/actions/*")
        assert page.locator("h1").inner_text() == "Open: look at the queue"
        assert said == []
