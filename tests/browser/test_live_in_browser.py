"""A kill by a command reaches pages that are open in a real Chromium; the switch works with and without scripts."""

import datetime as dt
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from governed import BEN, CARLA, DEFINITION, NAME, House
from interlock.engine.access.permissions import role_at
from interlock.engine.timestamp import moment, stamp
from interlock.flows.access.people import make_account
from interlock.flows.access.sessions import begin_session
from interlock.flows.access.tenants import assign_tenant
from interlock.flows.action.kill import resume
from interlock.surfaces.web.visitor import COOKIE
from served import MAIN, Server, served

SCOPE = f"workflow:{NAME}"
PEOPLE = {"Ben Okafor": "safety-owner", "Abe Acme": "auditor@tenant/acme"}
WAIT_MS = 5_000  # a second is wanted, and measured in benchmarks/live.py: here machines may be busy
# When the page first says that something is stopped, in milliseconds since 1970.
SEEN = """() => new Promise(told => {
  const place = document.getElementById('live');
  const now = () => performance.timeOrigin + performance.now();
  const look = () => { if (place.textContent.includes('is stopped')) told(now()); };
  new MutationObserver(look).observe(place, {childList: true, subtree: true});
  look();
})"""


@dataclass
class Site:
    house: House
    server: Server
    cookies: dict[str, str]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    house = House(tmp_path_factory.mktemp("live"))
    house.now = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5)
    house.define()
    house.define(replace(DEFINITION, name="parcels"))
    assign_tenant(house.store, "parcels", "acme", by=CARLA, clock=house.clock)
    with house.store.transaction() as tx:
        tx.fence()
        for name, role in PEOPLE.items():
            make_account(tx, name, [role_at(role)], by=CARLA, at=stamp(house.now))
        cookies = {
            name: begin_session(tx, name, how="test", now=house.now, randomness=house.rt.randomness) for name in PEOPLE
        }
    with served(house.path) as server:
        yield Site(house, server, cookies)
    house.store.close()


@contextmanager
def looking(browser: Browser, site: Site, name: str, path: str, *, scripts: bool = True) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=scripts)
    context.add_cookies([{"name": COOKIE, "value": site.cookies[name], "url": site.server.address}])
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{site.server.address}{path}")
    try:
        yield page
        assert said == []
    finally:
        context.close()


def _kill_by_command(site: Site) -> None:
    words = ("kill", SCOPE, "--as", "Ana Ruiz", "--reason", "wrong queue", "--store", str(site.house.path))
    subprocess.run([sys.executable, "-c", MAIN, *words], check=True, capture_output=True)


def _fenced_at_ms(house: House) -> float:
    with house.store.reading() as reading:
        *_, entry = reading.entries_of("kill.fenced")
    return moment(entry.at).timestamp() * 1e3


def test_a_kill_by_a_command_shows_on_open_pages_of_those_whom_it_reaches(chromium: Browser, site: Site) -> None:
    with (
        looking(chromium, site, "Ben Okafor", "/stop/history") as page,
        looking(chromium, site, "Abe Acme", "/stop/history") as other,
        looking(chromium, site, "Ben Okafor", "/stop/history", scripts=False) as plain,
    ):
        expect(page.locator("#live")).to_have_text("")
        page.evaluate(f"() => {{ window.seen = ({SEEN})(); }}")
        _kill_by_command(site)
        expect(page.locator("#live")).to_contain_text(f"The workflow {NAME} is stopped since", timeout=WAIT_MS)
        expect(page.locator("#live")).to_contain_text("by Ana Ruiz: wrong queue.")
        assert page.evaluate("window.seen") - _fenced_at_ms(site.house) < WAIT_MS
        assert other.locator("#live").inner_text() == ""
        plain.reload()
        expect(plain.locator("#live")).to_contain_text("is stopped since")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        resume(site.house.store, SCOPE, by=BEN, reason="mended", clock=lambda: dt.datetime.now(dt.UTC))
        expect(page.locator("#live")).to_have_text("", timeout=WAIT_MS)


@pytest.mark.parametrize("scripts", [True, False])
def test_two_clicks_stop_and_a_reason_lets_it_work_again(chromium: Browser, site: Site, *, scripts: bool) -> None:
    with looking(chromium, site, "Ben Okafor", f"/workflows/{NAME}", scripts=scripts) as page:
        page.get_by_role("link", name="Stop …").first.click()
        page.get_by_role("button", name=f"Stop the workflow {NAME} now").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(f"The workflow {NAME} is stopped")
        if not scripts:  # it is found out beside the page, which is looked at again by hand
            until = time.monotonic() + WAIT_MS / 1e3
            while "and quiet" not in page.inner_text("h1") and time.monotonic() < until:
                page.reload()
        expect(page.get_by_role("heading", level=1)).to_contain_text("and quiet", timeout=WAIT_MS)
        expect(page.locator("#progress")).to_contain_text("No effect is in flight.", timeout=WAIT_MS)
        page.get_by_label("Why it may work again").fill("mended")
        page.get_by_role("button", name=f"Let the workflow {NAME} work again").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(f"The workflow {NAME} works again")
        expect(page.locator("#live")).to_have_text("")


@pytest.mark.parametrize("scripts", [True, False])
def test_another_choice_shows_what_it_would_stop_and_keeps_what_was_typed(
    chromium: Browser, site: Site, *, scripts: bool
) -> None:
    with looking(chromium, site, "Ben Okafor", "/stop", scripts=scripts) as page:
        page.get_by_label("Why (may be left empty)").fill("wrong queue")
        page.get_by_label("Stop something else instead").select_option(label="the workflow parcels")
        if not scripts:
            page.get_by_role("button", name="Show what it stops").click()
        expect(page.get_by_role("button", name="Stop the workflow parcels now")).to_be_visible()
        expect(page.get_by_label("Why (may be left empty)")).to_have_value("wrong queue")
        if not scripts:
            return
        assert page.url.endswith("/stop?scope=workflow%3Aparcels")
        page.get_by_label("Stop something else instead").select_option(label="everything")
        expect(page.get_by_role("button", name="Stop everything now")).to_be_visible()
        expect(page.get_by_label("Why (may be left empty)")).to_have_value("wrong queue")


def test_a_page_that_hears_nothing_any_more_says_so_and_a_server_that_stops_does_not_wait_for_it(
    chromium: Browser, site: Site
) -> None:
    context = chromium.new_context()
    context.add_cookies([{"name": COOKIE, "value": site.cookies["Ben Okafor"], "url": site.server.address}])
    page = context.new_page()
    page.goto(f"{site.server.address}/stop/history")
    page.wait_for_timeout(300)  # until it listens
    began = time.monotonic()
    site.server.stop(signal.SIGTERM)
    assert time.monotonic() - began < WAIT_MS / 1e3
    expect(page.locator("#live")).to_contain_text("This page has not heard from the server since", timeout=3 * WAIT_MS)
    site.server.start()
    expect(page.locator("#live")).to_have_text("", timeout=3 * WAIT_MS)
    context.close()
