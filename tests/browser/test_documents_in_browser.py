"""Documents, schedules and the stand-up in a real Chromium: progress without a reload, a clock, keys, axe."""

import datetime as dt
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from governed import ANA, DEFINITION, NAME, House
from interlock.adapters.reports.briefings.forms import written
from interlock.flows.measure.kpi import KpiValue, record_kpis
from interlock.flows.portfolio.kept import KeptPortfolio
from interlock.flows.reporting.making import Makings
from interlock.surfaces.web.visitor import COOKIE
from interlock.terms.briefing import Briefing
from interlock.terms.initiative import Direction, Initiative, Kpi
from interlock.wiring.documents import sources_over
from web_desk import WebDesk, web_desk
from web_served import pages_served

KPI = Kpi("first answer", "hours", Direction.DOWN, 4.0, "2026-01-01", 1.0, "2026-12-31", "desk")
DESK, PHONE = ((1280, 900), "light"), ((390, 844), "dark")


@dataclass
class Site:
    """Where it is, its desk, and what lets the server write the next form of a document."""

    address: str
    desk: WebDesk
    go_on: threading.Event


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    house, go_on = House(tmp_path_factory.mktemp("documents")), threading.Event()
    for name, function in ((NAME, "Service"), ("billing", "Finance")):
        house.define(replace(DEFINITION, name=name, initiative=Initiative(function=function, kpis=(KPI,))))
    last = house.now.date() - dt.timedelta(days=1)
    first = last - dt.timedelta(days=27)
    value = KpiValue(KPI.name, 1.0, first.isoformat(), last.isoformat(), n=400, low=0.8, high=1.0)
    record_kpis(house.store, NAME, (value,), source="desk", by=ANA, clock=house.clock)

    def write(briefing: Briefing, ending: str) -> bytes:
        go_on.wait(20)
        return written(briefing, ending)

    board = KeptPortfolio(house.store, house.clock)
    documents = Makings(sources_over(house.rt, board.portfolio, lambda _: None, (), write), house.rt.randomness)
    with web_desk(house.rt, board=board, documents=documents) as desk, pages_served(desk.client.app) as at:
        yield Site(at, desk, go_on)
    house.store.close()


def opened(browser: Browser, at: str, size: tuple[int, int], scheme: Any) -> tuple[Page, list[str]]:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    context.add_cookies([{"name": COOKIE, "value": "leader", "url": at}])
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    return page, said


def violations(page: Page, width: int) -> list[Any]:
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    sideways = page.evaluate("document.documentElement.scrollWidth") > width
    return [*((v["id"], v["nodes"][0]["html"][:200]) for v in found), *(["scrolls sideways"] if sideways else [])]


def test_a_document_shows_how_far_it_is_and_then_itself(chromium: Browser, site: Site) -> None:
    page, said = opened(chromium, site.address, *DESK)
    page.goto(f"{site.address}/reports/make/monthly")
    page.get_by_label("Markdown").check()
    page.get_by_role("button", name="Make it").click()
    worker = threading.Thread(target=site.desk.site.documents.work)
    worker.start()
    expect(page.get_by_text("Writing .json")).to_be_visible()
    assert violations(page, 1280) == []
    site.go_on.set()
    worker.join()
    expect(page.get_by_role("link", name="Read it")).to_be_visible()  # nobody loaded the page again
    where = page.url
    with page.expect_download() as taken:
        page.get_by_role("link", name="Download Markdown").click()
    assert taken.value.suggested_filename.startswith("monthly-")
    page.get_by_role("link", name="Read it").click()
    page.wait_for_url("**/document")
    assert page.locator("h1").inner_text() == "Nothing waits for a decision"
    assert page.evaluate("getComputedStyle(document.body).fontFamily") != "serif"  # its own style is applied
    assert said == []
    phone, said = opened(chromium, site.address, *PHONE)
    for path in (where, f"{site.address}/reports/schedules/new", f"{site.address}/reports/schedules"):
        phone.goto(path)
        assert (path, violations(phone, 390), said) == (path, [], [])


def test_the_stand_up_counts_down_and_goes_by_keys(chromium: Browser, site: Site) -> None:
    page, said = opened(chromium, site.address, *DESK)
    page.clock.install()
    page.goto(f"{site.address}/stand-up/begin")
    clock = page.locator("#countdown")
    assert clock.inner_text().startswith("14:")
    page.clock.run_for(60_000)
    assert clock.inner_text().startswith("13:")
    page.clock.run_for(15 * 60_000)
    assert (clock.inner_text(), clock.get_attribute("data-over")) == ("0:00", "")
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.id") == "function-1"
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.id") == "function-2"
    page.keyboard.press("p")
    assert page.evaluate("document.activeElement.id") == "function-1"
    page.keyboard.press("a")
    page.keyboard.type("npa")
    assert page.get_by_label("What is to be done").input_value() == "npa"  # what is typed is no command
    assert said == []
